"""The pages of docs/ say what is so: every setting, command and option stands there, and no link leads nowhere."""

import json
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from amends.cli import cli
from core.accounts import KINDS
from core.sections import Section
from core.settings import Settings, _is_section

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^( *)(`{3,}|~{3,}).*?^\1\2`*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\s*\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*$", re.MULTILINE)
ROW = re.compile(r"^\| `([a-z_]+)` \|[^|]*\| ([^|]*?) \|", re.MULTILINE)
OPTION = re.compile(r"`(--[a-z][a-z-]*)")


def _page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def _parts(text: str) -> dict[str, str]:
    """Heading → what stands below it, up to the next heading of any depth. Examples are left out."""
    pieces = HEADING.split(FENCE.sub("", text))
    return dict(zip(pieces[2::3], pieces[3::3], strict=True))


# --- configuration.md ------------------------------------------------------------------------------------------------


def _models() -> dict[str, type[Section]]:
    """The heading each section of the settings must have → its model."""
    plain = {
        f"`[{name}]`": field.annotation
        for name, field in Settings.model_fields.items()
        if _is_section(field.annotation)
    }
    inner = {
        f"`[{heading.strip('`[]')}.{key}]`": field.annotation
        for heading, model in plain.items()
        for key, field in model.model_fields.items()
        if _is_section(field.annotation)
    }
    kinds = {
        f'`[{group}.NAME]` with `kind = "{kind}"`': model
        for group, members in KINDS.items()
        for kind, model in members.items()
    }
    return plain | inner | kinds


def _default(field: FieldInfo) -> str:
    if field.annotation is SecretStr:
        return "secret"
    if field.is_required():
        return "required"
    if field.default is None:
        return "none"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, tuple):
        value = [item.value if isinstance(item, Enum) else item for item in value]
    return f"`{json.dumps(value)}`"


def test_every_section_of_the_settings_is_described_and_no_other():
    said = {heading for heading in _parts(_page("configuration.md")) if heading.startswith("`[")}
    assert said == set(_models())


def test_every_field_of_the_settings_is_a_section_or_a_group_of_kinds():
    names = {heading.strip("`[]").split(".")[0] for heading in (key.split(" ")[0] for key in _models())}
    assert names == set(Settings.model_fields)


@pytest.mark.parametrize("heading", sorted(_models()))
def test_every_key_is_described_with_its_default_and_no_other(heading: str):
    fields = _models()[heading].model_fields.items()
    said = dict(ROW.findall(_parts(_page("configuration.md")).get(heading, "")))
    assert said == {key: _default(field) for key, field in fields if not _is_section(field.annotation)}


def test_the_small_file_of_the_page_is_a_configuration_that_loads(tmp_path: Path):
    from core.settings import load

    example = next(block for block in FENCE.finditer(_page("configuration.md")) if "[brand]" in block[0])
    file = tmp_path / "config.toml"
    file.write_text("\n".join(example[0].splitlines()[1:-1]), encoding="utf-8")
    assert load(file, environ={}).brand.name == "Northwind Mobile"


# --- command-line.md -------------------------------------------------------------------------------------------------


def _commands() -> dict[str, set[str]]:
    """Command → its long options, without those that every command has."""
    group = typer.main.get_command(cli)
    return {
        name: {option for part in command.params for option in (*part.opts, *part.secondary_opts) if option[:2] == "--"}
        for name, command in _leaves(group.commands)  # type: ignore[attr-defined]
    }


def _leaves(commands: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in commands.items():
        if hasattr(command, "commands"):
            yield from _leaves(command.commands, f"{before}{name} ")
        else:
            yield before + name, command


def test_every_command_is_described_and_no_other():
    said = {
        heading.strip("`").removeprefix("amends ")
        for heading in _parts(_page("command-line.md"))
        if heading.startswith("`amends ")
    }
    assert said == set(_commands())


@pytest.mark.parametrize("command", sorted(_commands()))
def test_every_option_is_described_and_no_other(command: str):
    part = _parts(_page("command-line.md")).get(f"`amends {command}`", "")
    rows = "\n".join(line.split("|")[1] for line in part.splitlines() if line.startswith("| `--"))
    assert set(OPTION.findall(rows)) == _commands()[command] - {"--help"}


@pytest.mark.parametrize("command", sorted(_commands()))
def test_every_command_has_an_example(command: str):
    section = re.search(rf"^## `amends {command}`$(.*?)(?=^## |\Z)", _page("command-line.md"), re.MULTILINE | re.DOTALL)
    assert section
    assert re.search(rf"^\$ (?:.*\| )?amends {command}\b", section[1], re.MULTILINE)


# --- links -----------------------------------------------------------------------------------------------------------


NOT_OURS = {"var", "vendor", "node_modules", "build", "dist"}


def _written() -> Iterator[Path]:
    """Every Markdown page of the project; what is made or fetched (.venv, var, caches, vendored files) is not ours."""
    for path in sorted(ROOT.rglob("*.md")):
        parts = path.relative_to(ROOT).parts
        if not any(part.startswith(".") or part in NOT_OURS for part in parts):
            yield path


def _anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    found: set[str] = set()
    for _, heading in HEADING.findall(FENCE.sub("", text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found.add(next(name for n in range(1000) if (name := f"{slug}-{n}" if n else slug) not in found))
    return found


def _broken(page: Path) -> Iterator[str]:
    for inline, reference in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        link = inline or reference
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or not target.is_relative_to(ROOT):
            yield f"{page.relative_to(ROOT)}: {link} points to nothing"
        elif anchor and target.suffix == ".md" and anchor not in _anchors(target.read_text(encoding="utf-8")):
            yield f"{page.relative_to(ROOT)}: {link}: there is no such heading"


def test_there_are_pages_with_links():
    assert {"README.md", "configuration.md", "command-line.md"} <= {page.name for page in _written()}


@pytest.mark.parametrize("page", list(_written()), ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_points_to_nothing(page: Path):
    assert list(_broken(page)) == []

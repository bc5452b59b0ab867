"""``amends init``: a configuration that loads, whatever the brand is called; and what is wrong, by its flag."""

import os
import pty
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from amends.bootstrap import build
from core.accounts import XSource
from core.errors import ConfigError
from core.settings import env_name, load
from tests import commands
from tests.service import AMENDS


def init(place: Path, *arguments: str, **env: str) -> tuple[int, str, str]:
    done = commands.amends("init", *arguments, cwd=place, **env)
    return done.returncode, done.stdout, done.stderr


ALL = (
    *("--name", "Northwind Mobile", "--language", "en", "--language", "fr", "--time-zone", "America/Toronto"),
    *("--handle", "@northwind", "--handle", "u/northwind", "--handle", "@northwind.example"),
    *("--handle", "@northwind@mastodon.example", "--voice", "plain", "--sign-off", "^{agent}"),
    *("--query", 'northwind -"north wind"', "--source", "x", "--source", "reddit", "--source", "bluesky"),
    *("--source", "mastodon", "--subreddit", "r/toronto", "--hashtag", "#northwind", "--publisher", "x"),
    *("--publisher", "mastodon"),
)


def test_everything_by_flags(tmp_path: Path) -> None:
    status, said, complaint = init(tmp_path, *ALL)
    assert (status, complaint) == (0, "")
    made = load(tmp_path / "config.toml", environ={})
    brand, sources, publishers = made.brand, made.sources, made.publishers
    assert (brand.name, brand.languages, brand.time_zone) == ("Northwind Mobile", ("en", "fr"), "America/Toronto")
    assert (brand.voice, brand.sign_off, brand.query) == ("plain", "^{agent}", 'northwind -"north wind"')
    assert len(brand.handles) == 4
    assert [(name, config.kind) for name, config in sources.items()] == [
        (kind, kind) for kind in ("x", "reddit", "bluesky", "mastodon")
    ]
    assert sources["x"].account == sources["reddit"].account == "northwind"
    assert sources["reddit"].subreddits == ("toronto",)
    assert sources["bluesky"].account == "northwind.example"
    assert (sources["mastodon"].base_url, sources["mastodon"].hashtags) == ("https://mastodon.example", ("northwind",))
    assert list(publishers) == ["x", "mastodon", "console"]
    assert publishers["console"].platforms == ("reddit", "bluesky")
    assert made.store.url == "sqlite:///var/northwind-mobile.db"
    for group, members in (("sources", sources), ("publishers", publishers)):
        for name, config in members.items():
            assert all(f"  {env_name((group, name, key))}\n" in said for key in config.needed_secrets())
    assert said.count("AMENDS_SOURCES_X_") == 1
    assert "amends check" in said


def test_what_it_names_is_what_the_source_asks_for(tmp_path: Path) -> None:
    """Each by itself is enough: with all of them set no source complains of a missing log-in."""
    _, said, _ = init(tmp_path, *ALL)
    names = [line.strip() for line in said.splitlines() if line.startswith("  AMENDS_")]
    every = load(tmp_path / "config.toml", environ=dict.fromkeys(names, "secret"))
    for config in (*every.sources.values(), *every.publishers.values()):
        assert all(getattr(config, key).get_secret_value() == "secret" for key in config.needed_secrets())
    assert XSource(kind="x").needed_secrets() == ("bearer_token",)


def test_a_name_is_enough_and_the_service_has_what_it_needs(tmp_path: Path) -> None:
    status, said, _ = init(tmp_path, "--name", "Three")
    assert (status, "no source yet" in said) == (0, True)
    app = build(tmp_path / "config.toml")
    assert (app.sources, list(app.publishers)) == ({}, ["console"])
    assert [app.route(platform).publisher for platform in ("x", "reddit", "bluesky", "mastodon")] == ["console"] * 4
    checked = commands.amends("check", cwd=tmp_path)
    assert (checked.returncode, "ok    source: none yet" in checked.stdout) == (0, True)


@pytest.mark.parametrize(
    "name",
    [
        'The "Best" \\ Mobile', "Réseau 🙂🇨🇦", "two\nlines\r\n\tand a tab", "'''", '"""', "\x01\x1b[31m\x7f",
        "# [brand]", "a = 1", "网络", "a\u2028b\u0085c", "x" * 5000, "{agent} %s $HOME",
    ],
)  # fmt: skip
def test_any_name_makes_a_file_that_reads_back(tmp_path: Path, name: str) -> None:
    arguments = ("--name", name, "--voice", name, "--sign-off", name)
    status, _, complaint = init(tmp_path, *arguments)
    assert (status, complaint) == (0, "")
    brand = tomllib.loads((tmp_path / "config.toml").read_text(encoding="utf-8"))["brand"]
    assert (brand["name"], brand["voice"], brand["sign_off"]) == (name, name, name)
    assert load(tmp_path / "config.toml", environ={}).brand.name == name


@pytest.mark.parametrize(
    ("arguments", "flag"),
    [
        ((), "--name: missing"),
        (("--name", "  "), "--name: missing"),
        (("--name", "A", "--time-zone", "Mars"), "--time-zone: 'Mars'"),
        (("--name", "A", "--handle", "northwind"), "--handle: 'northwind'"),
        (("--name", "A", "--language", "tlh"), "--language: 'tlh'"),
        (("--name", "A", "--query", 'north "wind'), "--query: column 7"),
        (("--name", "A", "--source", "demo"), "--source: 'demo'"),
        (("--name", "A", "--publisher", "fax"), "--publisher: 'fax'"),
        (("--name", "A", "--source", "x"), "--source x: needs --handle @NAME"),
        (("--name", "A", "--publisher", "bluesky", "--handle", "@a"), "--publisher bluesky: needs --handle"),
        (("--name", "A", "--source", "reddit"), "--source reddit: needs --subreddit"),
        (("--name", "A", "--source", "mastodon"), "--source mastodon: needs --instance"),
        (("--name", "A", "--source", "mastodon", "--instance", "ftp://a"), "--instance: 'ftp://a'"),
        (("--name", "A\udcff"), "--name: not UTF-8"),
        (("--name", "A", "--source", "reddit", "--subreddit", "a\udcff"), "--subreddit: not UTF-8"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_its_flag(tmp_path: Path, arguments: tuple[str, ...], flag: str) -> None:
    status, said, complaint = init(tmp_path, *arguments)
    assert (status, said, complaint.count("\n")) == (2, "", 1), complaint
    assert flag in complaint
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_replaced_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("mine")
    status, _, complaint = init(tmp_path, "--name", "A")
    assert (status, complaint.count("\n"), "--force" in complaint) == (1, 1, True)
    assert (tmp_path / "config.toml").read_text() == "mine"
    assert init(tmp_path, "--name", "A", "--output", "other.toml")[1].endswith("amends run --config other.toml\n")
    assert init(tmp_path, "--name", "A", "--force")[0] == 0
    assert load(tmp_path / "config.toml", environ={}).brand.name == "A"
    assert init(tmp_path, "--name", "A", "--output", "nowhere/config.toml")[0] == 1
    assert {file.name for file in tmp_path.iterdir()} == {"config.toml", "other.toml"}


def test_a_place_that_cannot_be_written_is_named_as_it_was_given(tmp_path: Path) -> None:
    long = "x" * 250
    for place, why in (("here", "here is a directory"), (long, f"{long}: cannot be written: File name too long")):
        (tmp_path / "here").mkdir(exist_ok=True)
        assert init(tmp_path, "--name", "Tern", "--output", place, "--force") == (1, "", f"amends: {why}\n")


def test_it_holds_no_secret_and_the_loader_would_not_take_one(tmp_path: Path) -> None:
    init(tmp_path, *ALL, AMENDS_SOURCES_X_BEARER_TOKEN="nobody may see this")
    text = (tmp_path / "config.toml").read_text()
    assert "nobody may see this" not in text
    (tmp_path / "config.toml").write_text(text.replace('kind = "x"', 'kind = "x"\nbearer_token = "t"', 1))
    with pytest.raises(ConfigError, match="secrets do not belong"):
        load(tmp_path / "config.toml", environ={})


def answered(place: Path, *flags: str, answers: Sequence[str] = ()) -> tuple[int, str]:
    """The installed command in a terminal, with what a person types. Returns its status and all it said."""
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [AMENDS, "init", *flags], cwd=place, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    os.close(theirs)
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    said, _ = done.communicate(timeout=60)
    os.close(ours)
    return done.returncode, said.decode()


def test_in_a_terminal_it_asks_and_enter_takes_the_default(tmp_path: Path) -> None:
    status, said = answered(tmp_path, answers=("Three", *[""] * 8))
    assert status == 0, said
    made = load(tmp_path / "config.toml", environ={})
    assert (made.brand.name, made.brand.languages, made.brand.time_zone, made.sources) == ("Three", ("en",), "UTC", {})


def test_a_wrong_answer_is_asked_for_again(tmp_path: Path) -> None:
    places = ("x, mastodon", "x", "", "")
    handles = ("three", "@three", "@three, @three@m.example")
    answers = ("Three", "en, fr", "Mars", "Europe/Dublin", "", "", "", *places, *handles)
    status, said = answered(tmp_path, answers=answers)
    assert status == 0, said
    made = load(tmp_path / "config.toml", environ={})
    assert (made.brand.languages, made.brand.time_zone) == (("en", "fr"), "Europe/Dublin")
    assert (list(made.sources), made.sources["mastodon"].base_url) == (["x", "mastodon"], "https://m.example")
    assert list(made.publishers) == ["x", "console"]
    assert "'Mars' is not a time zone" in said


def test_a_wrong_flag_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    status, said = answered(tmp_path, "--handle", "three")
    assert (status, said.count("\n"), "--handle: 'three'" in said) == (2, 1, True)

"""``amends erase`` as a user runs it."""

import json
from pathlib import Path

import pytest

from tests import commands

CONFIG = '[brand]\nname = "Three"\ntime_zone = "America/Toronto"\n\n[store]\nurl = "sqlite:///var/amends.db"\n'
WORD = "mermaidsong"
POSTS = (
    ("sam", f"No signal on Three, {WORD}", "2026-10-20T23:30:00-04:00"),
    ("Sam", f"Three is down again, {WORD}", "2026-11-20T00:30:00-05:00"),
    ("kim", "Three works for me", "2026-11-21T00:30:00-05:00"),
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG)
    posts = [
        {"id": str(70 + number), "platform": "x", "author": who, "text": text, "created_at": at}
        for number, (who, text, at) in enumerate(POSTS)
    ]
    (tmp_path / "posts.jsonl").write_text("\n".join(map(json.dumps, posts)))
    assert erase(tmp_path, "import", "posts.jsonl", command=())[0] == 0
    return tmp_path


def erase(place: Path, *arguments: str, command: tuple[str, ...] = ("erase",)) -> tuple[int, str, str]:
    done = commands.amends(*command, *arguments, cwd=place)
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def holds(place: Path) -> bool:
    return any(WORD.encode() in file.read_bytes() for file in (place / "var").glob("amends.db*"))


def test_an_author_is_erased_once_and_the_audit_still_stands(place: Path) -> None:
    assert erase(place, "author", "X", "@SAM", "--dry-run") == (0, "would erase: 2 posts", "")
    assert holds(place)
    assert erase(place, "author", "x", "@SAM") == (0, "erased: 2 posts", "")
    assert not holds(place)
    assert erase(place, "author", "x", "@SAM") == (1, "nothing to erase", "")
    assert erase(place, "verify", command=("audit",))[1].startswith("ok ")
    assert "3 known" in " ".join(erase(place, "import", "posts.jsonl", command=())[1:])
    assert not holds(place)


def test_one_post_and_what_is_old(place: Path) -> None:
    assert erase(place, "mention", "x", "71", "--vacuum") == (0, "erased: 1 post", "")
    assert erase(place, "before", "2026-10-20") == (1, "nothing to erase", "")  # days are those of the brand
    assert erase(place, "before", "2026-10-21") == (0, "erased: 1 post", "")
    assert not holds(place)


@pytest.mark.parametrize(("arguments", "said"), [
    (("before", "yesterday"), "DATE: 'yesterday' is no day such as 2026-11-20"),
    (("before", "2099-01-01"), "DATE: 2099-01-01 is still to come"),
    (("before", ""), "DATE: is empty"),
    (("author", "x", "@"), "NAME: is empty"),
    (("author", "myspace", "sam"), "myspace"),
])  # fmt: skip
def test_mistakes_are_one_line_and_erase_nothing(place: Path, arguments: tuple[str, ...], said: str) -> None:
    status, out, complaint = erase(place, *arguments)
    assert (status, out) == (2, "")
    assert said in complaint
    assert holds(place)

"""``amends rescore`` as a user runs it, with the shipped model."""

import json
import re
from pathlib import Path

from tests import commands

CONFIG = '[brand]\nname = "Three"\ntime_zone = "America/Toronto"\n\n[store]\nurl = "sqlite:///var/amends.db"\n'
POSTS = (
    ("No signal on Three in Leeds since this morning", "2026-11-20T23:30:00-05:00"),
    ("Three is down again AND I AM FURIOUS", "2026-11-21T00:30:00-05:00"),
    ("Three : plus de réseau depuis ce matin, c'est la troisième fois", "2026-11-21T23:30:00-05:00"),
    ("Still no signal on Three", "2026-11-22T00:30:00-05:00"),
)


def amends(place: Path, *arguments: str) -> tuple[int, str, str]:
    done = commands.amends(*arguments, cwd=place)
    return done.returncode, done.stdout, done.stderr


def test_one_line_says_what_was_read_and_days_are_those_of_the_brand(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    posts = [
        {"id": number, "platform": "x", "author": "sam", "text": text, "created_at": at}
        for number, (text, at) in enumerate(POSTS)
    ]
    (tmp_path / "posts.jsonl").write_text("\n".join(map(json.dumps, posts)))
    assert amends(tmp_path, "import", "posts.jsonl")[0] == 0
    assert amends(tmp_path, "score")[1] == "4 read\n"
    assert amends(tmp_path, "rescore") == (0, "nothing to read again\n", "")
    day = ("--since", "2026-11-21", "--until", "2026-11-21")
    status, said, _ = amends(tmp_path, "rescore", "--all", "--dry-run", *day)
    assert (status, said.endswith("; 0 changed (dry run: nothing was kept)\n")) == (0, True)
    assert re.match(r"2 read again by amends-[\w-]+@\d", said)


def test_what_is_no_day_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    for day in ("yesterday", "2026-02-30", "9999-12-31", "0001-01-01"):
        status, said, complaint = amends(tmp_path, "rescore", "--until", day)
        assert (status, said, complaint.count("\n")) == (2, "", 1), day
        assert complaint.startswith(f"amends: --until: '{day}'")
    assert not (tmp_path / "var").exists()

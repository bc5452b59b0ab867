"""``amends facts`` and ``amends drill --report`` as a person calls them."""

import json
from pathlib import Path

import pytest

from tests.commands import amends

CONFIG = '[brand]\nname = "Northwind Mobile"\n[store]\nurl = "sqlite:///amends.db"\n'
SHEET = """
[incident]
title = "Mobile data outage"
status = "identified"
started_at = 2026-11-20T08:05:00-05:00
components = ["mobile data"]
[facts]
cause = "A wrong change."
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "FACTS.toml").write_text(SHEET, encoding="utf-8")
    return tmp_path


def test_bytes_from_anywhere_are_read_or_said(folder: Path) -> None:
    assert amends("facts", "import", cwd=folder, stdin=b"\xef\xbb\xbf" + SHEET.encode()).returncode == 0
    wrong = amends("facts", "import", cwd=folder, stdin=b"[incident]\n\xff")
    assert (wrong.returncode, wrong.stderr) == (1, "amends: -: not UTF-8 (byte 12)\n")
    (folder / "latin.toml").write_bytes("title = 'Québec'".encode("latin-1"))
    assert amends("facts", "import", "latin.toml", cwd=folder).stderr.startswith("amends: latin.toml: not UTF-8")


def test_a_sheet_goes_in_and_comes_out_in_every_form(folder: Path) -> None:
    nothing = amends("facts", "export", cwd=folder)
    assert (nothing.returncode, "no incident is open" in nothing.stderr) == (1, True)
    assert amends("facts", "import", "FACTS.toml", cwd=folder).stdout == "opened incident 1\n"
    again = amends("facts", "import", "FACTS.toml", cwd=folder)
    assert again.stdout == "edited incident 1; the sheet says the same already\n"
    assert 'cause = "A wrong change."' in amends("facts", "export", cwd=folder).stdout
    ours = json.loads(amends("facts", "export", "--incident", "1", "--format", "json", cwd=folder).stdout)
    assert ours["incident"]["status"] == "identified"
    page = amends("facts", "export", "--format", "statuspage", cwd=folder).stdout
    assert json.loads(page)["incidents"][0]["incident_updates"][0]["body"] == "A wrong change."
    (folder / "page.json").write_text(page.replace('"identified"', '"investigating"'), encoding="utf-8")
    late = amends("facts", "import", "page.json", cwd=folder)
    assert late.stdout.startswith(
        "left incident 1; incident 1 is identified here and the status page said nothing since"
    )
    ours["incident"]["status"], ours["updates"] = "investigating", []
    (folder / "ours.json").write_text(json.dumps(ours), encoding="utf-8")
    back = amends("facts", "import", "ours.json", cwd=folder)
    assert back.returncode == 1
    why = "incident 1 is identified here, and going back to investigating needs a reason: say it on its page"
    assert f"Mobile data outage: {why}" in back.stderr
    wrong = amends("facts", "export", "--format", "xml", cwd=folder)
    assert (wrong.returncode, "--format: 'xml' is not one of" in wrong.stderr) == (2, True)
    assert "Traceback" not in back.stderr + wrong.stderr


def test_the_report_of_a_drill_that_never_was_is_one_line(folder: Path) -> None:
    answer = amends("drill", "--report", "nowhere", cwd=folder)
    assert answer.returncode == 1
    assert answer.stderr.startswith("amends: --report: nowhere: there was no drill; name the directory")
    assert answer.stderr.count("\n") == 1

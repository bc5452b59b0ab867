"""A fact sheet as a file: read exactly, refused with the place of the mistake, written back the same."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import FactSheet, IncidentStatus, Voice
from core.errors import ConfigError
from incidents.facts_file import dump, load

GOOD = """\
[brand]
name = "Fenwick"
handles = ["@fenwick"]

[incident]
title = "Internet down"
status = "identified"
started_at = 2026-11-20T08:05:00-05:00
next_update_at = 2026-11-20T11:30:00-05:00
components = ["internet"]

[facts]
cause = "A cable broke."
"cause.fr" = "Un câble s'est rompu."
links = ["https://status.fenwick.example"]
phone = "555 0100"
"""


def test_reads_every_part() -> None:
    sheet = load(GOOD)
    assert sheet.brand == Voice(name="Fenwick", handles=("@fenwick",))
    assert sheet.status is IncidentStatus.IDENTIFIED
    assert sheet.started_at == datetime(2026, 11, 20, 8, 5, tzinfo=timezone(timedelta(hours=-5)))
    assert dict(sheet.facts) == {
        "cause": "A cable broke.",
        "cause.fr": "Un câble s'est rompu.",
        "phone": "555 0100",
    }
    assert sheet.links == ("https://status.fenwick.example",)
    assert sheet.regions == ()


def test_reads_a_file_and_names_it_in_errors(tmp_path: Path) -> None:
    path = tmp_path / "facts.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert load(path) == load(GOOD) == load(str(path))
    path.write_text(GOOD.replace('"identified"', '"broken"'), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"^facts\.toml:7: incident\.status: 'broken' is not a status; use one of"):
        load(path)


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "facts.toml"
    path.write_text(GOOD, encoding="utf-8-sig")
    assert load(path) == load(GOOD)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: the fact sheet cannot be read"):
        load(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("cause =", "couse =", r"^facts:13: facts\.couse: is not a key"),
        ('"cause.fr"', '"links.fr"', r"^facts:14: facts\.links\.fr: is not a key"),
        ('"cause.fr"', '"cause.French!"', r"^facts:14: facts\.cause\.French!: is not a key"),
        ("[facts]", "[fact]", r"^facts:12: fact: is not a section"),
        ("08:05:00-05:00", "08:05:00", r"^facts:8: incident\.started_at: has no offset"),
        ("2026-11-20T08:05:00-05:00", '"morning"', r"^facts:8: incident\.started_at: must be a time without quotes"),
        ("T11:30:00", "T01:30:00", r"^facts:9: incident\.next_update_at: is before"),
        ("2026-11-20T08:05:00-05:00", "0001-01-01T00:00:00Z", r"^facts:8: incident\.started_at: is not in the years"),
        ('"A cable broke."', "[" * 5000, r"^facts: not valid TOML: .* nested too deep"),
        ('"A cable broke."', "9" * 5000, r"^facts: not valid TOML: a number is too long"),
        ('["internet"]', '"internet"', r"^facts:10: incident\.components: must be a list"),
        ('"A cable broke."', "7", r"^facts:13: facts\.cause: must be text"),
        ('name = "Fenwick"', 'voice = "warm"', r"^facts:1: brand\.name: is missing"),
        ('title = "Internet down"', "title = Internet", r"^facts:6: not valid TOML"),
    ],
)
def test_a_mistake_is_located(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigError, match=message):
        load(GOOD.replace(old, new, 1))


def test_a_key_outside_sections_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"^facts:1: status: stands outside a section"):
        load('status = "identified"\n' + GOOD)


def test_defaults_fill_the_brand() -> None:
    voice = Voice(name="Northwind", sign_off="^{agent}", handles=("@northwind",))
    assert load("[facts]\n", defaults=voice).brand == voice
    named = load('[brand]\nname = "Other"\nhandles = []\n', defaults=voice).brand
    assert (named.name, named.sign_off, named.handles) == ("Other", "^{agent}", ())


words = st.text(min_size=1, max_size=40).map(str.strip).filter(bool)
zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2999, 12, 31), timezones=zones)  # noqa: DTZ001  the zone is drawn


@given(
    name=words,
    title=st.just("") | words,
    status=st.sampled_from([None, *(IncidentStatus(s) for s in ("investigating", "resolved"))]),
    started=st.none() | moments,
    facts=st.dictionaries(st.sampled_from(["scope", "cause", "cause.fr", "phone", "compensation.es"]), words),
    links=st.lists(words, max_size=3),
)
def test_what_is_written_reads_the_same(
    name: str,
    title: str,
    status: IncidentStatus | None,
    started: datetime | None,
    facts: dict[str, str],
    links: list[str],
) -> None:
    sheet = FactSheet(
        brand=Voice(name=name, sign_off="^{agent}"),
        title=title,
        status=status,
        started_at=started,
        facts=facts,
        links=tuple(links),
    )
    assert load(dump(sheet)) == sheet

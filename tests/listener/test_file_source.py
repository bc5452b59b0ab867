"""The file import: every line is a mention or a reason, and nothing raises."""

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain import Eligibility, Mention, Platform
from core.errors import InputError
from listener.sources.file import Bad, read_mentions

GOOD = {
    "id": "1",
    "platform": "x",
    "author": "@ana",
    "text": "no signal",
    "created_at": "2026-11-20T08:05:00-05:00",
}
HEADER = "id,platform,author,text,created_at"
ROW = "2,x,bo,hello,2026-11-20T08:05:00Z"


def record(**changes: object) -> bytes:
    merged = {key: value for key, value in (GOOD | changes).items() if value is not ...}
    return json.dumps(merged).encode()


def read(*lines: bytes, **options: object) -> list[Mention | Bad]:
    return list(read_mentions(io.BytesIO(b"\n".join(lines)), **options))  # type: ignore[arg-type]


def mention(*lines: bytes, **options: object) -> Mention:
    (found,) = read(*lines, **options)
    assert isinstance(found, Mention), found
    return found


def reason(*lines: bytes) -> str:
    (found,) = read(*lines)
    assert isinstance(found, Bad), found
    return found.reason


def test_a_full_record() -> None:
    found = mention(
        record(
            author_name="Ana", followers=12, url="https://x.example/1", in_reply_to="0", conversation_id=0,
            language="fr_CA", eligible="Replied", community="r/northwind",
        )
    )  # fmt: skip
    assert found == Mention(
        platform=Platform.X,
        external_id="1",
        author="ana",
        text="no signal",
        created_at=datetime(2026, 11, 20, 13, 5, tzinfo=UTC),
        author_name="Ana",
        followers=12,
        url="https://x.example/1",
        in_reply_to="0",
        conversation_id="0",
        language="fr-CA",
        community="northwind",
        eligible=Eligibility.REPLIED,
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"id": 1', "not JSON: "),
        (b"hello", "not JSON: "),
        (b"[1]", "not a JSON object but a list"),
        (b"3", "not a JSON object but a single value"),
        (b"[" * 200_000, "nested too deep"),
        (b'{"id": ' + b"9" * 5_000 + b"}", "a number is too long"),
        (b'{"id": "\xff"}', "byte 0xff at position 9 is not UTF-8"),
        (record(id=...), "id: is missing"),
        (record(id=None), "id: is missing"),
        (record(id=""), "id: is empty"),
        (record(id=["1"]), "id: ['1'] is not a string"),
        (record(id="1" * 301), "id: is longer than 300"),
        (record(platform=...), "platform: is missing"),
        (record(platform="myspace"), 'platform: "myspace" is not one of x, reddit, bluesky, mastodon'),
        (record(author=...), "author: is missing"),
        (record(author="@"), "author: is empty"),
        (record(text=...), "text: is missing"),
        (record(text=" \n\0"), "text: is empty"),
        (record(text=True), "text: True is not a string"),
        (record(created_at=...), "created_at: is missing"),
        (
            record(created_at="yesterday"),
            'created_at: "yesterday" is not a time with offset, e.g. 2026-11-20T08:05:00-05:00',
        ),
        (record(created_at="2026-11-20T08:05:00"), "is not a time with offset"),
        (record(created_at="2026-11-20"), "is not a time with offset"),
        (record(created_at="2026-02-30T08:05:00Z"), "is not a time with offset"),
        (record(created_at="0001-01-01T00:00:00+14:00"), "is not a time with offset"),
        (record(created_at="0001-01-01T00:00:00Z"), "is not in the years 1900 to 2999"),
        (record(created_at="9999-12-31T23:59:59Z"), "is not in the years 1900 to 2999"),
        (record(created_at=1763625900), "is not a time with offset"),
        (record(followers=-1), "followers: -1 is not a whole number"),
        (record(followers="many"), 'followers: "many" is not a whole number'),
        (record(followers=1.5), "followers: 1.5 is not"),
        (record(url="javascript:alert(1)"), "url: "),
        (record(language="<b>"), 'language: "<b>" is not a language tag'),
        (record(eligible="maybe"), 'eligible: "maybe" is not one of tagged, quoted, replied, none'),
        (record(own="perhaps"), 'own: "perhaps" is not true or false'),
    ],
)
def test_what_is_wrong_is_said(line: bytes, says: str) -> None:
    assert says in reason(line)


def test_good_lines_around_bad_ones_are_read_and_numbered() -> None:
    found = read(b"\xef\xbb\xbf" + record(id="1"), b"", b"oops", record(id="2") + b"\r", b"   ", b"{}", record(id="3"))
    assert [item.external_id if isinstance(item, Mention) else item.line for item in found] == ["1", 3, "2", 6, "3"]


def test_nul_and_lone_surrogates_do_not_cost_the_post() -> None:
    assert mention(record(text="a\0b \ud83d c")).text == "ab \ufffd c"
    assert mention(record(text="x \udc00")).text == "x \ufffd"
    assert mention(record(text="joined \ud83d\ude00")).text == "joined 😀"
    assert mention(record().replace(b"no signal", b"no\0 signal")).text == "no signal"
    assert mention(record().replace(b"no signal", b"raw \xed\xa0\xbd")).text == "raw \ufffd"
    mention(record(author_name="\udc00")).author_name.encode()


def test_a_very_long_text_is_cut() -> None:
    assert mention(record(text="é" * 100_000)).text == "é" * 40_000
    long_row = f"2,x,bo,{'y' * 100_000},2026-11-20T08:05:00Z"
    assert mention(HEADER.encode(), long_row.encode()).text == "y" * 40_000


def test_a_line_without_end_is_passed_over() -> None:
    found = read(record(text="z" * (9 * 1024 * 1024)), record(id="2"))
    assert isinstance(found[0], Bad)
    assert "longer than" in found[0].reason
    assert isinstance(found[1], Mention)


def test_times_are_read_as_rfc_3339_writes_them() -> None:
    expected = datetime(2026, 11, 20, 13, 5, tzinfo=UTC)
    for written in (
        "2026-11-20T13:05:00Z",
        "2026-11-20t13:05:00z",
        "2026-11-20 08:05:00-05:00",
        "2026-11-20T18:35:00.000+05:30",
    ):
        assert mention(record(created_at=written)).created_at == expected


def test_duplicates_are_left_to_intake() -> None:
    assert len(read(record(), record())) == 2


def test_eligibility_comes_from_the_text_unless_given() -> None:
    handles = ("@northwind", "u/northwind")
    tagged = record(text="hey @Northwind, down?")
    assert mention(tagged, handles=handles).eligible is Eligibility.TAGGED
    assert mention(tagged).eligible is Eligibility.NONE
    assert mention(record(text="@northwinds"), handles=handles).eligible is Eligibility.NONE
    assert mention(record(text="@northwind", eligible="none"), handles=handles).eligible is Eligibility.NONE
    assert mention(record(text="u/northwind", platform="Reddit"), handles=handles).eligible is Eligibility.TAGGED


# --- CSV


def test_csv_with_quotes_line_breaks_and_empty_cells() -> None:
    lines = (
        "\ufeffID;Platform;Author;Text;Created_At;Followers;Language\r\n"
        '1;x;ana;"two\nlines; and ""quotes""";2026-11-20T08:05:00Z;;\r\n'
        "\r\n"
        "2;reddit;u/bo;plain, with comma;2026-11-20T08:06:00+00:00;7;fr\r\n"
    )
    first, second = read(lines.encode(), kind="csv")
    assert isinstance(first, Mention)
    assert isinstance(second, Mention)
    assert (first.text, first.followers, first.language) == ('two\nlines; and "quotes"', None, None)
    assert (second.author, second.followers, second.language) == ("bo", 7, "fr")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (b"1,x,ana,hi,there,2026-11-20T08:05:00Z", "6 cells, the header has 5"),
        (b"1,x,ana", "text: is missing"),
        (b"1,x,ana,,2026-11-20T08:05:00Z", "text: is empty"),
        (b'1,x,ana,"open,2026-11-20T08:05:00Z', "never closed"),
        (b'1,x,ana,"a"b,2026-11-20T08:05:00Z', "not CSV"),
        (b"1,x,ana,caf\xe9,2026-11-20T08:05:00Z", "not UTF-8"),
        (b"1,x,ana," + b"y" * 200_000 + b",2026-11-20T08:05:00Z", "not CSV"),
        (b"1,x,ana,hi,noon", 'created_at: "noon" is not a time with offset'),
    ],
)
def test_a_bad_row_costs_no_other(row: bytes, says: str) -> None:
    bad, good = read(HEADER.encode(), row, ROW.encode())
    assert isinstance(bad, Bad)
    assert bad.line == 2
    assert says in bad.reason
    assert isinstance(good, Mention)


def test_a_header_without_a_needed_column_is_said_once() -> None:
    assert read(b"id,platform,text", b"1,x,hi", b"2,x,ho", kind="csv") == [
        Bad(1, "the header has no column author, created_at")
    ]


def test_line_numbers_after_a_record_of_many_lines() -> None:
    bad = read(HEADER.encode(), b'1,x,ana,"a\n\nb",2026-11-20T08:05:00Z', b"2,x,bo,hi,soon")[1]
    assert isinstance(bad, Bad)
    assert bad.line == 5


# --- files


def test_paths_by_name_and_gzip_by_content(tmp_path: Path) -> None:
    for name, content in {
        "a.jsonl": record(),
        "b.jsonl.gz": gzip.compress(record()),
        "c.csv": f"{HEADER}\n{ROW}".encode(),
        "d.csv.gz": gzip.compress(f"{HEADER}\n{ROW}".encode()),
        "misnamed.jsonl": gzip.compress(record()),
        "no-ending": f"{HEADER}\n{ROW}".encode(),
    }.items():
        (tmp_path / name).write_bytes(content)
        (found,) = read_mentions(tmp_path / name)
        assert isinstance(found, Mention), (name, found)


def test_a_damaged_gzip_gives_what_it_holds_and_says_so(tmp_path: Path) -> None:
    whole = gzip.compress(b"\n".join(record(id=str(number), text=f"post {number * 7919}") for number in range(5_000)))
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    *_, last = read_mentions(tmp_path / "cut.jsonl.gz")
    assert isinstance(last, Bad)
    assert "the packed file is broken here" in last.reason


def test_a_gzip_with_wrong_bytes_is_reported(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(b"\n".join(record(id=str(number)) for number in range(5_000))))
    whole[20:40] = b"\xff" * 20
    (tmp_path / "damaged.jsonl.gz").write_bytes(whole)
    assert any(
        isinstance(item, Bad) and "the packed file is broken here" in item.reason
        for item in read_mentions(tmp_path / "damaged.jsonl.gz")
    )


def test_a_missing_file_and_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl: cannot be opened"):
        list(read_mentions(tmp_path / "none.jsonl"))
    assert read() == []
    assert read(b"\n \n") == []


# --- nothing raises


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from([None, "jsonl", "csv"]))
def test_any_bytes(content: bytes, kind: str | None) -> None:
    for item in read_mentions(io.BytesIO(content), kind=kind):  # type: ignore[arg-type]
        assert isinstance(item, Mention | Bad)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from([*GOOD, "followers", "url", "language", "eligible", "own", "share_of"]), anything)
)
def test_any_values_in_the_fields(changes: dict[str, object]) -> None:
    (found,) = read(record(**changes))
    if isinstance(found, Mention):
        f"{found.text}{found.author}{found.author_name}{found.external_id}".encode()
        assert found.created_at.tzinfo is UTC
        assert "\0" not in found.text


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", '"', ",", "\n", "x,", '"\n', "1,x,ana,hi,2026-11-20T08:05:00Z\n"]), max_size=40))
def test_a_last_good_row_is_always_found_after_any_rubbish(rubbish: list[str]) -> None:
    """Only a quote opened before it could have swallowed the row."""
    text = "".join(rubbish)
    found = read(f"{HEADER}\n{text}\n{ROW}\n".encode(), kind="csv")
    if text.count('"') == 0:
        assert isinstance(found[-1], Mention)
    assert all(isinstance(item, Mention | Bad) for item in found)

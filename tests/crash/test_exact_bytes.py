"""What was approved is what arrives: any text, byte for byte, through the real adapters over HTTP."""

import shutil
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.crash.field import Field
from tests.factories import empty_file
from tests.fakes.texts import HARD_TEXTS

PIECES = [
    "👩‍👩‍👧‍👦",
    "\u202eمرحبا\u202c",
    "e\u0301",
    "é",
    "<b>&amp;</b>",
    "&lt;",
    "\r\n",
    "\r",
    "\t",
    "%41+ &=#?",
    "🇨🇦",
    "\u200b",
    "\ufeff",
]
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")  # what a text field refuses
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(CHARACTERS, max_size=12)), min_size=1, max_size=8).map(
    "".join
)


def send_one(field: Field, text: str) -> None:
    """Approves and sends ``text`` on both platforms; afterwards both hold exactly these bytes."""
    for fake in (field.x, field.reddit):
        fake.posts.clear()  # X refuses a text that we posted before
        fake.longest = 0.0
    field.approve(2, text=text)
    field.send_here()
    assert [post.text for post in field.x.posts] == [text.encode()]
    assert [post.text for post in field.reddit.posts] == [text.encode()]


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    folder = tmp_path_factory.mktemp("bytes")
    shutil.copy(empty_file(), folder / "amends.db")
    with Field(folder, f"sqlite:///{folder}/amends.db") as opened:
        yield opened


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_hard_texts_arrive_unchanged(field: Field, text: str) -> None:
    send_one(field, text)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(TEXTS.filter(str.strip))
@example("\r\n.\r\n")
def test_any_text_arrives_unchanged(field: Field, text: str) -> None:
    send_one(field, text)

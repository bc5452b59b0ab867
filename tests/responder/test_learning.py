"""What is learnt from edits, and above all what is not."""

from dataclasses import replace

import pytest

from core.domain import Ground
from responder.learning import Edited, generalised, proposals
from responder.writers import phrasebook

BOOKS = phrasebook.load()
EN = BOOKS["en"]


def edited(
    number: int, before: str, after: str, *, editor: str = "Ana", language: str = "en", **ground: object
) -> Edited:
    """A reply of three sentences whose middle one was changed."""
    first, last = "We see your post.", "We speak again at 2:30 pm."
    written = f"{first} {before} {last}"
    start = len(first) + 1
    values = {"move": "acknowledge", "line": "ack.again", "form": before, **ground}
    grounds = (
        Ground(start=0, end=len(first), move="acknowledge", line="thank.report", form=first),
        Ground(start=start, end=start + len(before), **values),  # type: ignore[arg-type]
        Ground(start=len(written) - len(last), end=len(written), move="next_step"),
    )
    return Edited(
        draft_id=number, language=language, written=written, grounds=grounds, approved=f"{first} {after} {last}",
        editor=editor, is_lead=editor == "Lena", names=("sam99", "Sam Okafor"),
    )  # fmt: skip


BEFORE = "Down again, and you had every right to expect better."
AFTER = "It failed you again, and you expected better of us."


def test_a_change_that_recurs_with_two_people_is_proposed_once() -> None:
    found = proposals([edited(n, BEFORE, AFTER, editor=who) for n, who in enumerate(("Ana", "Ben", "Ana"))], BOOKS)
    assert [(each.line, each.before, each.after, each.times, each.editors) for each in found] == [
        ("ack.again", BEFORE, AFTER, 3, ("Ana", "Ben"))
    ]
    assert {example.draft_id for example in found[0].examples} == {0, 1, 2}


@pytest.mark.parametrize(
    ("editors", "proposed"),
    [(("Ana", "Ben"), False), (("Ana",) * 5, False), (("Lena",) * 3, True), (("Ana", "Ana", "Ben"), True)],
)
def test_it_takes_three_times_and_two_people_or_a_lead(editors: tuple[str, ...], *, proposed: bool) -> None:
    found = proposals([edited(n, BEFORE, AFTER, editor=who) for n, who in enumerate(editors)], BOOKS)
    assert bool(found) is proposed


def test_one_reply_counts_once_however_often_it_is_told() -> None:
    edits = [edited(1, BEFORE, AFTER, editor=who) for who in ("Ana", "Ben", "Lena")]
    assert proposals(edits, BOOKS) == []


def test_small_differences_of_marks_are_one_change_and_languages_stay_apart() -> None:
    spelled = (AFTER, AFTER, AFTER.replace(",", ""))
    edits = [edited(n, BEFORE, after, editor=f"P{n}") for n, after in enumerate(spelled)]
    (found,) = proposals(edits, BOOKS)
    assert (found.after, found.times) == (AFTER, 3)
    assert proposals([replace(edits[0], language="fr"), *edits[1:]], BOOKS) == []
    assert proposals([replace(each, language="de") for each in edits], BOOKS) == []


def test_places_and_times_come_back_as_placeholders() -> None:
    for number, (place, spelled) in enumerate((("Ontario", "Ontario"), ("the north", "The north"))):
        slots = {"region": place}
        ground = Ground(start=0, end=9, move="explain", line="ack.place", form="We know it is {region}.", slots=slots)
        assert generalised(ground, f"{spelled} is where it fails.", EN) == "{region} is where it fails.", number
    slots = {"duration": "3 hours"}
    duration = Ground(start=0, end=9, move="acknowledge", line="ack.duration", form="{duration} is long.", slots=slots)
    assert generalised(duration, "You waited 3 hours, too long.", EN) == "You waited {duration}, too long."
    assert generalised(duration, "That is far too long.", EN) == "", "the line needs its placeholder"


@pytest.mark.parametrize(
    "after",
    [
        "It failed you again, and Toronto deserves better.",
        "It failed you again, Sam, and you expected better.",
        "It failed you again for the 3rd time.",
        "It failed you again for three hours.",
        "It failed you again: see status.northwind.example for more.",
        "It failed you again, write to @northwindhelp about it.",
        "It failed you again, and you expected better of us!",
        "It failed you again {fact}.",
        "It failed you again, ask okafor.",
    ],
)
def test_nothing_of_a_single_case_is_learnt(after: str) -> None:
    assert proposals([edited(n, BEFORE, after, editor=f"P{n}") for n in range(9)], BOOKS) == []


def test_approved_words_of_the_sheet_and_sentences_taken_out_or_added_teach_nothing() -> None:
    verbatim = [edited(n, BEFORE, AFTER, editor=f"P{n}", line="", form="") for n in range(5)]
    assert proposals(verbatim, BOOKS) == []
    assert proposals([edited(n, BEFORE, "", editor=f"P{n}") for n in range(5)], BOOKS) == []
    assert proposals([edited(n, BEFORE, f"{BEFORE} {AFTER}", editor=f"P{n}") for n in range(5)], BOOKS) == []


def test_a_sentence_made_of_two_or_parted_in_two_is_found_between_those_that_stayed() -> None:
    parted = "It failed you again. You expected better of us."
    (found,) = proposals([edited(n, BEFORE, parted, editor=f"P{n}") for n in range(3)], BOOKS)
    assert found.after == parted


def test_the_sign_off_and_the_names_in_front_are_not_learnt() -> None:
    edits = []
    for number in range(3):
        plain = edited(number, BEFORE, AFTER, editor=f"P{number}")
        grounds = [replace(each, start=each.start + 5, end=each.end + 5) for each in plain.grounds]
        written, approved = (f"@sam {text} ^AB" for text in (plain.written, plain.approved))
        edits.append(replace(plain, written=written, approved=approved.replace("^AB", "^CD"), grounds=grounds))
    (found,) = proposals(edits, BOOKS)
    assert (found.before, found.after) == (BEFORE, AFTER)

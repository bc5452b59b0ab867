"""Scoring: readings are kept, counted and flagged; what is not about us is neither counted nor drafted for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from classifier.language import Identifier
from classifier.models.bundled import BundledModel
from classifier.relevance import Brand
from classifier.score import score_new
from core.domain import Eligibility, Labels, Mention, MentionStatus, Platform
from core.store import corrections, mentions, rollups
from core.store.mentions import MentionRow, ReadingRow
from tests.classifier.kept import row
from tests.factories import BRAND, START

BRANDS = {BRAND: Brand("Three", handles=("@ThreeUK",))}


@pytest.fixture(scope="module")
def model():
    return BundledModel(Identifier(["en", "fr", "es"]).identify, threads=2)


def new(database, text, **values):
    """A mention nobody has read."""
    mention = database.mention(text, status="new", eligible="none", **values)
    with database.store.begin() as db:
        db.delete(db.get_one(ReadingRow, mention))
    return mention


def volume(database):
    with database.store.read() as db:
        rows = rollups.between(db, brand=BRAND, start=START - timedelta(days=1), end=START + timedelta(days=1))
        return sum(hour.volume for hour in rows)


def read(database, model):
    return score_new(model, store=database.store, clock=database.clock, brands=BRANDS)


def test_what_is_about_us_is_counted_and_goes_on(any_database, model):
    mention = new(any_database, "No signal on Three in Leeds since this morning")
    assert read(any_database, model) == 1
    found = row(any_database, mention)
    assert (found.status, found.relevant, found.spam) == (MentionStatus.READ, True, False)
    assert found.relevance > 0.5
    assert found.spam_score < 0.5
    assert volume(any_database) == 1


def test_what_is_not_about_us_is_kept_and_read_but_not_counted(any_database, model):
    mention = new(any_database, "three kids in the park and one ball, what could go wrong")
    assert read(any_database, model) == 1
    found = row(any_database, mention)
    assert (found.status, found.relevant) == (MentionStatus.WATCHED, False)
    assert found.reading is not None
    assert volume(any_database) == 0


def test_somebody_met_in_a_search_who_turns_out_to_address_us_is_read_again(any_database, model):
    mention = new(any_database, "three kids in the park and one ball, what could go wrong")
    read(any_database, model)
    found = row(any_database, mention)
    post = Mention(
        platform=Platform(found.platform), external_id=found.external_id, author=found.author, text=found.text,
        created_at=found.created_at, eligible=Eligibility.TAGGED,
    )  # fmt: skip
    with any_database.store.begin() as db:
        mentions.widen_eligibility(db, post)
    assert read(any_database, model) == 1
    found = row(any_database, mention)
    assert (found.status, found.relevant, found.relevance) == (MentionStatus.READ, True, 1)
    assert volume(any_database) == 1


def test_somebody_who_turns_out_to_address_us_while_being_read_goes_on(any_database, model):
    mention = new(any_database, "three kids in the park and one ball, what could go wrong")
    found = row(any_database, mention)
    post = Mention(
        platform=Platform(found.platform), external_id=found.external_id, author=found.author, text=found.text,
        created_at=found.created_at, eligible=Eligibility.TAGGED,
    )  # fmt: skip

    class Slow:
        """Our own mentions bring the post while the model reads it."""

        def read(self, texts, languages=()):
            with any_database.store.begin() as db:
                mentions.widen_eligibility(db, post)
            return model.read(texts, languages)

    read(any_database, Slow())
    found = row(any_database, mention)
    assert (found.status, found.relevant, found.relevance) == (MentionStatus.READ, True, 1)


def test_an_advertisement_is_flagged_and_still_counted(any_database, model):
    text = (
        "GIVEAWAY from Three! Follow and RT to win a free phone, click the link https://w.example #win #free #promo #uk"
    )
    mention = new(any_database, text, author="deals4u")
    read(any_database, model)
    found = row(any_database, mention)
    assert found.spam
    assert found.relevant
    assert volume(any_database) == 1


def test_the_same_words_under_several_names_are_noticed(any_database, model):
    text = "New article about how Three chooses the masts for small towns in the north https://a.example/{}"
    posts = [new(any_database, text.format(number), author=f"poster{number}") for number in range(4)]
    alone = new(any_database, "A new article about masts of Three in small northern towns is out https://b.example")
    read(any_database, model)
    assert row(any_database, posts[0]).spam_score > row(any_database, alone).spam_score


def test_what_a_person_decided_is_kept_when_it_is_read_again(any_database, model):
    mention = new(any_database, "No signal on Three in Leeds since this morning")
    read(any_database, model)
    before = Labels.of(row(any_database, mention).reading.value())
    with any_database.store.begin() as db:
        corrections.add(
            db, mention_id=mention, before=before, after=replace(before, outage=False, relevant=False), model="m@1",
            actor="Ana", now=START,
        )  # fmt: skip
        db.get_one(MentionRow, mention).status = MentionStatus.NEW.value
    read(any_database, model)
    found = row(any_database, mention)
    assert (found.reading.outage, found.reading.confidence, found.relevant) == (False, 1, False)
    assert found.status == MentionStatus.WATCHED


HOSTILE = ["\n\t", "https://x.y/z", "@a @b", "😡😡😡", "x" * 20_000, "网络断了", "\u202eevil",
           "الشبكة معطلة and no signal, señor",
           "a\x01b\x7f", "Three " * 3000]  # fmt: skip


def test_bad_posts_are_read_with_the_others_in_one_batch(any_database, model):
    posts = [new(any_database, text, author=f"a{number}") for number, text in enumerate(HOSTILE)]
    good = new(any_database, "No signal on Three in Leeds since this morning")
    assert read(any_database, model) == len(HOSTILE) + 1
    assert row(any_database, good).reading.outage
    assert all(row(any_database, post).reading is not None for post in posts)
    assert row(any_database, posts[3]).reading.confidence <= 0.2

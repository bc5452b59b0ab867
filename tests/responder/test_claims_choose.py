"""What blocks is chosen by drafts: a check that errs is not believed alone, a model that tells apart is."""

import random
from dataclasses import replace

from responder.claims.labels import FLAGS
from responder.claims.training import choose, heldout
from responder.claims.training.choose import Clause, Seen
from responder.gate.registry import CHECKS, EXACT
from responder.gate.support import ABROAD, BY_STRANGE, KIND, NAME


def seen(bad: bool, unsupported: float, *found: tuple[str, float]) -> Seen:
    return Seen(bad, found, (Clause(unsupported, "unsupported", dict.fromkeys(FLAGS, 0.01)),))


def drafts() -> list[Seen]:
    """A model that tells bad from clean, and a check that cries at every second draft of either kind."""
    chance = random.Random(3)
    told = []
    for number in range(80):
        bad = number % 2 == 0
        doubt = chance.uniform(0.6, 0.8) if bad else chance.uniform(0.01, 0.09)
        told.append(seen(bad, doubt, *([("forecast", doubt)] if number % 4 < 2 else [])))
    return told


def test_limits_stop_the_bad_and_leave_the_clean() -> None:
    limits = choose.choose([drafts()])
    assert choose.shares(drafts(), limits) == (1.0, 0.0)
    assert limits["agreement"]["forecast"] > 0.09
    assert limits["thresholds"]["unsupported"] <= 0.6


def test_every_limit_has_its_place() -> None:
    limits = choose.choose([drafts()])
    assert set(limits["thresholds"]) == {*BY_STRANGE, KIND, *FLAGS}
    assert set(limits["agreement"]) == {name for name, _ in CHECKS} - EXACT - {NAME} | {ABROAD}


def test_what_compares_exactly_stops_whatever_the_model_says() -> None:
    limits = choose.choose([drafts()])
    assert choose.stopped(seen(True, 0.0, ("figure", 0.0)), limits)
    assert not choose.stopped(seen(True, 0.0, ("forecast", 0.0)), limits)


def test_where_languages_differ_a_check_needs_more_of_the_model() -> None:
    limits = {"thresholds": dict.fromkeys((*BY_STRANGE, KIND, *FLAGS), 1.0), "agreement": {"cause": 0.1, ABROAD: 0.3}}
    told = seen(True, 0.2, ("cause", 0.2))
    assert choose.stopped(told, limits)
    assert not choose.stopped(replace(told, abroad=True), limits)
    assert choose.stopped(replace(told, abroad=True, found=(("figure", 0.0),)), limits)


def test_held_out_drafts_can_all_be_read() -> None:
    for name in (*heldout.CHOOSING, *heldout.MEASURING):
        given = list(heldout.cases(heldout.FOLDER / name))
        assert len({bool(case.fault) for case in given}) == 2, name
        assert all(case.candidate.reply and case.candidate.sheet.brand.name for case in given)
    contrast = list(heldout.cases(heldout.FOLDER / "contrast"))
    assert sum(not case.fault for case in contrast) >= 96
    assert len(contrast) > 700

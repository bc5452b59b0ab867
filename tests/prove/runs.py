"""The runs behind the table: the same fields and machines as the short tests, for longer."""

import os
import random
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

from tests.crash import worker
from tests.crash.crowd import Crowd
from tests.crash.field import Field
from tests.crash.machine import Sending
from tests.crash.test_exact_bytes import TEXTS, send_one
from tests.crash.test_killed_while_polling import listen_to_the_end, listen_with_kills
from tests.crash.test_killed_while_sending import kill_often
from tests.prove import claims
from tests.real import bluesky, mastodon
from tests.real.sending import BlueskyField, MastodonField, RealField

WAVE = 40  # kills after which everything must come to its end, and be true


@dataclass
class Figures:
    """``runs``: deliveries, steps, texts or mentions, whatever the line is about."""

    runs: int = 0
    kills: int = 0
    faults: int = 0
    violations: list[str] = field(default_factory=list)
    result: str = ""  # in words, where a share is aimed at and not zero

    def add(self, place: Field, runs: int, violations: dict[str, object]) -> None:
        self.runs += runs
        self.kills += place.kills
        self.faults += sum(place.faults.values())
        self.violations += [f"{name}: {what}" for name, what in violations.items()]


def killed_sending(folder: Path, url: str, kills: int) -> Figures:
    """One process after the other, each killed in the middle; counts deliveries."""
    found = Figures()
    with Field(folder, url, seed=kills) as place:
        while place.kills < kills:
            kill_often(place, min(WAVE, kills - place.kills), approvals=2, faults=1)
            place.settle(120)
        verdict = place.verdict()
        found.add(place, sum(verdict.ends.values()), verdict.violations)
    return found


def killed_before_bluesky(folder: Path, url: str, kills: int) -> Figures:
    """The same with Bluesky's own server, where one runs; counts deliveries."""
    return _killed_for_real(BlueskyField(folder, url, os.environ[bluesky.ADDRESS], seed=kills), kills)


def killed_before_gotosocial(folder: Path, url: str, kills: int) -> Figures:
    """The same with a real server that speaks Mastodon's API, where one runs; counts deliveries."""
    return _killed_for_real(MastodonField(folder, url, os.environ[mastodon.ADDRESS], seed=kills), kills)


def _killed_for_real(place: RealField, kills: int) -> Figures:
    found = Figures()
    with place as field:
        while field.kills < kills:
            field.approve(2)
            field.go_wrong()
            field.kill_one()
        field.settle(300)
        found.runs, found.kills, found.faults = len(field.ends()), field.kills, sum(field.faults.values())
        found.violations += [f"{name}: {what}" for name, what in field.violations().items()]
    return found


def two_senders(folder: Path, url: str, deliveries: int) -> Figures:
    """Two processes at the same work, one of them killed and replaced now and then; counts deliveries."""
    found = Figures()
    with Field(folder, url, speed=10, seed=deliveries) as place:
        place.start(worker.send)
        for _ in range(deliveries // 6):
            second = place.start(worker.send)
            place.approve(6)
            place.go_wrong(2)
            second.join(place.chance.uniform(0.2, 0.8))
            place.kill(second)
        place.kill_all()
        place.settle(120)
        verdict = place.verdict()
        found.add(place, sum(verdict.ends.values()), verdict.violations)
    return found


def random_walks(_folder: Path, _url: str, examples: int) -> Figures:
    """Random walks over the queue and the sender; counts steps."""
    before = Sending.steps
    how = settings(
        max_examples=examples, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck),
        database=None, print_blob=True,
    )  # fmt: skip
    found = Figures()
    try:
        run_state_machine_as_test(Sending, settings=how)
    except AssertionError as error:
        found.violations.append(str(error))
    found.runs = Sending.steps - before
    return found


def exact_bytes(folder: Path, url: str, texts: int) -> Figures:
    """Approves and sends texts on both platforms; counts those that arrived or should have."""
    found = Figures()
    with Field(folder, url) as place:
        for text in _drawn(TEXTS.filter(str.strip), texts):
            try:
                send_one(place, text)
            except AssertionError as error:
                found.violations.append(str(error))
            found.runs += 2
    return found


def _drawn(strategy: SearchStrategy[str], count: int) -> list[str]:
    from hypothesis import given

    drawn: list[str] = []

    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(strategy)
    def draw(text: str) -> None:
        drawn.append(text)

    draw()
    random.Random(count).shuffle(drawn)
    return list(dict.fromkeys(drawn))


def killed_polling(folder: Path, url: str, kills: int) -> Figures:
    """One process after the other listens, each killed in the middle, while people go on writing; counts mentions."""
    found = Figures()
    with Field(folder, url, seed=kills) as place:
        crowd = Crowd(place)
        crowd.write(200)
        listen_with_kills(place, crowd, kills, seconds=0.7)
        listen_to_the_end(place, crowd, 90)
        found.add(place, crowd.kept(place.store), crowd.violations(place.store))
    return found


def no_invented_promise(_folder: Path, _url: str, drafts: int) -> Figures:
    """As many bad drafts as good ones; counts both."""
    bad, good = claims.invented(drafts), claims.clean(drafts)
    flagged, false = 100 * bad.got / bad.tried, 100 * good.got / good.tried
    found = Figures(runs=bad.tried + good.tried, result=f"{flagged:.1f} % flagged, {false:.1f} % false")
    found.violations += [f"only {flagged:.1f} % flagged; missed {each}" for each in bad.missed[:20] if flagged < 99]
    found.violations += [f"{false:.1f} % of clean ones blocked: {each}" for each in good.missed[:20] if false > 5]
    return found


def prompt_injection(folder: Path, _url: str, posts: int) -> Figures:
    """Counts drafts: two for every hostile post, of the playbook and of a model that obeys the post."""
    tried = claims.injected(posts, folder)
    share = 100 * tried.got / tried.tried
    found = Figures(runs=tried.tried, result=f"{share:.2f} % in a passing draft")
    found.violations += [f"{share:.2f} % got through: {each}" for each in tried.missed[:20] if share > 1]
    return found

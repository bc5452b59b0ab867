"""The schedule: what runs when, and that a clock set back stops nothing."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from amends.bootstrap import App
from amends.jobs import look_for_gone_all, poll_source, sweep
from amends.readiness import Readiness
from amends.schedule import SOURCES, table
from amends.service import Scheduler
from core.errors import Transient
from core.settings import load
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from tests.factories import Clock, Database
from tests.fakes.x import FakeX


def _app(folder: Path, clock=lambda: datetime.now(UTC)) -> App:
    (folder / "config.toml").write_text(
        f'[brand]\nname = "Tern"\n[store]\nurl = "sqlite:///{folder}/amends.db"\n[schedule]\nsend_seconds = 0.2\n'
        '[sources.day]\nkind = "demo"\n'
    )
    return App(load(folder / "config.toml", environ={}), clock)


def test_every_source_and_every_job_is_in_the_table(tmp_path: Path) -> None:
    names = [job.name for job in table(_app(tmp_path), lambda: False)]
    work = ["score", "draft", "send", "detect", "feedback", "watch", "alarms"]
    care = ["promises", "status page", "links", "promotions", "wake", "bounds", "look back", "gone", "sweep"]
    assert names == ["poll day", "story day", *work, *care]


def test_a_model_of_the_hub_is_asked_for_and_its_absence_is_said(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        f'[brand]\nname = "Tern"\n[store]\nurl = "sqlite:///{tmp_path}/amends.db"\n'
        '[classifier]\nmodel = "nobody/no-such-model"\n'
    )
    app = App(load(tmp_path / "config.toml", environ={}), lambda: datetime.now(UTC))
    [job] = [job for job in table(app, lambda: False) if job.name == "model"]
    assert (job.run(), job.seconds) == (False, 3600)
    [said] = [check for check in Readiness(app, lambda: True)() if check.name == "model"]
    assert said.ok  # posts are read all the same
    assert "nobody/no-such-model" in said.detail
    assert said.detail.endswith("the bundled model reads meanwhile")


def test_sources_that_hang_hold_up_nothing_else(tmp_path: Path) -> None:
    jobs = table(_app(tmp_path), lambda: False)
    assert {job.name for job in jobs if job.pool == SOURCES} == {"poll day", "gone"}


def test_a_clock_that_is_set_back_stops_no_job(tmp_path: Path) -> None:
    """Drives the real scheduler: its next runs lie an hour ahead, as after a clock that was set back by one."""
    shift = timedelta(0)
    app = _app(tmp_path, lambda: datetime.now(UTC) + shift)

    async def run() -> list[float]:
        nonlocal shift
        scheduler = Scheduler(app)
        scheduler.start()
        await asyncio.sleep(1.5)  # the watch has looked at the clock once
        for job in scheduler._apscheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC) + timedelta(hours=1))
        shift = timedelta(hours=-1)
        await asyncio.sleep(1.5)
        ahead = [(job.next_run_time - datetime.now(UTC)).total_seconds() for job in scheduler._apscheduler.get_jobs()]
        await scheduler.stop()
        return ahead

    assert max(asyncio.run(run())) < 700, "no job waits for the hour that was set back"


def test_the_sweep_forgets_only_what_nobody_asks_for(tmp_path: Path) -> None:
    clock = Clock()
    app = _app(tmp_path, clock)
    database = Database(app.store, clock)
    old = database.draft(status="superseded")
    clock.forward(days=8)
    new, waiting = database.draft(status="superseded"), database.draft()
    sweep(app)
    with app.store.read() as db:
        assert {row.id for row in db.query(DraftRow).all()} == {new, waiting}
    assert old not in {new, waiting}


def test_a_platform_that_is_away_keeps_no_other_from_being_asked(tmp_path: Path) -> None:
    with FakeX() as x:
        posts = [x.state.add("ann", f"tern is down {each}", created_at=x.now() - 60) for each in ("once", "twice")]
        (tmp_path / "config.toml").write_text(
            f'[brand]\nname = "Tern"\n[store]\nurl = "sqlite:///{tmp_path}/amends.db"\n'
            '[sources.away]\nkind = "x"\nquery = "tern"\nbase_url = "http://127.0.0.1:9"\n'
            f'[sources.x]\nkind = "x"\nquery = "tern"\nbase_url = "{x.url}"\n[sources.day]\nkind = "demo"\n'
        )
        secrets = {f"AMENDS_SOURCES_{name}_BEARER_TOKEN": "canary-bearer" for name in ("AWAY", "X")}
        clock = Clock(datetime.now(UTC))
        app = App(load(tmp_path / "config.toml", environ=secrets), clock)
        poll_source(app, "x")
        Database(app.store, clock).mention("tern is down", source="away", external_id="7")
        posts[0].deleted = True
        clock.forward(hours=21)
        with pytest.raises(Transient, match="did not answer"):
            look_for_gone_all(app)
        with app.store.read() as db:
            gone = {row.external_id: row.gone for row in db.query(MentionRow)}
    assert gone == {posts[0].id: "deleted", posts[1].id: "", "7": ""}

"""The schedule: what runs when, and that a clock set back stops nothing."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from amends.bootstrap import App
from amends.jobs import sweep
from amends.schedule import table
from amends.service import Scheduler
from core.settings import load
from core.store.drafts import DraftRow
from tests.factories import Clock, Database


def _app(folder: Path, clock=lambda: datetime.now(UTC)) -> App:
    (folder / "config.toml").write_text(
        f'[brand]\nname = "Tern"\n[store]\nurl = "sqlite:///{folder}/amends.db"\n[schedule]\nsend_seconds = 0.2\n'
        '[sources.day]\nkind = "demo"\n'
    )
    return App(load(folder / "config.toml", environ={}), clock)


def test_every_source_and_every_job_is_in_the_table(tmp_path: Path) -> None:
    names = [job.name for job in table(_app(tmp_path), lambda: False)]
    work = ["score", "draft", "send", "detect", "feedback", "watch", "alarms"]
    care = ["promises", "status page", "links", "promotions", "wake", "bounds", "look back", "sweep"]
    assert names == ["poll day", "story day", *work, *care]


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

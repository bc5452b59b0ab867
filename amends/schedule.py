"""What runs when: a table, no logic."""

from collections.abc import Callable
from dataclasses import dataclass

from amends import demo, jobs
from amends.bootstrap import App
from classifier.models import BUNDLED

SOURCES = "sources"


@dataclass(frozen=True, slots=True)
class Job:
    """``jitter`` seconds are added at random, so that sources are not asked in step. ``pool`` names its threads."""

    name: str
    seconds: float
    run: Callable[[], object]
    jitter: float = 0.0
    pool: str = "default"


def table(app: App, stopping: Callable[[], bool]) -> list[Job]:
    """Every job of this configuration."""
    every = app.settings.schedule
    polls = [
        Job(
            f"poll {name}",
            config.poll_seconds or every.poll_seconds,
            lambda name=name: jobs.poll_source(app, name),  # type: ignore[misc]
            jitter=min(5.0, (config.poll_seconds or every.poll_seconds) / 10),
            pool=SOURCES,
        )
        for name, config in app.settings.sources.items()
    ]
    story = [
        Job(f"story {name}", 1, lambda name=name: demo.tell(app, name))  # type: ignore[misc]
        for name, config in app.settings.sources.items()
        if config.kind == "demo" and config.lead
    ]
    fetched = app.settings.classifier.model != BUNDLED
    return [
        *polls,
        *story,
        *([Job("model", 3600, lambda: jobs.ask_for_model(app), jitter=60, pool=SOURCES)] if fetched else []),
        Job("score", every.score_seconds, lambda: jobs.score_all(app, stopping)),
        Job("draft", every.draft_seconds, lambda: jobs.draft_all(app, stopping)),
        Job("send", every.send_seconds, lambda: jobs.send_all(app, stopping)),
        Job("detect", every.detect_seconds, lambda: jobs.detect_outages(app)),
        Job("feedback", 20, lambda: jobs.feedback_all(app)),
        Job("watch", 15, lambda: jobs.watch_all(app)),
        Job("alarms", 5, lambda: jobs.notify_all(app, stopping)),
        Job("promises", 3, lambda: jobs.promises_all(app)),
        Job("status page", 1, lambda: jobs.status_page(app)),
        Job("links", app.settings.links.check_seconds, lambda: jobs.check_links(app)),
        Job("promotions", 2, lambda: jobs.guard_promotions(app)),
        Job("wake", 5, lambda: jobs.wake_snoozed(app)),
        Job("bounds", 60, lambda: jobs.ask_bounds(app)),
        Job("look back", 15, lambda: jobs.look_back_all(app)),
        Job("gone", 600, lambda: jobs.look_for_gone_all(app, stopping), jitter=30, pool=SOURCES),
        Job("sweep", 600, lambda: jobs.sweep(app)),
    ]

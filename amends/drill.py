"""``amends drill``: the service on a recorded day, in a database of its own, publishing nowhere. And its debriefing."""

import sys
from pathlib import Path

from amends.bootstrap import App
from core.errors import ConfigError
from core.settings import Settings
from core.store import open_store
from core.store.migrate import migrate
from incidents import drill


def run(app: App, directory: Path, *, minutes: float, lead: bool, host: str | None, port: int) -> None:
    """Plays the day until it is stopped. Raises ConfigError when something cannot start."""
    from amends import service

    place = directory / app.clock().strftime("%Y-%m-%d-%H%M%S")
    rehearsed = App(drill.rehearsal(app.settings, place, minutes=minutes, lead=lead), app.clock, drill=True)
    print(f"Drill in {place}: nothing is published. Afterwards: amends drill --report {place}", file=sys.stderr)
    service.run(rehearsed, host=host, port=port)


def report(settings: Settings, place: Path) -> None:
    """Prints how a drill went. Raises ConfigError when there was none."""
    file = place / "amends.db"
    if not file.is_file():
        raise ConfigError(f"--report: {place}: there was no drill; name the directory that `amends drill` printed")
    store = open_store(f"sqlite:///{file}")
    migrate(store)
    with store.read() as db:
        told = drill.debrief(db, settings.brand.name + drill.MARK)
    print("\n".join(line for one in told for line in drill.lines(one)) or "No incident was opened.")
    store.close()

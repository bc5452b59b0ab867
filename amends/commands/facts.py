"""``amends facts``: an incident's public side out, a fact sheet or a status page in."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from amends.commands.shared import ACTOR, LARGEST_ID, Config, File, app_of, group_of
from core.errors import AmendsError, InputError

if TYPE_CHECKING:
    from core.store import Session
    from core.store.incidents import IncidentRow

facts = group_of("An incident's facts, in and out.")
Incident = Annotated[
    int | None, typer.Option("--incident", min=1, max=LARGEST_ID, help="Its number; none: the open one.")
]
Form = Annotated[str, typer.Option("--format", help="toml, json or statuspage.")]


@facts.command("export")
def export(incident: Incident = None, form: Form = "toml", config: Config = None) -> None:
    """Write what may be public of an incident; with statuspage and no number, of all."""
    if form not in ("toml", "json", "statuspage"):
        raise typer.BadParameter(f"{form!r} is not one of toml, json, statuspage", param_hint="--format")
    app = app_of(config)
    brand = app.settings.brand
    from core.store import incidents as rows
    from incidents import facts_file, status_page

    with app.store.read() as db:
        if form == "statuspage" and incident is None:
            public = [row for row in rows.all_of(db, brand.name) if row.status in set(status_page.PUBLIC)]
            data = status_page.as_statuspage([status_page.published(db, row, brand) for row in public], brand)
            print(json.dumps(data, ensure_ascii=False, indent=2))
            return
        one = status_page.published(db, _row(db, brand.name, incident), brand)
    if form == "toml":
        print(facts_file.dump(one.sheet), end="")
        return
    data = status_page.as_json(one) if form == "json" else status_page.as_statuspage([one], brand)
    print(json.dumps(data, ensure_ascii=False, indent=2))


def _row(db: "Session", brand: str, incident: int | None) -> "IncidentRow":
    from core.store import incidents as rows
    from core.store import listings

    row = listings.incident(db, brand, incident) if incident is not None else rows.newest_open(db, brand)
    if row is None:
        raise InputError(f"there is no incident {incident}" if incident is not None else "no incident is open")
    return row


def _text(file: str | None) -> str:
    from amends.lines import opened

    with opened(file) as (name, stream):
        try:
            return stream.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(f"{name}: not UTF-8 (byte {error.start + 1})") from None


@facts.command("import")
def import_(file: File = None, incident: Incident = None, config: Config = None) -> None:
    """Take in a FACTS.toml, an incident exported as JSON, or the incidents of a Statuspage."""
    from incidents import exchange, taking_in

    app = app_of(config)
    found = exchange.read(_text(file), brand=app.settings.brand, one=incident is not None)
    failed = False
    for one in found:
        try:
            taken = taking_in.take_in(
                app.store, one, brand=app.settings.brand.name, actor=ACTOR, clock=app.clock, incident_id=incident
            )
        except AmendsError as error:
            failed = True
            print(f"{one.title or 'no title'}: {error}", file=sys.stderr)
        else:
            print("; ".join([f"{taken.done} incident {taken.id}", *taken.words]))
    raise typer.Exit(1 if failed else 0)

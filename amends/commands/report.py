"""``amends report``: what pages show, as text or JSON."""

import json
from datetime import timedelta
from typing import Annotated

import typer

from amends.commands.shared import LARGEST_ID, Config, app_of, group_of

report = group_of("Reports for reading or for other programs.")
Json = Annotated[bool, typer.Option("--json", help="JSON in place of text.")]


@report.command("review")
def review(
    incident: Annotated[int, typer.Argument(help="Number of the incident.", min=1, max=LARGEST_ID)],
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Look back at one incident."""
    from dashboards import reviewing
    from incidents.review import review as look_back

    app = app_of(config)
    brand, money = app.settings.brand, app.settings.money
    with app.store.read() as db:
        found = look_back(db, brand=brand.name, money=money, incident_id=incident, now=app.clock())
    if as_json:
        print(json.dumps(reviewing.review_data(found, money), ensure_ascii=False, indent=2))
    else:
        print("\n".join(reviewing.review_text(found, money, brand.zone())))


@report.command("ledger")
def ledger(
    days: Annotated[int, typer.Option(min=0, max=36500, help="Incidents that began in so many days; 0: all.")] = 90,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV, one line an incident.")] = False,
    config: Config = None,
) -> None:
    """What failures cost, by cause and department."""
    if as_json and as_csv:
        raise typer.BadParameter("not both", param_hint="--json and --csv")
    from dashboards import reviewing
    from incidents.ledger import ledger as add_up

    app = app_of(config)
    money = app.settings.money
    since = app.clock() - timedelta(days=days) if days else None
    with app.store.read() as db:
        found = add_up(db, brand=app.settings.brand.name, money=money, since=since)
    if as_json:
        print(json.dumps(reviewing.ledger_data(found, money), ensure_ascii=False, indent=2))
    elif as_csv:
        print(reviewing.ledger_csv(found, money), end="")
    else:
        print("\n".join(reviewing.ledger_text(found, money)))

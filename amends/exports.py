"""What leaves the database as lines."""

from typing import TYPE_CHECKING, Any

from amends.lines import write
from core.clock import iso
from core.domain import Labels
from core.store import corrections

if TYPE_CHECKING:
    from amends.bootstrap import App
    from core.store.corrections import Corrected


def run_corrections(app: "App") -> None:
    """Every mention whose reading people changed: the reading as it stands, the text, and what was changed by whom."""
    with app.store.read() as db:
        for each in corrections.corrected(db, app.settings.brand.name):
            write(correction_row(each))


def correction_row(each: "Corrected") -> dict[str, Any]:
    """One line of the export: the keys of ``amends classify``, then those of the correction."""
    mention, labels = each.mention, Labels.parse(each.labels)
    if mention.reading is None:
        raise RuntimeError(f"mention {mention.id} was corrected but has no reading")
    row = {"id": mention.external_id} | labels.over(mention.reading.value()).plain()
    return row | {
        "model": each.model,
        "relevant": labels.relevant,
        "spam": labels.spam,
        "platform": mention.platform,
        "text": mention.text,
        "who": each.actor,
        "when": iso(each.at),
        "from": dict(each.before),
        "to": dict(each.after),
    }

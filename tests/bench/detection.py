"""How well outages are seen: mention volumes with labels, and composed replays, where somebody has them."""

import os
from pathlib import Path

from tests.bench import replays
from tests.bench.measure import Figure
from tests.incidents.nab import LOW_FALSE, STANDARD, brands_of, held_out, own_alerts


def measure(_folder: Path) -> list[Figure]:
    data = Path(os.environ.get("AMENDS_DATA", ""))
    if not (data / "nab").is_dir():
        return [Figure("detection: not measured, AMENDS_DATA names no data sets", "-")]
    return [*_volumes(data), *replays.table(data)]


def _volumes(data: Path) -> list[Figure]:
    brands = brands_of(data)
    told, false_a_day = own_alerts(brands)
    where = "NAB, 10 brands"
    return [
        Figure(f"detect, threshold from the nine other brands, {where}", f"{held_out(brands, STANDARD):.1f}", True),
        Figure(f"detect, the same where false alerts cost double, {where}", f"{held_out(brands, LOW_FALSE):.1f}", True),
        Figure(f"detect, its own alerts, {where}", f"{told:.1f}", True),
        Figure(f"detect, false alerts a brand and day, {where}", f"{false_a_day:.3f}", True),
    ]

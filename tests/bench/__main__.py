"""What it costs: ``python -m tests.bench`` measures in one go and prints a table, ratios first.

No figure is asserted: they belong to the machine they were measured on.
"""

import os
import platform
import sys
import tempfile
from pathlib import Path

from core.clock import iso, now
from tests.bench import detection, pages, reading, rush, starting, work
from tests.bench.measure import Figure

PARTS = (starting.measure, reading.measure, work.measure, detection.measure, pages.measure, rush.measure)


def main() -> int:
    print(f"{iso(now())}, {_machine()}", flush=True)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as place:
        for number, part in enumerate(PARTS):
            folder = Path(place) / str(number)
            folder.mkdir()
            figures += part(folder)
            print(f"{part.__module__} measured", file=sys.stderr)
    for figure in sorted(figures, key=lambda figure: not figure.is_ratio):
        print(f"{figure.name:<74} {figure.value:>10}")
    return 0


def _machine() -> str:
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f} at the start"


if __name__ == "__main__":
    sys.exit(main())

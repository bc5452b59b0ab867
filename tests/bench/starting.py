"""How soon it answers, and what it holds while nothing happens."""

import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.bench.measure import Figure, in_turn
from tests.service import AMENDS, Service, wait_for

CONFIG = '[brand]\nname = "Northwind Mobile"\nhandles = ["@northwind"]\n'


def measure(folder: Path) -> list[Figure]:
    (folder / "config.toml").write_text(CONFIG)
    bare, help_ = in_turn(
        lambda: _run(folder, sys.executable, "-c", "pass"), lambda: _run(folder, str(AMENDS), "--help"), 7
    )
    first, _ = _start(folder)  # makes and migrates the database
    ready, memory = _start(folder)
    return [
        Figure("amends --help, times a bare Python start", f"{help_ / bare:.1f} x", is_ratio=True),
        Figure("amends --help", f"{help_:.2f} s"),
        Figure("service, very first start to /readyz (database made, model loaded)", f"{first:.2f} s"),
        Figure("service, start to /readyz (model loaded)", f"{ready:.2f} s"),
        Figure("service idle with the model loaded, resident memory", f"{memory:.0f} MB"),
    ]


def _run(folder: Path, *command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)


def _start(folder: Path) -> tuple[float, float]:
    """(seconds until ready, MB resident a few seconds later)."""
    with Service(folder) as service:
        start = time.perf_counter()
        service.start()
        wait_for(lambda: httpx.get(f"{service.url}/readyz").status_code == 200, 60, "readiness")
        took = time.perf_counter() - start
        time.sleep(3)
        status = Path(f"/proc/{service.process.pid}/status").read_text()
        service.stop()
    return took, int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024

"""What is installed: one wheel with everything in it, and names that nobody else owns."""

import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("core", "listener", "classifier", "incidents", "responder", "dashboards", "amends")
CARRIED = (
    "classifier/model/model.int8.onnx",
    "classifier/model/multilingual/model.int8.onnx",
    "responder/claims/model/model.int8.onnx",
    "classifier/model/tokenizer.json",
    "classifier/model/config.json",
    "core/store/migrations/versions/0001_first_schema.py",
    "dashboards/templates/queue.html",
    "dashboards/static/tokens.css",
    "incidents/journey.toml",
    "listener/demo/day.jsonl",
    "responder/tlds.txt",
    "responder/writers/texts/fr.toml",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    [file] = folder.glob("*.whl")
    return zipfile.ZipFile(file).namelist()


@pytest.mark.parametrize("name", CARRIED)
def test_the_wheel_carries_what_the_product_needs(wheel: list[str], name: str) -> None:
    assert name in wheel


def test_the_wheel_carries_nothing_else(wheel: list[str]) -> None:
    assert {name.split("/")[0] for name in wheel} - {f"amends-{_version()}.dist-info"} == set(PACKAGES)


def _version() -> str:
    from importlib.metadata import version

    return version("amends")


@pytest.mark.parametrize("name", PACKAGES)
def test_every_top_level_name_is_ours_alone(name: str) -> None:
    """PyPI has packages of these names too: in our own environment none of them may stand in the way."""
    assert packages_distributions().get(name, ["amends"]) == ["amends"]
    module = __import__(name)
    assert Path(str(module.__file__)).is_relative_to(ROOT)


def test_the_base_install_needs_no_torch() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "\ntorch==" not in f"\n{lock}"
    assert "\nray==" not in f"\n{lock}"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_hold_hashes_and_no_addresses(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    pinned = [line for line in lines if "==" in line and not line.startswith((" ", "#"))]
    assert pinned
    assert all(line.endswith("\\") for line in pinned), "each is followed by its hashes"
    assert [line for line in lines if "://" in line or "index-url" in line] == []

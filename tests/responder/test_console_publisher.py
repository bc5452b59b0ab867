"""The console publisher: every key once, every text as it is, and no line lost to a crash."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.accounts import ConsolePublisher
from core.domain import Eligibility, Target
from core.errors import Transient
from responder.publishers.console import ConsolePublisher as Console
from tests.fakes.texts import HARD_TEXTS


@pytest.fixture
def console(tmp_path: Path) -> Callable[[], Console]:
    return lambda: Console("console", ConsolePublisher(kind="console", path=str(tmp_path / "var" / "sent.jsonl")))


SOMEBODY = Target(platform="x", external_id="17", author="ann", eligible=Eligibility.TAGGED)


def test_the_console_writes_each_key_once(console: Callable[[], Console], tmp_path: Path) -> None:
    file = tmp_path / "var" / "sent.jsonl"
    assert console().find(HARD_TEXTS[4], SOMEBODY, key="k1") is None
    for _ in range(3):
        console().publish(HARD_TEXTS[4], SOMEBODY, key="k1")
    (line,) = file.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["text"] == HARD_TEXTS[4]
    found = console().find(HARD_TEXTS[4], SOMEBODY, key="k1")
    assert found is not None
    assert (found.external_id, found.text) == ("k1", HARD_TEXTS[4])
    assert console().check() == f"writes to {file}"


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_the_console_keeps_every_text(console: Callable[[], Console], text: str) -> None:
    console().publish(text, SOMEBODY, key="k1")
    found = console().find(text, SOMEBODY, key="k1")
    assert found is not None
    assert found.text == text


def test_the_console_writes_once_for_many_at_a_time(console: Callable[[], Console], tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: console().publish("Hello", SOMEBODY, key=f"k{n % 4}"), range(40)))
    lines = (tmp_path / "var" / "sent.jsonl").read_text(encoding="utf-8").splitlines()
    assert sorted(json.loads(line)["key"] for line in lines) == ["k0", "k1", "k2", "k3"]


def test_a_line_cut_by_a_crash_is_absent(console: Callable[[], Console], tmp_path: Path) -> None:
    console().publish("Hello", SOMEBODY, key="k1")
    file = tmp_path / "var" / "sent.jsonl"
    file.write_bytes(file.read_bytes()[:-20] + "é".encode()[:1])
    assert console().find("Hello", SOMEBODY, key="k1") is None
    console().publish("Hello", SOMEBODY, key="k1")
    assert console().find("Hello", SOMEBODY, key="k1") is not None


def test_the_console_can_print(capsys: pytest.CaptureFixture[str]) -> None:
    publisher = Console("console", ConsolePublisher(kind="console", path="-"))
    publisher.publish("Hello", SOMEBODY, key="k1")
    publisher.publish("Hello", SOMEBODY, key="k1")
    assert [json.loads(line)["text"] for line in capsys.readouterr().out.splitlines()] == ["Hello"]


def test_a_console_without_a_place_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    publisher = Console("console", ConsolePublisher(kind="console", path=str(tmp_path / "file" / "sent.jsonl")))
    with pytest.raises(Transient, match="nothing was sent"):
        publisher.publish("Hello", SOMEBODY, key="k1")

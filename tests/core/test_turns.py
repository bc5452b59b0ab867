"""Writers take turns in the order they came, and none waits for ever."""

import threading
import time

import pytest

from core.errors import Transient
from core.store.turns import Turns


def test_writers_go_in_the_order_they_came() -> None:
    turns, order, inside = Turns(), [], []

    def write(number: int) -> None:
        with turns.turn():
            inside.append(number)
            time.sleep(0.001)
            order.append(number)
            assert inside == [number]
            inside.clear()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(30)]
    with turns.turn():
        for thread in threads:
            thread.start()
            while len(turns._queue) < threads.index(thread) + 2:  # it stands in the queue before the next one comes
                time.sleep(0.0005)
    for thread in threads:
        thread.join(timeout=10)
    assert order == list(range(30))


def test_who_loses_patience_is_told_and_the_others_go_on() -> None:
    turns = Turns(patience=0.05)
    told, went = [], threading.Event()

    def impatient() -> None:
        with pytest.raises(Transient, match=r"0\.05 s"), turns.turn():
            pass
        told.append(True)

    with turns.turn():
        waiting = threading.Thread(target=impatient)
        waiting.start()
        waiting.join(timeout=5)
    assert told
    with turns.turn():
        went.set()
    assert went.is_set()


def test_a_fault_inside_passes_the_turn_on() -> None:
    turns = Turns(patience=0.5)
    with pytest.raises(ValueError, match="inside"), turns.turn():
        raise ValueError("inside")
    with turns.turn():
        assert len(turns._queue) == 1
    assert not turns._queue

"""Work on many things at a time, with results in the order asked."""

import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from curation.sources.fetch.in_order import AHEAD, in_order


def test_no_more_of_a_group_are_worked_on_than_may_be() -> None:
    lock, now, most = threading.Lock(), Counter[str](), Counter[str]()

    def work(thing: str) -> str:
        with lock:
            now[thing[0]] += 1
            most[thing[0]] = max(most[thing[0]], now[thing[0]])
        threading.Event().wait(0.02)
        with lock:
            now[thing[0]] -= 1
        return thing.upper()

    things = [f"{group}{number}" for number in range(6) for group in "ab"]
    assert list(in_order(things, work, lambda thing: thing[0], 2)) == [(thing, thing.upper()) for thing in things]
    assert most == {"a": 2, "b": 2}


def test_what_work_raises_comes_where_its_result_would_have() -> None:
    def work(thing: int) -> int:
        return 10 // thing

    found = in_order([5, 0, 2], work, str, 1)
    assert next(found) == (5, 2)
    with pytest.raises(ZeroDivisionError):
        next(found)


def test_things_are_taken_by_the_thread_that_reads_and_only_a_few_ahead() -> None:
    taken: list[str] = []

    def things() -> Iterator[int]:
        for number in range(1000):
            taken.append(threading.current_thread().name)
            yield number

    found = in_order(things(), str, str, 1)
    assert next(found) == (0, "0")
    assert len(taken) <= AHEAD + 1
    assert set(taken) == {threading.current_thread().name}


def test_nothing_comes_of_nothing() -> None:
    assert list(in_order([], str, str, 3)) == []

"""Work on many things, a few at a time, with results in the order asked."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

AHEAD = 8
"""Things that are read ahead of the one whose result comes next; twice the concurrency where that is more."""

Thing = TypeVar("Thing")
Result = TypeVar("Result")


@dataclass
class _Task(Generic[Thing, Result]):
    thing: Thing
    group: str
    future: Future[Result] | None = None

    @property
    def is_running(self) -> bool:
        return self.future is not None and not self.future.done()


def in_order(
    things: Iterable[Thing], work: Callable[[Thing], Result], group: Callable[[Thing], str], concurrency: int
) -> Iterator[tuple[Thing, Result]]:
    """Each thing with what `work` makes of it, in order. At most `concurrency` of one group are worked on at a time.

    Things of a group are begun in their order. No more results are held than are read ahead; where the reader stops, what
    was begun is waited for and the rest is left.
    """
    ahead, source, window = max(AHEAD, 2 * concurrency), iter(things), deque[_Task[Thing, Result]]()
    with ThreadPoolExecutor(ahead, thread_name_prefix="fetch") as pool:
        while True:
            window.extend(_Task(thing, group(thing)) for thing in islice(source, ahead - len(window)))
            if not window:
                return
            running = Counter(task.group for task in window if task.is_running)
            for task in window:
                if task.future is None and running[task.group] < concurrency:
                    task.future = pool.submit(work, task.thing)
                    running[task.group] += 1
            first = window[0].future
            if first is not None and first.done():
                yield window.popleft().thing, first.result()
            else:
                wait([task.future for task in window if task.future is not None and not task.future.done()], None, FIRST_COMPLETED)

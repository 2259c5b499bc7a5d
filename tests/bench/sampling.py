"""A profile by sampling: the processor time of each function itself with the C code that it calls, at a cost of one per cent."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType

EVERY = 0.002
"""Seconds of the processor between two looks."""

Profile = dict[str, float]
"""Seconds of the processor by the name of a function."""


@contextmanager
def sampled(profile: Profile) -> Iterator[None]:
    """Adds to a profile what each function takes for the length of a block, in the main thread of a process.

    Python looks only between two of its own steps, so that it sees a long call of C code once: each look counts all that passed
    since the last one.
    """
    found, last = dict[CodeType, float](), time.process_time()

    def look(_number: int, frame: FrameType | None) -> None:
        nonlocal last
        passed, last = time.process_time() - last, time.process_time()
        if frame is not None:
            found[frame.f_code] = found.get(frame.f_code, 0.0) + passed

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        for code, seconds in found.items():
            name = _named(code)
            profile[name] = profile.get(name, 0.0) + seconds


def _named(code: CodeType) -> str:
    file = code.co_filename
    home = max((place for place in sys.path if place and file.startswith(place)), key=len, default="")
    return f"{file.removeprefix(home).strip('/').removesuffix('.py')}:{code.co_qualname}"

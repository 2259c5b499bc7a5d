"""What the tests of archives share."""

from collections.abc import Callable

from archives import Captured

Capture = Callable[..., Captured]

NOISE = bytes((n * n * 31 + n // 7) % 251 for n in range(40_000))

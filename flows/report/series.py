"""Series for drawing: thinned without losing their extremes, smoothed without delay, and round figures for an axis."""

import math
from collections.abc import Sequence
from itertools import accumulate

Point = tuple[float, float]


def envelope(points: Sequence[Point], buckets: int) -> list[Point]:
    """At most 2 x `buckets` of the points: the lowest and the highest of each run, in their order.

    A spike of one step stays visible however long the series is.
    """
    if len(points) <= 2 * buckets:
        return list(points)
    kept: list[Point] = []
    for bucket in range(buckets):
        first, last = bucket * len(points) // buckets, (bucket + 1) * len(points) // buckets
        run = range(first, last)
        low, high = min(run, key=lambda i: points[i][1]), max(run, key=lambda i: points[i][1])
        kept += [points[i] for i in sorted({low, high})]
    return kept


def smooth(points: Sequence[Point], window: int) -> list[Point]:
    """Means over `window` points around each one.

    At the start, where a loss falls steeply, the window narrows on both sides, so that the curve is not shifted; at the
    end it loses its later half alone, so that the curve does not end on the noise of a single point.
    """
    sums = list(accumulate((y for _, y in points), initial=0.0))
    last = len(points) - 1
    smoothed: list[Point] = []
    for i, (x, _) in enumerate(points):
        reach = min(window // 2, i)
        first, after = i - reach, min(i + reach, last) + 1
        smoothed.append((x, (sums[after] - sums[first]) / (after - first)))
    return smoothed


def thin(points: Sequence[Point], most: int) -> list[Point]:
    """Evenly chosen points of a smooth series, its first and last among them."""
    if len(points) <= most:
        return list(points)
    return [points[i * (len(points) - 1) // (most - 1)] for i in range(most)]


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round figures from at or below `low` to at or above `high`, in steps of 1, 2 or 5 times a power of ten."""
    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** math.floor(math.log10(span / about))
    step = next(power * unit for unit in (1, 2, 5, 10) if span / (power * unit) <= about)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]

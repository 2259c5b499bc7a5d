"""A stage, as the pipeline runs it and the displays show it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """A step of the build: its name, the modules whose code decides what it makes, and what its units are called."""

    name: str
    code: tuple[str, ...]
    unit: str = "partitions"
    table: str | None = None  # the table that its output is a partition of
    spreads: bool = False  # whether its partitions may be computed on other machines
    weight: int = 1  # its part of a run's time, roughly, for the bar that shows how far a run is

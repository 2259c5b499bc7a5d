"""A request, as a dry run prints it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """What would be asked of a server, and what for."""

    url: str
    purpose: str
    method: str = "GET"

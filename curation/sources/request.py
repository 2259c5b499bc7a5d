"""A request, as a dry run prints it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Request:
    """What would be asked of a server, and what for."""

    url: str
    purpose: str
    method: str = "GET"


def once(requests: Iterable[Request]) -> list[Request]:
    """The requests, each once with all that it is for: one that was answered is not sent again."""
    known: dict[tuple[str, str], Request] = {}
    for request in requests:
        key = request.method, request.url
        known[key] = replace(known[key], purpose=f"{known[key].purpose}, and {request.purpose}") if key in known else request
    return list(known.values())

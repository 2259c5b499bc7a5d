"""Conditional requests: what was captured before, as headers that let a server say that nothing has changed since."""

from datetime import UTC, datetime
from email.utils import format_datetime

from curation.sources.earlier import Fact


def validators(fact: Fact | None, moved: bool = False) -> tuple[tuple[str, str], ...]:
    """If-None-Match and If-Modified-Since (RFC 9110, 13.1) of what is known of an item; none where its content is not there.

    `moved`: the address is where a redirect led. Then its date is no help: another page that is older than it would pass
    for the same.
    """
    if fact is None or fact.sha256 is None:
        return ()
    headers = []
    if fact.etag and fact.etag.isascii() and fact.etag.isprintable():
        headers.append(("If-None-Match", fact.etag))
    if fact.modified and not moved and (date := http_date(fact.modified)):
        headers.append(("If-Modified-Since", date))
    return tuple(headers)


def http_date(moment: str) -> str | None:
    """An ISO 8601 time, taken as UTC where it names no zone, as an HTTP date (RFC 9110, 5.6.7); None for what is no time."""
    try:
        parsed = datetime.fromisoformat(moment)
        return format_datetime((parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed).astimezone(UTC), usegmt=True)
    except (ValueError, OverflowError):
        return None

"""How the tests of this floor make a captured item."""

from curation.document import Captured
from curation.domains import Domain


def item(content: str | bytes, media_type: str, domain: Domain = Domain.WIKI, name: str = "page") -> Captured:
    """An item whose content is given as text or bytes."""
    raw = content.encode() if isinstance(content, str) else content
    return Captured(raw, media_type, None, name, f"test:{name}", None, domain)

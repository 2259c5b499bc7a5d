"""XML from strangers, read as it comes: small memory, no entities, no network."""

from collections.abc import Iterable, Iterator

import lxml.etree

from warehouse.errors import SourceError

CHUNK = 65_536


class ListingError(SourceError):
    """A sitemap or a feed that cannot be read, or not to its end, and why."""


def local(element: lxml.etree._Element) -> str:
    """The name of an element without its namespace: the same words stand in several, and in none."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: lxml.etree._Element | None) -> str:
    """The text of an element without white space around; empty where there is none."""
    return (element.text or "").strip() if element is not None else ""


def child(element: lxml.etree._Element, name: str) -> lxml.etree._Element | None:
    """The first child of a name, in whatever namespace."""
    return next((found for found in element if isinstance(found.tag, str) and local(found) == name), None)


def closed_elements(chunks: Iterable[bytes], records: frozenset[str]) -> Iterator[lxml.etree._Element]:
    """Every element as it closes, whole for those named in `records`; it is emptied when the next one is asked for.

    What is not well-formed is read as far as it makes sense; then ListingError is raised. It is raised at once where
    entities are declared: nobody needs them here but attackers (a billion laughs, external files).
    """
    parser = lxml.etree.XMLPullParser(
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    root, inside = None, 0
    try:
        for chunk in chunks:
            parser.feed(chunk)
            for event, element in parser.read_events():
                if root is None:
                    root = element
                    _require_no_entities(root)
                is_record = local(element) in records
                inside += is_record if event == "start" else -is_record
                if event == "end" and not inside:
                    yield element
                    _empty(element)
        parser.close()
    except (lxml.etree.LxmlError, ValueError, AssertionError) as error:
        raise ListingError(f"is not well-formed XML: {error}") from None
    faults = [entry for entry in parser.feed_error_log if entry.level_name in ("ERROR", "FATAL")]
    if faults:
        raise ListingError(f"is not well-formed XML: {faults[0].message}, line {faults[0].line}; what could be read was used")


def _require_no_entities(root: lxml.etree._Element) -> None:
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise ListingError("declares entities, which is how XML is made to explode; it is not read")


def _empty(element: lxml.etree._Element) -> None:
    """Frees an element and those before it."""
    element.clear()
    above = element.getparent()
    while above is not None and element.getprevious() is not None:
        del above[0]

"""The licence that a paper in JATS states (https://jats.nlm.nih.gov/publishing/tag-library/1.3/element/license.html)."""

import re
from dataclasses import replace

from curation.sources.arxiv import spdx
from curation.sources.item import Item

FRONT = 400_000
"""Bytes at the beginning that are searched for what stands before the body."""

_LICENCE = re.compile(
    rb"<license\b[^<>]{0,500}?\bhref\s?=\s?[\"']\s?(https?://creativecommons\.org/[^\"'<>\s]{1,100})|"
    rb"<(?:ali:)?license_ref\b[^<>]{0,300}>\s?(https?://creativecommons\.org/[^\"'<>\s]{1,100})"
)


def with_own_licence(item: Item) -> Item:
    """An item under the Creative Commons licence that its permissions name; as it is where they name none, or it is no such paper."""
    front = (item.content or b"")[:FRONT].partition(b"<body")[0]
    permissions = front.partition(b"<permissions")[2].partition(b"</permissions>")[0] if b"<article" in front else b""
    found = _LICENCE.search(permissions)
    stated = spdx((found[1] or found[2]).decode("ascii", "replace")) if found else None
    return replace(item, licence=stated) if stated and item.licence is None else item

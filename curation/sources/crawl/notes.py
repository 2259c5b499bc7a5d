"""What a crawl leaves for the next one of the same source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Notes:
    """What a crawl leaves for the next one beside its items, by address: where redirects led, what page is the canonical one,
    whose header forbids to follow links, and the lastmod of sitemaps where they are trusted."""

    moved: dict[str, str] = field(default_factory=dict)
    canonical: dict[str, str] = field(default_factory=dict)
    not_followed: dict[str, str] = field(default_factory=dict)
    lastmod: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, memory: Mapping[str, Any]) -> "Notes":
        """The notes in what an earlier capture left."""
        return cls(**{name: dict(memory.get(name, {})) for name in cls.__dataclass_fields__})

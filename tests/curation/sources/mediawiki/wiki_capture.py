"""Captures of a small wiki, and what is asked of their items."""

from pathlib import Path
from typing import Any

from small_wiki import SmallWiki

from curation.domains import Domain
from curation.sources.context import Context
from curation.sources.item import Item
from curation.sources.mediawiki import MediaWikiSource

CONTACT = "https://berrypatch.example/contact"


def source(wiki: SmallWiki, /, **settings: Any) -> MediaWikiSource:
    common = {"delay_seconds": 0.0, "private_addresses": True, "wiki": wiki.address}
    return MediaWikiSource(kind="mediawiki", id="w", domain=Domain.WIKI, **{**common, **settings})


def captured(wiki: SmallWiki, tmp_path: Path, /, **settings: Any) -> dict[str, Item]:
    """Items by native id."""
    context = Context(tmp_path, tmp_path / "state", contact=CONTACT)
    context.state.mkdir(exist_ok=True)
    found = list(source(wiki, **settings).items(context))
    assert len({item.native_id for item in found}) == len(found)
    return {item.native_id: item for item in found}


def titles(found: dict[str, Item]) -> list[str | None]:
    return [item.title for item in found.values() if item.content is not None]


def errors(found: dict[str, Item]) -> dict[str, str | None]:
    return {name: item.error for name, item in found.items() if item.error is not None}

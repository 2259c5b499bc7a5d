"""What the tests of captions share: transcripts, feeds, sources."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from small_site import Answer

from curation.capture import capture_source
from curation.document import Captured
from curation.domains import Domain
from curation.extract import extract
from curation.sources.captions import CaptionsSource
from curation.sources.context import Context
from curation.sources.earlier import Earlier
from curation.sources.item import Item

VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nWords of the talk.\n"

SRT = "1\n00:00:00,000 --> 00:00:02,000\nWords of the talk.\n"

JSON = '{"version": "1.0.0", "segments": [{"speaker": "A", "startTime": 0.5, "endTime": 2, "body": "Words of the talk."}]}'

HEAD = '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>The show</title><language>en</language>'

Capture = Callable[..., dict[str, Item]]


def source(**settings: Any) -> CaptionsSource:
    facts = {"kind": "captions", "id": "talks", "domain": "transcript", "delay_seconds": 0, "private_addresses": True, **settings}
    return CaptionsSource.model_validate(facts)


def earlier_of(tmp_path: Path, **settings: Any) -> Earlier:
    out = tmp_path / "earlier"
    out.mkdir()
    capture_source(source(**settings), Context(tmp_path, tmp_path / "first"), out)
    return Earlier(sorted(out.glob("*.parquet")))


def text(item: Item) -> str:
    assert item.content is not None, item.error
    return extract(Captured(item.content, item.media_type, item.charset, item.native_id, item.uri, item.title, Domain.TRANSCRIPT)).text


def episode(guid: str, *tags: str, title: str = "An episode") -> str:
    return f"<item><title>{title}</title><guid>{guid}</guid>{''.join(tags)}</item>"


def tag(url: str, kind: str = "text/vtt", language: str = "") -> str:
    return f'<podcast:transcript url="{url}" type="{kind}"' + (f' language="{language}"' if language else "") + "/>"


def feed(*episodes: str, head: str = HEAD) -> Answer:
    return Answer(f"{head}{''.join(episodes)}</channel></rss>", headers={"Content-Type": "application/rss+xml"})

"""Captions: of videos on YouTube, of podcasts whose feeds name transcripts, and files of captions on this machine."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from curation.sources import files, podcasts, youtube
from curation.sources.context import Context
from curation.sources.files import FilesSource
from curation.sources.item import Item
from curation.sources.places import located
from curation.sources.request import Request
from curation.sources.source import NetworkSource, kind

READ = (".vtt", ".srt", ".json", ".txt", ".md", ".markdown")
"""Endings of the files that are read; others beside them are recordings, pictures and the like."""

TRANSCRIPT_JSON = "application/x-transcript+json"

Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
"""A language tag (RFC 5646)."""


class CaptionsSource(NetworkSource):
    """Captions of videos, playlists and channels of YouTube and of podcasts, or of files on this machine."""

    kind: Literal["captions"] = kind("Captions of videos, podcasts and local files.")
    videos: list[Annotated[str, BeforeValidator(youtube.video_id)]] = Field([], title="Videos", description="Ids or addresses of videos.")
    playlists: list[Annotated[str, BeforeValidator(youtube.playlist_url)]] = Field(
        [], title="Playlists", description="Ids or addresses of playlists."
    )
    channels: list[Annotated[str, BeforeValidator(youtube.channel_url)]] = Field(
        [], title="Channels", description="Handles (@name), ids or addresses of channels."
    )
    podcasts: list[Annotated[str, Field(pattern="^https?://[^/@ ]+(/[^ ]*)?$")]] = Field(
        [], title="Podcasts", description="Addresses of feeds whose episodes have transcripts."
    )
    path: str = Field(
        "", title="Path", description="File, folder, archive or pattern of .vtt, .srt, .json, .txt and .md; in place of all others."
    )
    languages: list[Language] = Field(["en"], min_length=1, title="Languages", description="Languages of captions, the best first.")
    max_entries: int = Field(
        500, ge=1, title="Most entries", description="Of one playlist, channel or podcast; those beyond are recorded as not asked for."
    )

    recheck_days: int = Field(
        30,
        ge=0,
        le=3650,
        title="Recheck days",
        description="Days after which a video of YouTube that was answered for is asked for again; its captions do not say whether they "
        "changed. 0: in every pass. Lists and podcasts are asked for in every pass.",
    )

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        remote = bool(self.videos or self.playlists or self.channels or self.podcasts)
        if remote == bool(self.path):
            raise ValueError("give `videos`, `playlists`, `channels` or `podcasts`, or else `path`, for files on this machine")
        return self

    @property
    def is_remote(self) -> bool:
        """Unless it is of files on this machine."""
        return not self.path

    def fingerprint(self, folder: Path) -> str:
        """Digest of the local files; of a network, nothing."""
        return files.fingerprint(self._files(), folder) if self.path else ""

    def items(self, context: Context) -> Iterator[Item]:
        """One item per video, episode or file; one without captions that can be had is a failed item with the reason."""
        if self.path:
            yield from self._local(context.folder)
        if self.videos or self.playlists or self.channels:
            yield from youtube.items(self, context)
        if self.podcasts:
            yield from podcasts.items(self, context)

    def first_requests(self) -> list[Request]:
        """What YouTube is asked for its first list and first video, and the host of the first podcast."""
        return [
            *youtube.first_requests(self.videos, [*self.playlists, *self.channels]),
            *podcasts.first_requests(self.podcasts),
        ]

    def capture_settings(self) -> dict[str, Any]:
        """All settings but how a failure is met, and those of when things are asked for."""
        return {name: value for name, value in super().capture_settings().items() if name != "recheck_days"}

    def _files(self) -> FilesSource:
        return FilesSource(kind="files", id=self.id, domain=self.domain, path=self.path)

    def _local(self, folder: Path) -> Iterator[Item]:
        source = self._files()
        for place in located(source, folder):
            if place.member.stream is None or PurePosixPath(place.member.name.lower()).suffix in READ:
                yield from map(_timed, files.items_of(source, place))
            else:
                yield Item.failed(place.native, place.uri, f"is none of the files that captions are read from: {', '.join(READ)}")


def _timed(item: Item) -> Item:
    return replace(item, media_type=TRANSCRIPT_JSON) if item.native_id.lower().endswith(".json") and item.content is not None else item

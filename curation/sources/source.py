"""A source: what every kind has in common, and what a kind must be able to do.

A kind is a subclass of `Source` in a module of its own: its fields are what a recipe may say, its methods are what capture
asks of it. `curation.sources.kinds` lists those of the product and finds those that other distributions add.
"""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from curation.domains import Domain
from curation.sources.context import Context
from curation.sources.item import Item
from curation.sources.request import Request


class OnFailure(StrEnum):
    """What becomes of a run when a source as a whole cannot be captured: the site is down, the file is gone."""

    FAIL = "fail"
    CONTINUE = "continue"


class Vanished(StrEnum):
    """What becomes of a document that was captured before and that its source no longer has."""

    DROP = "drop"
    KEEP = "keep"


def kind(description: str) -> Any:
    """The field that tells the kinds apart; its description is what a list of kinds says of this one."""
    return Field(title="Kind", description=description)


class Source(BaseModel):
    """What every source has."""

    model_config = ConfigDict(hide_input_in_errors=True)  # an input that is refused may be a secret

    kind: str
    id: str = Field(title="Name", pattern=r"^[a-z0-9][a-z0-9._-]*$", description="Short and unique; lower case, digits, dashes.")
    domain: Domain = Field(title="Domain", description="The kind of text it holds.")
    licence: str = Field("unknown", title="Licence", description="As the source states it.")
    on_failure: OnFailure = Field(
        OnFailure.FAIL,
        title="On failure",
        description="Where nothing of it can be captured: fail the run, or continue without it and record one failed item.",
    )

    @property
    def is_remote(self) -> bool:
        """Whether it is captured over a network: once, and again when a run is asked to."""
        return False

    @property
    def place(self) -> str:
        """Where its native ids are from: an earlier capture counts only where it is of the same place. Empty: they mean the
        same everywhere.
        """
        return ""

    def fingerprint(self, folder: Path) -> str:
        """Digest of the bytes that the source would give now: unchanged, and its capture is reused. Empty for a remote one.

        `folder` is the recipe's. Raises SourceError where the source as a whole is not there.
        """
        raise NotImplementedError

    def items(self, context: Context) -> Iterator[Item]:
        """Everything that the source has, an item each; what cannot be had is an item with the reason.

        Raises SourceError where nothing of it can be had.
        """
        raise NotImplementedError

    def first_requests(self) -> list[Request]:
        """What it would ask a network for up to its first document, as far as that is known before; for a dry run."""
        return []

    def secrets(self) -> list[str]:
        """References to the secrets that it needs, as `env:NAME` or `block:NAME`."""
        return []

    def capture_settings(self) -> dict[str, Any]:
        """Everything that decides what a capture of it holds: all settings but how a failure is met."""
        return self.model_dump(mode="json", exclude={"on_failure"})


class RemoteSource(Source):
    """What every source has that may ask a network, whoever sends the requests: we, or a library through a client of ours."""

    vanished: Vanished = Field(
        Vanished.DROP,
        title="Vanished",
        description="A document that the source no longer has: drop it, on record, or keep its last version, marked as gone.",
    )
    user_agent: str = Field(
        "",
        pattern="^([!-~][ -~]*)?$",
        title="User agent",
        description="What servers are told of who asks. Empty: berrypatch and the recipe's `contact`.",
    )
    private_addresses: bool = Field(
        False, title="Private addresses", description="Whether hosts may be on this machine or in a private network."
    )


class NetworkSource(RemoteSource):
    """What every source of a network has whose requests are ours: how its hosts are to be treated."""

    delay_seconds: float = Field(1.0, ge=0, le=3600, title="Delay", description="Least time between two requests to one host.")
    concurrency: int = Field(
        1, ge=1, le=16, title="Concurrency", description="Requests to one host at a time; more than one for your own sites alone."
    )
    max_page_megabytes: float = Field(8.0, gt=0, le=1024, title="Largest page", description="A larger one is recorded as failed.")

    @property
    def is_remote(self) -> bool:
        """It is."""
        return True

    def fingerprint(self, folder: Path) -> str:  # noqa: ARG002 (a network has no bytes to look at beforehand)
        """Nothing: it is captured once, and again when asked to."""
        return ""

    @property
    def together(self) -> str:
        """A word for hosts that are asked as if they were one, by one request at a time; empty where each is a host of its own."""
        return ""

    def capture_settings(self) -> dict[str, Any]:
        """All settings but how a failure is met, how long hosts are left in peace, and how many requests are in flight."""
        return self.model_dump(mode="json", exclude={"on_failure", "delay_seconds", "concurrency"})

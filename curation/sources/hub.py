"""Data sets of the Hugging Face hub, by the library `datasets`, as a stream: nothing is downloaded as a whole.

A branch or tag is resolved to its commit first, so that all of one capture is of one version. Scripts of a data set are
never run: the library has not known them since version 4.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2

from curation.secrets import SecretReference, masked, resolve, spellings
from curation.sources.fetch.page import FetchError
from curation.sources.request import Request
from curation.sources.tables import Row
from warehouse.errors import SourceError

if TYPE_CHECKING:
    from curation.sources.hub_client import Guard

_NETWORK = (OSError, httpx2.HTTPError, FetchError)


@dataclass(frozen=True)
class Wanted:
    """Which rows of which data set a source wants."""

    source: str
    name: str
    revision: str
    subset: str
    split: str
    token: SecretReference = ""


@dataclass(frozen=True)
class Position:
    """A place in a stream of rows: how many are before it, and what the library needs to go on there."""

    rows: int
    state: dict[str, Any]


def address() -> str:
    """Where the hub is: https://huggingface.co, or what HF_ENDPOINT says."""
    from huggingface_hub import constants  # it takes a second to load, and most recipes have no use for it

    return str(constants.ENDPOINT).rstrip("/")


def first_requests(name: str, revision: str) -> list[Request]:
    """What the hub is asked first: which commit the revision is, and which files that has."""
    found = f"{address()}/api/datasets/{name}"
    return [
        Request(f"{found}/revision/{revision}", "the commit of the revision"),
        Request(f"{found}/tree/COMMIT", "the files of the data set; then their rows, as a stream"),
    ]


def require_library(source: str) -> None:
    """Raises SourceError where the library is not installed."""
    if find_spec("datasets") is None:
        raise SourceError(f"source {source}: data sets of the hub need the library `datasets`: pip install 'berrypatch[datasets]'")


class DataSet:
    """A data set that is asked for in a block of `hub_client.guarded`. Raises SourceError where its token is not there."""

    def __init__(self, wanted: Wanted, guard: "Guard") -> None:
        if Path(wanted.name).exists():
            raise SourceError(
                f"source {wanted.source}: there is a folder {wanted.name!r} here, which the library would read in place of the hub. "
                "Start from another folder, or name local tables by `path`."
            )
        self.wanted, self._guard = wanted, guard
        secret = _secret(wanted)
        # without one the library would take that of whoever is logged in, of which the recipe knows nothing
        self._token: str | bool = secret or False
        self._secrets = spellings(f"Bearer {secret}") if secret else []

    def commit(self, revision: str) -> str:
        """The commit that a revision stands for. Raises SourceError where the data set or the revision is not there."""
        from huggingface_hub import HfApi

        try:
            return HfApi().dataset_info(self.wanted.name, revision=revision, token=self._token).sha or revision
        except Exception as error:
            raise self.failure("cannot be opened", error) from error

    def rows(self, commit: str, columns: list[str], start: Position | None) -> "Stream":
        """The rows of the split at a commit from a position on, with the columns asked for.

        Raises SourceError where the split or a column is not there, or files of it are not its own.
        """
        import datasets

        wanted = self.wanted
        try:
            stream = datasets.load_dataset(
                wanted.name, wanted.subset or None, split=wanted.split, revision=commit, streaming=True, token=self._token
            )
            present = stream.column_names
        except Exception as error:  # a library at somebody else's files may raise anything
            raise self.failure("cannot be opened", error) from error
        absent = [name for name in columns if present is not None and name not in present]
        if absent:
            raise SourceError(
                f"source {wanted.source}: the data set {wanted.name!r} has no column {' and no '.join(map(repr, absent))}; "
                f"its columns are: {', '.join(present)}. Check `columns` in the recipe."
            )
        # pictures and sounds in other columns would be decoded for nothing
        return Stream(self, stream.select_columns(columns) if present is not None else stream, start)

    def failure(self, what: str, error: Exception) -> SourceError:
        """The sentence about the data set as a whole."""
        refused = self._guard.refused
        told = str(refused) if refused else f"{type(error).__name__}: {self.words(error)}"
        return SourceError(f"source {self.wanted.source}: the data set {self.wanted.name!r} {what}: {told}")

    def words(self, error: Exception, most: int = 600) -> str:
        """What an error says, on one line and without the token."""
        return masked(" ".join(str(error).split()), self._secrets)[:most]

    @property
    def is_refused(self) -> bool:
        """Whether something was not asked that had to be."""
        return self._guard.refused is not None


class Stream:
    """Rows of a data set, once. `whole`: they were read to their end."""

    def __init__(self, data_set: DataSet, stream: Any, start: Position | None) -> None:
        self.whole = False
        self._data_set, self._stream = data_set, stream
        self._number = start.rows if start else 0
        if start:
            stream.load_state_dict(start.state)

    def __iter__(self) -> Iterator[Row]:
        """Raises SourceError where the network breaks off: a part must not pass for the whole."""
        data_set = self._data_set
        try:
            for values in self._stream:
                self._number += 1
                yield Row(self._number, values)
            self.whole = True
        except _NETWORK as error:
            raise data_set.failure(f"broke off after row {self._number}", error) from error
        except Exception as error:
            if data_set.is_refused:
                raise data_set.failure(f"broke off after row {self._number}", error) from error
            told = f"the rows from here on cannot be read: {type(error).__name__}: {data_set.words(error, 300)}"
            yield Row(self._number + 1, None, told)

    def position(self) -> Position:
        """After the row that was given last."""
        return Position(self._number, self._stream.state_dict())


def _secret(wanted: Wanted) -> str:
    try:
        return resolve(wanted.token) if wanted.token else ""
    except SourceError as error:
        raise SourceError(f"source {wanted.source}: {error}") from None

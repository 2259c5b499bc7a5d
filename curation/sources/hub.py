"""Data sets of the Hugging Face hub, by the library `datasets`, as a stream: nothing is downloaded as a whole.

A branch or tag is resolved to its commit first, so that all of one capture is of one version. Scripts of a data set are
never run: the library has not known them since version 4.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx2

from curation.secrets import SecretReference, resolve
from curation.sources.request import Request
from curation.sources.tables import Row
from warehouse.errors import SourceError


@dataclass(frozen=True)
class Wanted:
    """Which rows of which data set a source wants."""

    source: str
    name: str
    revision: str
    subset: str
    split: str
    token: SecretReference = ""

    def failure(self, what: str, error: Exception) -> SourceError:
        """The sentence about the data set as a whole."""
        words = " ".join(str(error).split())[:600]
        return SourceError(f"source {self.source}: the data set {self.name!r} {what}: {type(error).__name__}: {words}")


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


def commit_of(wanted: Wanted) -> str:
    """The commit that a revision stands for.

    Raises SourceError where the library is not installed, or the data set or the revision is not there.
    """
    _require_library(wanted)
    from huggingface_hub import HfApi

    try:
        return HfApi().dataset_info(wanted.name, revision=wanted.revision, token=_secret(wanted)).sha or wanted.revision
    except (OSError, ValueError, httpx2.HTTPError) as error:
        raise wanted.failure("cannot be opened", error) from error


def open_rows(wanted: Wanted, commit: str, columns: list[str]) -> Iterator[Row]:
    """The rows of a split at a commit, with the columns asked for. Raises SourceError where the split or a column is not there."""
    import datasets

    if Path(wanted.name).exists():
        raise SourceError(
            f"source {wanted.source}: there is a folder {wanted.name!r} here, which the library would read in place of the hub. "
            "Start from another folder, or name local tables by `path`."
        )
    token, fault = _secret(wanted), datasets.exceptions.DatasetsError
    try:
        stream = datasets.load_dataset(wanted.name, wanted.subset or None, split=wanted.split, revision=commit, streaming=True, token=token)
        present = stream.column_names
    except (OSError, ValueError, LookupError, RuntimeError, httpx2.HTTPError, fault) as error:
        raise wanted.failure("cannot be opened", error) from error
    absent = [name for name in columns if present is not None and name not in present]
    if absent:
        raise SourceError(
            f"source {wanted.source}: the data set {wanted.name!r} has no column {' and no '.join(map(repr, absent))}; "
            f"its columns are: {', '.join(present)}. Check `columns` in the recipe."
        )
    # pictures and sounds in other columns would be decoded for nothing
    return _rows(wanted, stream.select_columns(columns) if present is not None else stream, fault)


def _require_library(wanted: Wanted) -> None:
    if find_spec("datasets") is None:
        raise SourceError(f"source {wanted.source}: data sets of the hub need the library `datasets`: pip install 'berrypatch[datasets]'")


def _secret(wanted: Wanted) -> str | None:
    try:
        return resolve(wanted.token) if wanted.token else None
    except SourceError as error:
        raise SourceError(f"source {wanted.source}: {error}") from None


def _rows(wanted: Wanted, stream: Any, fault: type[Exception]) -> Iterator[Row]:
    number = 0
    try:
        for number, values in enumerate(stream, 1):
            yield Row(number, values)
    except (OSError, httpx2.HTTPError) as error:
        # a part of it must not pass for the whole: another time the network may hold
        raise wanted.failure(f"broke off after row {number}", error) from error
    except (ValueError, LookupError, RuntimeError, TypeError, fault) as error:
        yield Row(number + 1, None, f"the rows from here on cannot be read: {type(error).__name__}: {' '.join(str(error).split())[:300]}")

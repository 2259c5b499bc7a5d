"""The running Python's own standard library: code and reference text that are on every machine."""

import importlib
import os
import platform
import sysconfig
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from pydantic import Field

from curation.sources.context import Context
from curation.sources.item import Item
from curation.sources.source import Source, kind
from warehouse.digests import digest, sha256_bytes
from warehouse.errors import SourceError

_NO_LIBRARY = frozenset({"site-packages", "dist-packages", "test", "tests", "idle_test", "pydoc_data", "__pycache__"})
_OF_THIS_MACHINE = ("_sysconfigdata*", "config-*/*", "sitecustomize.py", "usercustomize.py")


class PythonSource(Source):
    """What the running Python carries: its standard library's code, or its reference text."""

    kind: Literal["python"] = kind("What the running Python carries.")
    content: Literal["code", "reference"] = Field("code", title="Content", description="The library's code, or the text of help().")
    include: list[str] = Field([], title="Include", description="Only modules whose path matches one of these patterns.")
    exclude: list[str] = Field([], title="Exclude", description="No module whose path matches one of these patterns.")

    def fingerprint(self, folder: Path) -> str:  # noqa: ARG002 (the library is where this Python is)
        """Digest of what the library holds."""
        return fingerprint(self)

    def items(self, context: Context) -> Iterator[Item]:  # noqa: ARG002
        """One item per module, or per topic of the reference."""
        return items(self)


def fingerprint(source: PythonSource) -> str:
    """Digest of what the library holds: distributions of one version differ in it."""
    return digest([[item.uri, sha256_bytes(item.content) if item.content is not None else item.error] for item in items(source)])


def items(source: PythonSource) -> Iterator[Item]:
    """One item per module (code), or per topic of the language reference that `help()` shows (reference)."""
    return _modules(source) if source.content == "code" else _topics(source)


def _modules(source: PythonSource) -> Iterator[Item]:
    library = Path(sysconfig.get_paths()["stdlib"])
    for name in sorted(_module_names(library)):
        if not _wanted(source, name):
            continue
        uri = f"python:{platform.python_version()}/{name}"
        try:
            yield Item(name, uri, (library / name).read_bytes(), "text/x-code")
        except OSError as error:
            yield Item.failed(name, uri, f"cannot be read: {error.strerror}")


def _module_names(library: Path) -> Iterator[str]:
    for place, folders, files in os.walk(library):
        folders[:] = set(folders) - _NO_LIBRARY
        names = [(Path(place) / file).relative_to(library).as_posix() for file in files if file.endswith(".py")]
        yield from (name for name in names if not any(fnmatch(name, pattern) for pattern in _OF_THIS_MACHINE))


def _topics(source: PythonSource) -> Iterator[Item]:
    try:
        topics: dict[str, str] = importlib.import_module("pydoc_data.topics").topics
    except ImportError as error:
        raise SourceError(
            f"source {source.id}: this Python carries no reference text ({error}). "
            "Install all of its standard library, or take the source out."
        ) from error
    for topic in sorted(topics):
        name = f"reference/{topic}"
        if _wanted(source, name):
            uri = f"python:{platform.python_version()}/{name}"
            yield Item(name, uri, topics[topic].encode(), "text/plain", title=topic, charset="utf-8")


def _wanted(source: PythonSource, name: str) -> bool:
    included = not source.include or any(fnmatch(name, pattern) for pattern in source.include)
    return included and not any(fnmatch(name, pattern) for pattern in source.exclude)

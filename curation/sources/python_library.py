"""The running Python's own standard library: code and reference text that are on every machine."""

import importlib
import platform
import sysconfig
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from curation.sources.item import Item
from curation.sources.kinds import PythonSource
from warehouse.digests import digest, sha256_bytes
from warehouse.errors import SourceError

_NEVER = (
    *("site-packages/*", "dist-packages/*", "*.egg-info/*", "*__pycache__*"),
    *("test/*", "*/test/*", "*/tests/*", "*/idle_test/*"),
    "pydoc_data/*",
    "_sysconfigdata*",  # how this machine built it
)


def fingerprint(source: PythonSource) -> str:
    """Digest of what the library holds: distributions of one version differ in it."""
    return digest([[item.uri, sha256_bytes(item.content) if item.content is not None else item.error] for item in items(source)])


def items(source: PythonSource) -> Iterator[Item]:
    """One item per module (code), or per topic of the language reference that `help()` shows (reference)."""
    found = _modules() if source.content == "code" else _topics(source.id)
    for item in found:
        included = not source.include or any(fnmatch(item.native_id, pattern) for pattern in source.include)
        if included and not any(fnmatch(item.native_id, pattern) for pattern in source.exclude):
            yield item


def _modules() -> Iterator[Item]:
    library = Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(library.rglob("*.py")):
        name = path.relative_to(library).as_posix()
        if any(fnmatch(name, pattern) for pattern in _NEVER):
            continue
        uri = f"python:{platform.python_version()}/{name}"
        try:
            yield Item(name, uri, path.read_bytes(), "text/x-code")
        except OSError as error:
            yield Item.failed(name, uri, f"cannot be read: {error.strerror}")


def _topics(source_id: str) -> Iterator[Item]:
    try:
        topics: dict[str, str] = importlib.import_module("pydoc_data.topics").topics
    except ImportError as error:
        raise SourceError(
            f"source {source_id}: this Python carries no reference text ({error}). "
            "Install all of its standard library, or take the source out."
        ) from error
    for name in sorted(topics):
        uri = f"python:{platform.python_version()}/reference/{name}"
        yield Item(f"reference/{name}", uri, topics[name].encode(), "text/plain", title=name, charset="utf-8")

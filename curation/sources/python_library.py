"""The running Python's own standard library: code and reference text that are on every machine."""

import importlib
import platform
import sysconfig
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from curation.sources.item import Item
from curation.sources.kinds import PythonSource
from warehouse.errors import SourceError

_NEVER = ("site-packages/*", "dist-packages/*", "test/*", "*/test/*", "*/tests/*", "*/idle_test/*", "*__pycache__*", "pydoc_data/*", "*.egg-info/*")


def fingerprint(source: PythonSource) -> str:
    """The interpreter's version and build decide what its library holds."""
    return f"{platform.python_implementation()} {platform.python_version()} {' '.join(platform.python_build())}"


def items(source: PythonSource) -> Iterator[Item]:
    """One item per module (code), or per topic of the language reference that `help()` shows (reference)."""
    found = _modules() if source.content == "code" else _topics()
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


def _topics() -> Iterator[Item]:
    try:
        topics: dict[str, str] = importlib.import_module("pydoc_data.topics").topics
    except ImportError as error:
        raise SourceError(f"this Python carries no reference text ({error}); install the full standard library, or drop the source") from error
    for name in sorted(topics):
        uri = f"python:{platform.python_version()}/reference/{name}"
        yield Item(f"reference/{name}", uri, topics[name].encode(), "text/plain", title=name, charset="utf-8")

"""What a repository's `.gitattributes` say of its files, for the attributes that linguist reads.

Git itself reads the patterns: they are laid out as they lie in the tree, in a folder that holds nothing else. See
gitattributes(5) and github-linguist's docs/overrides.md.
"""

import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from curation.sources.git.command import Git, new_repository

FILE = ".gitattributes"
LARGEST = 1_000_000  # bytes of one file; a larger one is not read

_PREFIX = "linguist-"
_NAMES = ("generated", "vendored", "documentation", "language", "detectable")
_YES_NO = {"set": True, "true": True, "unset": False, "false": False}


@dataclass(frozen=True)
class Attributes:
    """What is said of one file; None where nothing is."""

    generated: bool | None = None
    vendored: bool | None = None
    documentation: bool | None = None
    detectable: bool | None = None
    language: str | None = None  # in lower case

    @property
    def counts_as_code(self) -> bool:
        """Whether linguist would count the file's language: what is documentation does not, unless it is said to."""
        return self.detectable if self.detectable is not None else not self.documentation


NONE = Attributes()


def attributes_of(paths: Iterable[str], files: Mapping[str, bytes]) -> dict[str, Attributes]:
    """What is said of each path; paths of which nothing is said are left out. `files` are all `.gitattributes` by path.

    Raises GitError where there is no git.
    """
    if not files:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        tree, repository = Path(folder) / "tree", Path(folder) / "repository"
        new_repository(repository, {})
        for path, content in files.items():
            if is_safe(path) and len(content) <= LARGEST:
                with suppress(OSError):  # a name that no folder can hold is one that git could not have checked out
                    (tree / path).parent.mkdir(parents=True, exist_ok=True)
                    (tree / path).write_bytes(content)
        tree.mkdir(exist_ok=True)
        git = Git(repository, settings={"core.bare": "false", "core.worktree": str(tree)})
        given = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths if is_safe(path))
        told = git.run("-C", str(tree), "check-attr", "-z", "--stdin", *(f"{_PREFIX}{name}" for name in _NAMES), given=given)
    return _read(told)


def is_attributes(path: str) -> bool:
    """Whether a file is a `.gitattributes`."""
    return path.rpartition("/")[2] == FILE


def is_safe(path: str) -> bool:
    """Whether a path of a tree stays within it, and names nothing of git's own."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and not any(part in ("..", ".") or part.lower() == ".git" for part in parts)


def _read(told: bytes) -> dict[str, Attributes]:
    fields = told.decode("utf-8", "surrogateescape").split("\0")
    found: dict[str, dict[str, bool | str]] = {}
    for path, name, value in zip(fields[0::3], fields[1::3], fields[2::3], strict=False):
        key = name.removeprefix(_PREFIX)
        if key == "language":
            if value not in ("set", "unset", "unspecified", ""):
                found.setdefault(path, {})[key] = value.lower()
        elif value in _YES_NO:
            found.setdefault(path, {})[key] = _YES_NO[value]
    return {path: Attributes(**facts) for path, facts in found.items()}  # type: ignore[arg-type]

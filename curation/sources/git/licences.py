"""Which licence the files of a repository say they are under.

A text is told by how near it is to one that is known (github.com/pre-commit/identify: at most 5 % edited). An edited or a
rare one is unknown, and never taken for a permissive one.
"""

import re
import tempfile
from collections.abc import Mapping

from identify.identify import license_id

UNKNOWN = "unknown"

LARGEST = 200_000  # bytes of a licence's text
SHORTEST = 350  # characters; the shortest of those that are known has 376, and to compare a text with all of them takes 10 ms

_NAMED = re.compile(r"(?:un)?licen[cs]e(?:[-_.].*)?|copying(?:[-_.].*)?|.*[-_.]licen[cs]e(?:\.(?:txt|md|rst))?", re.IGNORECASE)
_CODE = re.compile(
    r"\.(?!(?:txt|md|rst|markdown|text)$)(?=[a-z])(?:py|js|ts|c|h|cs|cpp|java|go|rs|rb|json|ya?ml|toml|xml|html?|png|svg)$", re.I
)


def is_licence(path: str) -> bool:
    """Whether a file is a licence by its name: LICENSE, LICENCE.md, COPYING, LICENSE-MIT, UNLICENSE."""
    name = path.rpartition("/")[2]
    return bool(_NAMED.fullmatch(name)) and not _CODE.search(name)


def identified(content: bytes) -> str:
    """The SPDX identifier of a licence's text, `unknown` where it is none that is known."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return UNKNOWN
    if len(text.strip()) < SHORTEST or len(content) > LARGEST:
        return UNKNOWN
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        return license_id(file.name) or UNKNOWN


def by_folder(files: Mapping[str, bytes]) -> dict[str, str]:
    """The licence of each folder that holds one, from the licence files by path.

    Of several in one folder all are named, joined by AND, the careful reading; one that is unknown makes all unknown.
    """
    found: dict[str, set[str]] = {}
    for path, content in files.items():
        found.setdefault(path.rpartition("/")[0], set()).add(identified(content))
    return {folder: UNKNOWN if UNKNOWN in names else " AND ".join(sorted(names)) for folder, names in found.items()}


def licence_of(path: str, folders: Mapping[str, str]) -> str | None:
    """The licence of the nearest folder above a file that holds one; None where none does.

    An unknown one at the top is None, too: there the recipe may know.
    """
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        if folder in folders:
            return folders[folder] if folder or folders[folder] != UNKNOWN else None
    return None

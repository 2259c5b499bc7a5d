"""Which files lie in a folder."""

import os
from pathlib import Path


def files_below(folder: Path) -> list[tuple[Path, str | None]]:
    """Every file below a folder, sorted, and beside it why it must not or cannot be opened; None for a regular file."""
    found: dict[Path, str | None] = {}

    def unlisted(error: OSError) -> None:
        found[Path(error.filename)] = f"cannot be listed: {error.strerror}"

    for place, folders, names in os.walk(folder, onerror=unlisted):
        here = Path(place)
        # a followed link to a folder may lead in a circle, or out of here
        links = [here / name for name in folders if (here / name).is_symlink()]
        found |= dict.fromkeys(links, "is a link to a folder; such links are not followed")
        found |= {here / name: None if (here / name).is_file() else "is no regular file" for name in names}
    return sorted(found.items())

"""Local files, folders and archives."""

import glob
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from curation.sources.containers import UNREADABLE, Member, is_archive, members
from curation.sources.dump import is_dump, pages
from curation.sources.item import Item
from curation.sources.kinds import FilesSource, Format
from curation.sources.media import WIKI_DUMP, media_type
from warehouse.digests import digest, sha256_file
from warehouse.errors import SourceError

_MAGIC = "*?["


def roots(source: FilesSource, folder: Path) -> list[Path]:
    """The files and folders that a source's path names, sorted.

    Raises SourceError where there is none.
    """
    path = Path(os.path.normpath(folder / os.path.expanduser(source.path)))
    if path.exists():
        return [path]
    found = [Path(name) for name in sorted(glob.glob(str(path)))] if any(c in source.path for c in _MAGIC) else []
    if not found:
        raise SourceError(
            f"source {source.id}: {path} does not exist. Check `path` in the recipe (it is relative to {folder}), or take the source out."
        )
    return found


def fingerprint(source: FilesSource, folder: Path) -> str:
    """Digest of every byte that the source could read: the input of its capture."""
    facts = {}
    for root in roots(source, folder):
        for file in sorted(p for p in root.rglob("*") if p.is_file()) if root.is_dir() else [root]:
            name = os.path.relpath(file, folder)
            facts[name] = sha256_file(file) if os.access(file, os.R_OK) else "unreadable"
    return digest(facts)


def items(source: FilesSource, folder: Path) -> Iterator[Item]:
    """One item per file or archive member, per page of a MediaWiki dump, or per document of a file of many."""
    several = roots(source, folder)
    for root in several:
        place = os.path.relpath(root, folder).replace(os.sep, "/")
        joint = "/" if root.is_dir() else "!/" if is_archive(root) else ""
        for member in members(root):
            if not _wanted(source, member.name):
                continue
            uri = f"{source.origin.rstrip('/')}/{member.name}" if source.origin else f"file:{place}{joint}{member.name if joint else ''}"
            native = f"{root.name}!/{member.name}" if len(several) > 1 else member.name
            yield from _member_items(source, member, native, uri)


def _wanted(source: FilesSource, name: str) -> bool:
    included = not source.include or any(fnmatch(name, pattern) for pattern in source.include)
    return included and not any(fnmatch(name, pattern) for pattern in source.exclude)


def _member_items(source: FilesSource, member: Member, native: str, uri: str) -> Iterator[Item]:
    largest = int(source.max_item_megabytes * 1e6)
    if member.stream is None:
        yield Item.failed(native, uri, member.error or "cannot be read")
        return
    kind = media_type(member.name, source.format)
    try:
        head = member.stream.read(4096)
        member.stream.seek(0)
        if kind == WIKI_DUMP or (source.format is Format.AUTO and is_dump(head)):
            yield from pages(member.stream, native, largest)
            return
        content = member.stream.read(largest + 1)
    except UNREADABLE as error:
        yield Item.failed(native, uri, f"cannot be read: {type(error).__name__}: {error}")
        return
    if len(content) > largest:
        yield Item.failed(native, uri, f"larger than max_item_megabytes ({source.max_item_megabytes:g})")
        return
    item = Item(native, uri, content, kind, modified=member.modified)
    yield from _documents(item, source.document_start) if source.document_start else [item]


def _documents(item: Item, pattern: str) -> Iterator[Item]:
    content = item.content or b""
    starts = [match.start() for match in re.finditer(pattern.encode(), content, re.MULTILINE)]
    if not starts:
        yield item
        return
    if content[: starts[0]].strip():
        starts.insert(0, 0)
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(content)], strict=True), 1):
        title = content[start:end].strip().split(b"\n", 1)[0].decode("utf-8", "replace").strip()
        yield replace(
            item, native_id=f"{item.native_id}#{number:05}", uri=f"{item.uri}#{number}", content=content[start:end], title=title or None
        )

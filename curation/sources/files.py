"""Local files, folders and archives."""

import glob
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatch
from itertools import takewhile
from pathlib import Path

from curation.sources.containers import UNREADABLE, Member, content_digest, explain, files_below, members
from curation.sources.dump import is_dump, pages
from curation.sources.item import Item, printable
from curation.sources.kinds import FilesSource, Format
from curation.sources.media import WIKI_DUMP, media_type
from warehouse.digests import digest
from warehouse.errors import SourceError

HEAD = 4096
LONGEST_TITLE = 200


def roots(source: FilesSource, folder: Path) -> list[Path]:
    """The files and folders that a source's path names, sorted.

    Raises SourceError where there is none.
    """
    path = _absolute(source.path, folder)
    if path.exists():
        return [path]
    pattern = os.path.expanduser(source.path)  # noqa: PTH111  (Path drops the trailing slash of a pattern for folders)
    names = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207  (as a shell does: hidden files are not meant)
    found = sorted({_absolute(name, folder) for name in names})
    if not found:
        raise SourceError(
            f"source {source.id}: {_absolute(source.path, folder)} does not exist. "
            f"Check `path` in the recipe (it is relative to {folder}), or take the source out."
        )
    return [path for path in found if not any(other in path.parents for other in found)]


def fingerprint(source: FilesSource, folder: Path) -> str:
    """Digest of every byte that the source could read: the input of its capture."""
    facts = {}
    for root in roots(source, folder):
        alone = [(root, None if root.is_file() else "is no regular file")]
        for file, fault in files_below(root) if root.is_dir() else alone:
            facts[printable(os.path.relpath(file, folder))] = fault or content_digest(file)
    return digest(facts)


def items(source: FilesSource, folder: Path) -> Iterator[Item]:
    """One item per file or archive member, per page of a MediaWiki dump, or per document of a file of many."""
    base = _base(source, folder)
    for root in roots(source, folder):
        place = os.path.relpath(root, folder).replace(os.sep, "/")
        for member in members(root):
            if not _wanted(source, member):
                continue
            address = f"{place}{member.joint}{member.name if member.joint else ''}"
            uri = f"{source.origin.rstrip('/')}/{member.name}" if source.origin else f"file:{address}"
            native = member.name
            if base is not None and root != base:
                native = f"{os.path.relpath(root, base).replace(os.sep, '/')}{member.joint}{member.name if member.joint else ''}"
            yield from _member_items(source, member, native, uri)


def _base(source: FilesSource, folder: Path) -> Path | None:
    """The folder from which the matches of a pattern are named: the part before its first wildcard. None for a plain path.

    A pattern may match another file tomorrow, and a recipe may move: today's ids must change in neither case.
    """
    if _absolute(source.path, folder).exists():
        return None
    fixed = takewhile(lambda part: not glob.has_magic(part), Path(source.path).parts)
    return _absolute(str(Path(*fixed)), folder)


def _absolute(path: str, folder: Path) -> Path:
    return Path(os.path.normpath(folder / os.path.expanduser(path)))  # noqa: PTH111


def _wanted(source: FilesSource, member: Member) -> bool:
    included = not source.include or member.opaque or any(fnmatch(member.name, pattern) for pattern in source.include)
    return included and not any(fnmatch(member.name, pattern) for pattern in source.exclude)


def _member_items(source: FilesSource, member: Member, native: str, uri: str) -> Iterator[Item]:
    largest = int(source.max_item_megabytes * 1e6)
    if member.stream is None:
        yield Item.failed(native, uri, member.error or "cannot be read")
        return
    kind = media_type(member.name, source.format)
    try:
        head = member.stream.read(HEAD)
        if kind == WIKI_DUMP or (source.format is Format.AUTO and is_dump(head)):
            member.stream.seek(0)
            alone = member.joint == "" and native == member.name
            for page in pages(member.stream, native, largest):
                # numbers of pages are unique within one dump only
                yield page if alone or page.content is None else replace(page, native_id=f"{native}#{page.native_id}")
            return
        content = head + member.stream.read(max(0, largest + 1 - len(head)))
    except UNREADABLE as error:
        yield Item.failed(native, uri, explain(error))
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
        title = content[start:end].strip().split(b"\n", 1)[0].decode("utf-8", "replace").strip()[:LONGEST_TITLE]
        yield replace(
            item, native_id=f"{item.native_id}#{number:05}", uri=f"{item.uri}#{number}", content=content[start:end], title=title or None
        )

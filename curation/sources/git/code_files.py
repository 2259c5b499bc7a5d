"""Items of the files of a repository: which are wanted, what is known of each, and why some are not read."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from urllib.parse import quote

from identify.identify import tags_from_filename

from curation.extract.languages import programming_language
from curation.extract.marks import with_marks
from curation.sources.earlier import Earlier
from curation.sources.formats import Format
from curation.sources.git.attributes import LARGEST, NONE, Attributes, attributes_of, is_attributes
from curation.sources.git.licences import by_folder, is_licence, licence_of
from curation.sources.git.tree import Content, Entry, Tree
from curation.sources.item import Item, printable
from curation.sources.media import media_type

BINARY = "is binary"
POINTER = "is a Git LFS pointer"
"""How the two reasons begin that the bytes of a file decide: the same bytes have them for ever."""

BINARY_HEAD = 8_000
"""Bytes in which git itself looks for a NUL to tell a binary file."""

LONGEST_POINTER = 1_024  # bytes; the LFS specification has them shorter

_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v\d+\n(?:[a-z0-9.-]+ [^\n]*\n)*")
_POINTED = re.compile(rb"^oid ([^\n]+)\n(?:.*\n)*?size (\d+)$", re.MULTILINE)
_MARKED_TEXT = {"markdown": "text/markdown", "html": "text/html", "tex": "application/x-tex", "text": "text/plain"}


@dataclass(frozen=True)
class Choice:
    """What a recipe wants of a repository. Patterns are those of a shell, and `*` crosses slashes."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()  # lower case
    min_bytes: int = 0
    max_bytes: int = 0  # 0: any
    largest: int = 8_000_000  # bytes; a larger one is a failure
    attributes: bool = True  # whether `.gitattributes` have a say

    def wants_path(self, path: str) -> bool:
        """Whether a path is included and not excluded."""
        included = not self.include or any(fnmatchcase(path, pattern) for pattern in self.include)
        return included and not any(fnmatchcase(path, pattern) for pattern in self.exclude)

    def wants_size(self, size: int) -> bool:
        """Whether a file of so many bytes is within what the recipe asks for."""
        return size >= self.min_bytes and (not self.max_bytes or size <= self.max_bytes)

    def may_want_language(self, path: str, said: Attributes) -> bool:
        """Whether a file may be in a wanted language, as far as its name tells; C and C++ share one, and a script has none."""
        if not self.languages:
            return True
        if not said.counts_as_code:
            return False
        if said.language:
            return said.language in self.languages
        name = PurePosixPath(path.lower())
        if name.suffix == ".h":
            return bool(self.languages & {"c", "c++"})
        told = programming_language(path, "")
        return told in self.languages if told else not name.suffix

    def wants_language(self, path: str, said: Attributes, content: bytes) -> bool:
        """Whether a file is in a wanted language."""
        if not self.languages:
            return True
        return (said.language or programming_language(path, content[:20_000].decode("utf-8", "replace"))) in self.languages


@dataclass
class Place:
    """Where a tree stands: what its files are called, and what is known of them from before."""

    address: str  # before the path in a URI
    prefix: str = ""  # before the path in a native id: the path of a submodule
    earlier: Earlier = field(default_factory=Earlier)

    def native(self, entry: Entry) -> str:
        return self.prefix + entry.path

    def uri(self, entry: Entry) -> str:
        return self.address + quote(printable(entry.path), safe="/~@!$&'()*+,;=:")

    def failed(self, entry: Entry, why: str) -> Item:
        return replace(Item.failed(self.native(entry), self.uri(entry), why), revision=entry.blob or None)


@dataclass
class Survey:
    """What was found in a tree beside its items."""

    left_out: Counter[str] = field(default_factory=Counter)  # by what the recipe says: path, language, size
    licence: str | None = None  # of the top folder


def tree_items(tree: Tree, entries: list[Entry], choice: Choice, place: Place, survey: Survey) -> Iterator[Item]:
    """An item for every wanted file of a tree, in the tree's order; what is not read says why. Raises SourceError.

    A file whose blob is the one of the earlier capture is not read again, and keeps the URI under which it was first seen.
    """
    notes = _notes(tree, entries)
    said = {path: text for path, text in notes.items() if is_attributes(path) and choice.attributes}
    attributes = attributes_of((entry.path for entry in entries), said)
    licences = by_folder({path: text for path, text in notes.items() if not is_attributes(path)})
    if not place.prefix:
        survey.licence = licences.get("")
    reader = _Reader(choice, place, attributes, licences, survey)
    wanted = [entry for entry in entries if reader.wants(entry)]
    refused = {entry.path: item for entry in wanted if (item := reader.refused(entry)) is not None}
    unchanged = {entry.path for entry in wanted if entry.path not in refused and reader.is_unchanged(entry)}
    contents = tree.contents([entry for entry in wanted if entry.path not in refused and entry.path not in unchanged], choice.largest)
    for entry in wanted:
        item = refused.get(entry.path)
        if item is None and entry.path in unchanged:
            item = reader.again(entry)
        elif item is None:
            item = reader.read(next(contents, None) or Content(entry, None))
        if item is not None:
            yield item


@dataclass
class _Reader:
    """Decides over the files of one tree."""

    choice: Choice
    place: Place
    attributes: Mapping[str, Attributes]
    licences: Mapping[str, str]
    survey: Survey

    def wants(self, entry: Entry) -> bool:
        """Whether the recipe wants a file, as far as its name tells."""
        if not self.choice.wants_path(entry.path):
            return self._leave_out("path")
        if not entry.fault and not self.choice.may_want_language(entry.path, self._said(entry)):
            return self._leave_out("language")
        return True

    def refused(self, entry: Entry) -> Item | None:
        """The failure of a file that is not to be read at all; or of one that was read before, in vain."""
        if entry.fault:
            return self.place.failed(entry, entry.fault)
        tags = tags_from_filename(PurePosixPath(entry.path).name)
        if "binary" in tags:
            return self.place.failed(entry, f"{BINARY} by its name ({', '.join(sorted(tags - {'binary'}))}); it is not read")
        fact = self.place.earlier.fact(self.place.native(entry))
        if fact and entry.blob and fact.revision == entry.blob and fact.error and fact.error.startswith((BINARY, POINTER)):
            return replace(self.place.failed(entry, fact.error), uri=fact.uri)
        return None

    def is_unchanged(self, entry: Entry) -> bool:
        """Whether the earlier capture has the very bytes of a file."""
        fact = self.place.earlier.fact(self.place.native(entry))
        return bool(fact and entry.blob and fact.revision == entry.blob and fact.sha256)

    def again(self, entry: Entry) -> Item | None:
        """An unchanged file from the earlier capture, under the recipe and the attributes of today."""
        earlier = self.place.earlier.item(self.place.native(entry))
        if earlier is None or earlier.content is None:
            return self.place.failed(entry, "is lost from the earlier capture; build once without it")
        now = self.read(Content(entry, len(earlier.content), earlier.content))
        return now and replace(now, uri=earlier.uri)

    def read(self, found: Content) -> Item | None:
        """The item of a file; None where the recipe does not want it after all."""
        entry, content, said = found.entry, found.content, self._said(found.entry)
        if found.size is None:
            return self.place.failed(entry, found.error or "is listed, and its bytes are not there")
        if not self.choice.wants_size(found.size):
            self._leave_out("size")
            return None
        if content is None or found.size > self.choice.largest:
            return self.place.failed(entry, f"larger than max_page_megabytes ({self.choice.largest / 1e6:g}): {found.size:,} bytes")
        if why := _unreadable(content):
            return self.place.failed(entry, why)
        if not self.choice.wants_language(entry.path, said, content):
            self._leave_out("language")
            return None
        return Item(
            self.place.native(entry),
            self.place.uri(entry),
            content,
            _media_type(entry.path, said),
            revision=entry.blob or None,
            modified=entry.modified,
            licence=licence_of(entry.path, self.licences),
        )

    def _said(self, entry: Entry) -> Attributes:
        return self.attributes.get(entry.path, NONE)

    def _leave_out(self, why: str) -> bool:
        self.survey.left_out[why] += 1
        return False


def _notes(tree: Tree, entries: list[Entry]) -> dict[str, bytes]:
    """The files that say something of others, by path: all at once, so that a server is asked once."""
    own = [entry for entry in entries if not entry.fault and (is_attributes(entry.path) or is_licence(entry.path))]
    found = tree.contents(own, LARGEST) if own else iter(())
    return {each.entry.path: each.content for each in found if each.content is not None}


def _unreadable(content: bytes) -> str:
    """Why a file is not kept: nothing where it is text."""
    if len(content) <= LONGEST_POINTER and _POINTER.fullmatch(content):
        told = _POINTED.search(content)
        of = f" to {int(told.group(2)):,} bytes ({told.group(1).decode('ascii', 'replace')})" if told else ""
        return f"{POINTER}{of}; the file itself is not in the repository"
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return f"{BINARY}: there is a NUL among its first {BINARY_HEAD:,} bytes" if b"\0" in content[:BINARY_HEAD] and not wide else ""


def _media_type(path: str, said: Attributes) -> str:
    known = media_type(path, Format.AUTO)
    if said.language:
        known = _MARKED_TEXT.get(said.language, "text/x-code")
    return with_marks(known, generated=said.generated, vendored=said.vendored, documentation=said.documentation, language=said.language)

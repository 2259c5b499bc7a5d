"""Files of published packages: wheels, sdists and npm tarballs, verified and opened, never installed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from packaging.metadata import parse_email
from pydantic import Field, field_validator

from curation.sources.context import Context
from curation.sources.fetch.fetcher import Fetcher, FetchError, open_fetcher
from curation.sources.git.code_files import Choice, Place, Survey, tree_items
from curation.sources.git.licences import UNKNOWN
from curation.sources.git.tree import ArchiveTree
from curation.sources.item import Item
from curation.sources.releases import Release, Wanted, find_release, wanted
from curation.sources.request import Request
from curation.sources.source import NetworkSource, kind
from warehouse.digests import digest, sha256_bytes
from warehouse.errors import SourceError

LARGEST_METADATA = 2_000_000  # bytes
LONGEST_LICENCE = 100  # characters; some put the whole text where its name belongs

_CLASSIFIER = "License :: OSI Approved :: "


class PackageSource(NetworkSource):
    """Files of packages published for Python or npm, from their wheel, sdist or tarball. Nothing is installed or executed."""

    kind: Literal["package"] = kind("Files of published packages of Python and npm.")
    packages: list[str] = Field(
        title="Packages", min_length=1, description="As `pypi:NAME==VERSION` or `npm:NAME@VERSION`; without a version, the latest."
    )
    prefer: Literal["wheel", "sdist"] = Field(
        "wheel", title="Prefer", description="Of Python: what is installed, or what it is built from."
    )
    include: list[str] = Field([], title="Include", description="Only files whose path in the package matches one of these patterns.")
    exclude: list[str] = Field([], title="Exclude", description="No file whose path in the package matches one of these patterns.")
    languages: list[str] = Field([], title="Languages", description="Only files in one of these programming languages.")
    pypi: str = Field("https://pypi.org/simple", pattern="^https?://[^@]+$", title="Python index", description="Address of its Simple API.")
    npm: str = Field("https://registry.npmjs.org", pattern="^https?://[^@]+$", title="npm registry", description="Its address.")
    max_package_megabytes: float = Field(200.0, gt=0, le=4096, title="Largest package", description="A larger one is recorded as failed.")

    @field_validator("packages")
    @classmethod
    def _are_packages(cls, packages: list[str]) -> list[str]:
        known = [wanted(text).address for text in packages]
        if twice := sorted({name for name in known if known.count(name) > 1}):
            raise ValueError(f"{twice[0]} is named twice; a second version needs a source of its own")
        return packages

    def items(self, context: Context) -> Iterator[Item]:
        """One item per wanted file of each package, by package."""
        return items(self, context)

    def first_requests(self) -> list[Request]:
        """What is known of the first package."""
        first = min(map(wanted, self.packages))
        if first.ecosystem == "npm":
            return [
                Request(f"{self.npm.rstrip('/')}/{first.name.replace('/', '%2F')}/{first.version or 'latest'}", "the version's manifest")
            ]
        return [Request(f"{self.pypi.rstrip('/')}/{first.name}/", "the package's files")]


def items(source: PackageSource, context: Context) -> Iterator[Item]:
    """One item per wanted file of each package, by package; what cannot be had says why.

    A package that the registry has no more is gone; one that cannot be had now stands as it was captured before, beside a
    failed item. Raises SourceError where nothing at all could be had.
    """
    known = context.memory.get("packages", {})
    remembered: dict[str, Any] = {}
    faults: list[str] = []
    with open_fetcher(source, context, robots=False) as fetcher:
        for package in sorted(map(wanted, source.packages)):
            reader = _Package(source, context, fetcher, package, known.get(package.address, {}))
            try:
                yield from reader.items()
                remembered[package.address] = reader.facts
            except SourceError as error:
                faults.append(f"{package.address}: {error}")
                yield Item.failed(package.address, package.address, str(error))
                yield from reader.without_release(error)
                if package.address in known:
                    remembered[package.address] = known[package.address]
    if len(faults) == len(source.packages) and not any(fact.sha256 for fact in context.earlier.facts()):
        of = "" if len(faults) == 1 else f"{len(faults)} packages; the first, "
        raise SourceError(f"source {source.id}: nothing could be had of {of}{faults[0]}. Check the network and `packages`, and try again.")
    context.memory["packages"] = remembered


@dataclass
class _Package:
    """One package in one capture. `known` is what the capture before remembers of it."""

    source: PackageSource
    context: Context
    fetcher: Fetcher
    wanted: Wanted
    known: dict[str, Any]

    def __post_init__(self) -> None:
        self.prefix = f"{self.wanted.address}/"
        self.facts: dict[str, Any] = {}
        self.yielded = False

    def items(self) -> Iterator[Item]:
        registry = self.source.pypi if self.wanted.ecosystem == "pypi" else self.source.npm
        release = find_release(self.fetcher, self.wanted, registry, self.source.prefer)
        settings = digest(self.source.capture_settings())
        self.facts = {"version": release.version, "url": release.url, release.algorithm: release.digest, "settings": settings}
        if self.known.items() >= self.facts.items() and self._earlier():
            self.facts = self.known
            yield from self._standing()
            return
        yield from self._read(release)

    def without_release(self, error: SourceError) -> Iterator[Item]:
        """What becomes of the earlier files of a package that cannot be had."""
        if self.yielded:
            return
        if isinstance(error, FetchError) and error.status == 404:
            for native, uri in self._earlier():
                yield Item.vanished(native, uri, "the registry has no such package or version any more")
        else:
            yield from self._standing()

    def _read(self, release: Release) -> Iterator[Item]:
        tree = ArchiveTree(self._downloaded(release))
        entries, survey = tree.entries(), Survey()
        source = self.source
        choice = Choice(
            tuple(source.include),
            tuple(source.exclude),
            frozenset(name.lower() for name in source.languages),
            largest=int(source.max_page_megabytes * 1e6),
            attributes=False,
        )
        stated, author = self._metadata(tree)
        present = {self.prefix + entry.path for entry in entries}
        for item in tree_items(tree, entries, choice, Place(f"{release.purl}#", self.prefix), survey):
            self.yielded = True
            if item.content is None:
                yield item
                continue
            licence = release.licence or stated or (survey.licence if survey.licence != UNKNOWN else None)
            about = item.native_id.removeprefix(self.prefix).partition("/")[0].endswith(".dist-info")
            own = item.licence if item.licence != survey.licence and not about else None
            yield self._as_before(replace(item, licence=own or licence, attribution=release.attribution or author))
        for native, uri in self._earlier():
            if native not in present:
                yield Item.vanished(native, uri, self._how(native) or f"is not in version {release.version}")
        self.facts |= {"licence": release.licence or stated or survey.licence or UNKNOWN, "left_out": dict(sorted(survey.left_out.items()))}

    def _downloaded(self, release: Release) -> Path:
        page = self.fetcher.fetch(release.url, largest=int(self.source.max_package_megabytes * 1e6))
        if page.status != 200:
            raise FetchError(f"{release.url}: HTTP status {page.status}", page.status)
        if not release.is_whole(page.content):
            raise FetchError(f"{release.url}: the bytes are not those that the registry has the {release.algorithm} of; they are not used")
        path = self.context.state / "packages" / sha256_bytes(release.url.encode())[:24]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page.content)
        return path

    def _metadata(self, tree: ArchiveTree) -> tuple[str | None, str | None]:
        """The licence and the author that a Python package states (https://packaging.python.org/specifications/core-metadata/)."""
        if self.wanted.ecosystem != "pypi":
            return None, None
        own = [entry for entry in tree.entries() if _is_metadata(entry.path) and not entry.fault]
        found = next(tree.contents(own[:1], LARGEST_METADATA), None) if own else None
        if found is None or found.content is None:
            return None, None
        metadata, _ = parse_email(found.content)
        classified = [name.removeprefix(_CLASSIFIER) for name in metadata.get("classifiers", []) if name.startswith(_CLASSIFIER)]
        stated = metadata.get("license", "").strip()
        short = stated if len(stated) <= LONGEST_LICENCE and "\n" not in stated and stated.upper() != "UNKNOWN" else ""
        author = metadata.get("author") or metadata.get("author_email") or metadata.get("maintainer")
        return metadata.get("license_expression") or short or " AND ".join(sorted(classified)) or None, author

    def _as_before(self, item: Item) -> Item:
        """An item whose bytes did not change keeps the URI of the version in which they were first seen."""
        fact = self.context.earlier.fact(item.native_id)
        same = fact and item.content is not None and fact.sha256 == sha256_bytes(item.content)
        return replace(item, uri=fact.uri) if fact and same else item

    def _earlier(self) -> list[tuple[str, str]]:
        facts = sorted(self.context.earlier.facts(), key=lambda fact: fact.native_id)
        return [(fact.native_id, fact.uri) for fact in facts if fact.native_id.startswith(self.prefix) and (fact.sha256 or fact.gone)]

    def _how(self, native: str) -> str | None:
        fact = self.context.earlier.fact(native)
        return fact.gone if fact else None

    def _standing(self) -> Iterator[Item]:
        """The package as the earlier capture has it."""
        for fact in self.context.earlier.facts():
            if not fact.native_id.startswith(self.prefix):
                continue
            if fact.gone is not None:
                yield Item.vanished(fact.native_id, fact.uri, fact.gone)
            elif fact.error is not None:
                yield Item.failed(fact.native_id, fact.uri, fact.error)
            elif (item := self.context.earlier.item(fact.native_id)) is not None:
                yield item


def _is_metadata(path: str) -> bool:
    """Of a wheel, METADATA in its `.dist-info`; of an sdist, PKG-INFO at the top."""
    folder, _, name = path.rpartition("/")
    return (name == "METADATA" and folder.endswith(".dist-info") and "/" not in folder) or path == "PKG-INFO"

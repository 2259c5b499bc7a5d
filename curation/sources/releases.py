"""Releases of packages, as the registries of Python and npm list them.

Python: the Simple Repository API (https://packaging.python.org/specifications/simple-repository-api/), as JSON or HTML, which
every index has. npm: the manifest of one version (https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md).
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import quote, urldefrag, urljoin

import lxml.etree
import lxml.html
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from curation.sources.fetch.fetcher import Fetcher, FetchError, Page

LARGEST_LIST = 64_000_000  # bytes of a list of files; those of the oldest packages have a dozen megabytes

_SIMPLE = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_STRONG = ("sha512", "sha384", "sha256")
_NPM = re.compile(r"((?:@[\w~-][\w.~-]*/)?[\w~-][\w.~-]*)(?:@(\d+\.\d+\.\d+[\w.+-]*))?")
_PYPI = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:==([\w.!+-]+))?")


@dataclass(frozen=True, order=True)
class Wanted:
    """A package that a recipe asks for. An empty version is the latest one."""

    ecosystem: str  # pypi or npm
    name: str
    version: str = ""

    @property
    def address(self) -> str:
        """Its name with the registry, as every version has it."""
        return f"{self.ecosystem}:{self.name}"


@dataclass(frozen=True)
class Release:
    """One file of a version, and what the registry says of it."""

    wanted: Wanted
    version: str
    url: str
    algorithm: str
    digest: str  # hexadecimal
    licence: str | None = None  # as the registry states it
    attribution: str | None = None

    @property
    def purl(self) -> str:
        """The package URL of the version (https://github.com/package-url/purl-spec)."""
        return f"pkg:{self.wanted.ecosystem}/{quote(self.wanted.name, safe='/')}@{quote(self.version, safe='')}"

    def is_whole(self, content: bytes) -> bool:
        """Whether some bytes are those that the registry means."""
        return hashlib.new(self.algorithm, content).hexdigest() == self.digest


@dataclass(frozen=True)
class IndexFile:
    """One wheel or sdist of an index."""

    version: Version
    url: str
    sha256: str
    is_wheel: bool
    is_pure: bool  # a wheel for every machine
    yanked: bool
    name: str


def wanted(text: str) -> Wanted:
    """The package that `pypi:NAME`, `pypi:NAME==VERSION`, `npm:NAME` or `npm:NAME@VERSION` asks for. Raises ValueError."""
    ecosystem, _, rest = text.partition(":")
    found = {"pypi": _PYPI, "npm": _NPM}.get(ecosystem, re.compile("(?!)")).fullmatch(rest)
    if not found:
        raise ValueError(f"{text!r} is no package; write pypi:NAME, pypi:NAME==VERSION, npm:NAME or npm:NAME@VERSION")
    name, version = found.group(1), found.group(2) or ""
    if ecosystem == "npm":
        return Wanted("npm", name, version)
    try:
        return Wanted("pypi", canonicalize_name(name), version and str(Version(version)))
    except InvalidVersion:
        raise ValueError(f"{text!r}: {version!r} is no version of a Python package") from None


def find_release(fetcher: Fetcher, package: Wanted, registry: str, prefer: str) -> Release:
    """The release of a package. `prefer` is `wheel` or `sdist`. Raises FetchError, with status 404 where there is none."""
    if package.ecosystem == "npm":
        return _npm(fetcher, package, registry.rstrip("/"))
    return _pypi(fetcher, package, registry.rstrip("/"), prefer)


def _pypi(fetcher: Fetcher, package: Wanted, index: str, prefer: str) -> Release:
    page = _asked(fetcher, package, f"{index}/{package.name}/", _SIMPLE)
    files = listed_files(page)
    known = [file for file in files if _belongs(file, package)]
    if package.version:
        version = Version(package.version)
    else:
        usable = [file.version for file in known if not file.yanked] or [file.version for file in known]
        version = max([each for each in usable if not each.is_prerelease] or usable, default=Version("0"))
    of_version = [file for file in known if file.version == version]
    if not of_version:
        raise FetchError(f"{index} has no wheel and no sdist of {package.address} {package.version or 'at all'}", 404)
    best = min(of_version, key=lambda file: (_rank(file, prefer), file.name))
    if not best.sha256:
        raise FetchError(f"{index} gives no sha256 of {best.name}, so that it cannot be verified")
    return Release(package, str(version), best.url, "sha256", best.sha256)


def _rank(file: IndexFile, prefer: str) -> int:
    """What is written for every machine goes before what is built for one."""
    order = ["pure", "sdist", "built"] if prefer == "wheel" else ["sdist", "pure", "built"]
    return order.index(("pure" if file.is_pure else "built") if file.is_wheel else "sdist")


def _belongs(file: IndexFile, package: Wanted) -> bool:
    return canonicalize_name(file.name.split("-")[0] if file.is_wheel else file.name.rsplit("-", 1)[0]) == package.name


def listed_files(page: Page) -> list[IndexFile]:
    """The wheels and sdists that an index lists. Raises FetchError."""
    return [file for file in _listed(page) if file is not None]


def _listed(page: Page) -> Iterator[IndexFile | None]:
    declared = Message()
    declared["content-type"] = page.headers.get("content-type", "")
    try:
        if declared.get_content_type().endswith("json"):
            for entry in json.loads(page.content)["files"]:
                digest = entry.get("hashes", {}).get("sha256", "")
                yield _file(str(entry["filename"]), urljoin(page.final_url, entry["url"]), digest, bool(entry.get("yanked")))
            return
        for anchor in lxml.html.fromstring(page.content).iter("a"):
            url, fragment = urldefrag(urljoin(page.final_url, anchor.get("href", "")))
            digest = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else ""
            yield _file((anchor.text or "").strip(), url, digest, anchor.get("data-yanked") is not None)
    except (ValueError, KeyError, TypeError, AttributeError, lxml.etree.LxmlError) as error:
        raise FetchError(f"{page.url}: the answer is no list of a package's files ({type(error).__name__})") from error


def _file(name: str, url: str, sha256: str, yanked: bool) -> IndexFile | None:
    """A wheel or sdist; None for what is neither."""
    try:
        if name.endswith(".whl"):
            _, version, _, tags = parse_wheel_filename(name)
            return IndexFile(version, url, sha256, True, any(tag.platform == "any" for tag in tags), yanked, name)
        _, version = parse_sdist_filename(name)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None
    return IndexFile(version, url, sha256, False, False, yanked, name)


def _npm(fetcher: Fetcher, package: Wanted, registry: str) -> Release:
    page = _asked(fetcher, package, f"{registry}/{quote(package.name, safe='@')}/{package.version or 'latest'}", "application/json")
    return manifest_release(page, package)


def manifest_release(page: Page, package: Wanted) -> Release:
    """The release that a manifest of npm describes. Raises FetchError."""
    try:
        manifest = json.loads(page.content)
        version, place = str(manifest["version"]), manifest["dist"]
        url = urljoin(page.final_url, str(place["tarball"]))
        algorithm, digest = _integrity(place)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FetchError(f"{page.url}: the answer is no manifest of a package ({type(error).__name__})") from error
    if package.version and version != package.version:
        raise FetchError(f"{page.url}: the answer is of version {version}")
    return Release(package, version, url, algorithm, digest, _npm_licence(manifest), _person(manifest.get("author")))


def _integrity(place: dict[str, Any]) -> tuple[str, str]:
    """The strongest digest that is given (Subresource Integrity, 3.5); SHA-1 where an old package has nothing else."""
    given = dict(part.partition("-")[::2] for part in str(place.get("integrity") or "").split())
    for algorithm in _STRONG:
        if algorithm in given:
            try:
                return algorithm, base64.b64decode(given[algorithm].partition("?")[0], validate=True).hex()
            except binascii.Error as error:
                raise ValueError("integrity") from error
    return "sha1", str(place["shasum"]).lower()


def _npm_licence(manifest: dict[str, Any]) -> str | None:
    """An SPDX expression, or what old packages have in its place: an object, or a list of them."""
    stated = manifest.get("license") or manifest.get("licenses")
    several = stated if isinstance(stated, list) else [stated]
    names = [each.get("type") if isinstance(each, dict) else each for each in several]
    known = [str(name) for name in names if name and not str(name).upper().startswith("SEE LICEN")]
    return " OR ".join(known) or None


def _person(stated: Any) -> str | None:
    name = stated.get("name") if isinstance(stated, dict) else stated
    return str(name) if name else None


def _asked(fetcher: Fetcher, package: Wanted, url: str, accept: str) -> Page:
    page = fetcher.fetch(url, accept=accept, largest=LARGEST_LIST)
    if page.status in (404, 410):
        raise FetchError(f"the registry has no {package.address} {package.version}".strip(), 404)
    if page.status != 200:
        raise FetchError(f"{url}: HTTP status {page.status}", page.status)
    return page

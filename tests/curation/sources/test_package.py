"""Packages of small registries on the loopback interface, and of the real ones where they can be reached."""

import base64
import gzip
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest
from archives import tarred, zipped
from captured_source import Captures
from pydantic import ValidationError
from small_site import Answer, Site

from curation.sources.git import tree
from curation.sources.package import PackageSource
from warehouse.errors import SourceError

METADATA = "Metadata-Version: 2.4\nName: Tide.Tools\nVersion: {0}\nAuthor: A. Author\n{1}\n\nLong words."


class Registry:
    """Both registries on one small site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.files: dict[str, dict[str, Any]] = {}

    def publish(self, name: str, content: bytes, *, yanked: bool = False, digest: str | None = None, as_json: bool = True) -> None:
        """Puts a wheel or an sdist of tide-tools on the index."""
        self.site.pages[f"/files/{name}"] = Answer(content, headers={"Content-Type": "application/octet-stream"})
        sha256 = hashlib.sha256(content).hexdigest() if digest is None else digest
        self.files[name] = {"filename": name, "url": f"/files/{name}", "hashes": {"sha256": sha256} if sha256 else {}, "yanked": yanked}
        listed = [self.files[name] for name in sorted(self.files)]
        if as_json:
            answer = Answer(json.dumps({"files": listed}), headers={"Content-Type": "application/vnd.pypi.simple.v1+json"})
        else:
            anchors = (
                f'<a href="..{file["url"]}#sha256={file["hashes"]["sha256"]}" {"data-yanked" * file["yanked"]}>{file["filename"]}</a>'
                for file in listed
            )
            answer = Answer(f"<!DOCTYPE html><html><body>{'<br/>'.join(anchors)}</body></html>")
            self.site.pages |= {f"/simple{path}": page for path, page in self.site.pages.items() if path.startswith("/files/")}
        self.site.pages["/simple/tide-tools/"] = answer

    def manifest(self, name: str, version: str, content: bytes, asked: str = "", **more: Any) -> None:
        """Puts a version of an npm package on the registry."""
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
        tarball = f"/{name}/-/x-{version}.tgz"
        self.site.pages[tarball] = Answer(content)
        whole = {
            "name": name,
            "version": version,
            "dist": {"tarball": self.site.address + tarball, "integrity": integrity},
            "license": "MIT",
        } | more
        for path in (asked or version, version):
            self.site.pages[f"/{name.replace('/', '%2F')}/{path}"] = Answer(json.dumps(whole), headers={"Content-Type": "application/json"})


@pytest.fixture
def registry(site: Site) -> Registry:
    return Registry(site)


@pytest.fixture
def source(site: Site) -> Callable[..., PackageSource]:
    def made(*packages: str, **settings: Any) -> PackageSource:
        base = {"kind": "package", "id": "p", "domain": "code", "private_addresses": True, "delay_seconds": 0}
        return PackageSource.model_validate(
            base | {"packages": list(packages), "pypi": f"{site.address}/simple", "npm": site.address} | settings
        )

    return made


@pytest.fixture
def captures(tmp_path: Path) -> Captures:
    return Captures(tmp_path)


def wheel(version: str, files: Mapping[str, str], stated: str = "License-Expression: BSD-3-Clause") -> bytes:
    """A wheel of tide-tools."""
    whole = dict(files) | {f"tide_tools-{version}.dist-info/METADATA": METADATA.format(version, stated)}
    return zipped({name: text.encode() for name, text in whole.items()})


def sdist(version: str, files: Mapping[str, str], stated: str = "License: MIT") -> bytes:
    whole = dict(files) | {"PKG-INFO": METADATA.format(version, stated)}
    return gzip.compress(tarred({f"tide_tools-{version}/{name}": text.encode() for name, text in whole.items()}), mtime=0)


def npm(files: Mapping[str, str]) -> bytes:
    return gzip.compress(tarred({f"package/{name}": text.encode() for name, text in files.items()}), mtime=0)


WHEEL = "tide_tools-{0}-py3-none-any.whl"


# Python ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_json", [True, False])
def test_a_pinned_wheel_gives_its_files_with_version_licence_and_author(
    registry: Registry, source: Any, captures: Captures, as_json: bool
) -> None:
    for version in ("1.0", "1.2"):
        registry.publish(WHEEL.format(version), wheel(version, {"tide_tools/a.py": f"version = {version}\n"}), as_json=as_json)
    rows = captures.again(source("pypi:Tide_Tools==1.0"))
    row = rows["pypi:tide-tools/tide_tools/a.py"]
    assert (row["content"], row["uri"]) == (b"version = 1.0\n", "pkg:pypi/tide-tools@1.0#tide_tools/a.py")
    assert (row["licence"], row["attribution"], row["media_type"]) == ("BSD-3-Clause", "A. Author", "text/x-code")
    assert captures.memory["packages"]["pypi:tide-tools"]["version"] == "1.0"


def test_without_a_version_the_latest_that_is_no_preview_and_not_withdrawn_is_recorded(
    registry: Registry, source: Any, captures: Captures
) -> None:
    for version, yanked in (("1.9", False), ("1.10", False), ("2.0rc1", False), ("1.11", True)):
        registry.publish(WHEEL.format(version), wheel(version, {"a.py": f"{version}\n"}), yanked=yanked)
    captures.again(source("pypi:tide-tools"))
    assert captures.memory["packages"]["pypi:tide-tools"]["version"] == "1.10"


def test_of_one_version_what_is_preferred_and_what_is_not_built_goes_first(registry: Registry, source: Any, captures: Captures) -> None:
    registry.publish("tide_tools-1.0-cp311-cp311-manylinux_2_17_x86_64.whl", wheel("1.0", {"a.py": "built\n"}))
    registry.publish("tide_tools-1.0.tar.gz", sdist("1.0", {"a.py": "sdist\n"}))
    native = "pypi:tide-tools/a.py"
    assert captures.again(source("pypi:tide-tools"))[native]["content"] == b"sdist\n"
    registry.publish(WHEEL.format("1.0"), wheel("1.0", {"a.py": "pure\n"}))
    assert captures.again(source("pypi:tide-tools"))[native]["content"] == b"pure\n"
    assert captures.again(source("pypi:tide-tools", prefer="sdist"))[native]["content"] == b"sdist\n"
    assert captures.rows[0]["licence"] == "MIT"


def test_eggs_and_installers_are_no_releases(registry: Registry, source: Any, captures: Captures) -> None:
    for name in ("tide_tools-3.0-py3.11.egg", "tide_tools-3.0.exe", "tide_tools-3.0.tar.bz2", "nonsense"):
        registry.publish(name, b"x")
    registry.publish(WHEEL.format("1.0"), wheel("1.0", {"a.py": "a\n"}))
    captures.again(source("pypi:tide-tools"))
    assert captures.memory["packages"]["pypi:tide-tools"]["version"] == "1.0"


def test_files_are_left_out_by_path_and_language_and_binary_ones_are_recorded(registry: Registry, source: Any, captures: Captures) -> None:
    registry.publish(WHEEL.format("1.0"), wheel("1.0", {"t/a.py": "a\n", "t/b.js": "b\n", "t/test/c.py": "c\n", "t/d.so": "\x7fELF"}))
    rows = captures.again(source("pypi:tide-tools", include=["t/*"], exclude=["*/test/*"]))
    assert list(rows) == [f"pypi:tide-tools/t/{name}" for name in ("a.py", "b.js", "d.so")]
    assert rows["pypi:tide-tools/t/d.so"]["error"].startswith("is binary by its name")
    assert list(captures.again(source("pypi:tide-tools", languages=["JavaScript"]))) == ["pypi:tide-tools/t/b.js"]


# npm -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tides", "@coast/tides"])
def test_a_tarball_of_npm_gives_its_files_below_the_folder_that_holds_them(
    registry: Registry, source: Any, captures: Captures, name: str
) -> None:
    registry.manifest(name, "1.2.3", npm({"index.js": "js\n", "lib/a.d.ts": "ts\n"}), author={"name": "B. Writer"})
    rows = captures.again(source(f"npm:{name}@1.2.3"))
    assert list(rows) == [f"npm:{name}/index.js", f"npm:{name}/lib/a.d.ts"]
    row = rows[f"npm:{name}/index.js"]
    assert row["uri"] == f"pkg:npm/{name.replace('@', '%40')}@1.2.3#index.js"
    assert (row["licence"], row["attribution"]) == ("MIT", "B. Writer")


@pytest.mark.parametrize(
    ("stated", "licence"),
    [
        ({"license": {"type": "ISC", "url": "x"}}, "ISC"),
        ({"license": None, "licenses": [{"type": "MIT"}, {"type": "GPL-2.0"}]}, "MIT OR GPL-2.0"),
        ({"license": "SEE LICENSE IN x"}, "unknown"),
        ({"license": None}, "unknown"),
    ],
)
def test_the_licence_of_npm_is_read_in_all_its_forms(
    registry: Registry, source: Any, captures: Captures, stated: dict[str, Any], licence: str
) -> None:
    registry.manifest("tides", "1.0.0", npm({"index.js": "js\n"}), **stated)
    assert captures.again(source("npm:tides@1.0.0"))["npm:tides/index.js"]["licence"] == licence


def test_the_latest_of_npm_is_asked_for_by_that_name(registry: Registry, source: Any, captures: Captures, site: Site) -> None:
    registry.manifest("tides", "4.5.6", npm({"index.js": "js\n"}), asked="latest")
    captures.again(source("npm:tides"))
    assert captures.memory["packages"]["npm:tides"]["version"] == "4.5.6"
    assert site.asked == ["/tides/latest", "/tides/-/x-4.5.6.tgz"]


# Trust -----------------------------------------------------------------------------------------------------------------


def test_bytes_that_are_not_those_of_the_registry_are_not_used(registry: Registry, source: Any, captures: Captures) -> None:
    registry.publish(WHEEL.format("1.0"), wheel("1.0", {"a.py": "a\n"}), digest="0" * 64)
    registry.manifest("tides", "1.0.0", npm({"index.js": "js\n"}))
    registry.site.pages["/tides/-/x-1.0.0.tgz"] = Answer(npm({"index.js": "evil\n"}))
    registry.manifest("fine", "1.0.0", npm({"index.js": "js\n"}))
    rows = captures.again(source("pypi:tide-tools", "npm:tides@1.0.0", "npm:fine@1.0.0"))
    assert sorted(rows) == ["npm:fine/index.js", "npm:tides", "pypi:tide-tools"]
    assert "not those that the registry has the sha256 of" in rows["pypi:tide-tools"]["error"]
    assert "not those that the registry has the sha512 of" in rows["npm:tides"]["error"]


def test_a_file_without_a_digest_is_not_used(registry: Registry, source: Any, captures: Captures) -> None:
    registry.publish(WHEEL.format("1.0"), wheel("1.0", {"a.py": "a\n"}), digest="")
    registry.manifest("fine", "1.0.0", npm({"index.js": "js\n"}))
    assert "gives no sha256" in captures.again(source("pypi:tide-tools", "npm:fine@1.0.0"))["pypi:tide-tools"]["error"]


def test_a_member_that_climbs_out_is_only_a_name(registry: Registry, source: Any, captures: Captures, tmp_path: Path) -> None:
    content = gzip.compress(tarred({"package/../../../evil.js": b"evil\n", "/etc/evil.js": b"evil\n", "package/index.js": b"js\n"}))
    registry.manifest("tides", "1.0.0", content)
    rows = captures.again(source("npm:tides@1.0.0"))
    assert len(rows) == 3
    assert not list(tmp_path.rglob("*.js")) and not Path("/etc/evil.js").exists()


def test_an_archive_that_unpacks_to_too_much_is_not_opened(
    registry: Registry, source: Any, captures: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "MOST_EXPANDED", 50_000_000)
    registry.manifest("tar-bomb", "1.0.0", gzip.compress(tarred({"package/a.js": bytes(60_000_000)}), 9))
    registry.publish(WHEEL.format("1.0"), zipped({"a.py": bytes(60_000_000)}))
    registry.manifest("fine", "1.0.0", npm({"index.js": "js\n"}))
    rows = captures.again(source("npm:tar-bomb@1.0.0", "pypi:tide-tools", "npm:fine@1.0.0"))
    for name in ("npm:tar-bomb", "pypi:tide-tools"):
        assert rows[name]["error"] == "the archive unpacks to more than 50,000,000 bytes, and is not opened"


def test_nothing_of_a_package_is_run(registry: Registry, source: Any, captures: Captures, tmp_path: Path) -> None:
    mark = tmp_path / "owned"
    registry.publish("tide_tools-1.0.tar.gz", sdist("1.0", {"setup.py": f"open({str(mark)!r}, 'w')\n"}))
    scripts = {"scripts": {"preinstall": f"touch {mark}", "install": f"touch {mark}"}}
    registry.manifest(
        "tides", "1.0.0", npm({"package.json": json.dumps(scripts), "index.js": f"require('fs').writeFileSync({str(mark)!r})\n"})
    )
    assert len(captures.again(source("pypi:tide-tools", "npm:tides@1.0.0"))) == 4
    assert not mark.exists()


# Again -----------------------------------------------------------------------------------------------------------------


def test_an_unchanged_package_is_not_fetched_again(registry: Registry, source: Any, captures: Captures, site: Site) -> None:
    registry.publish(WHEEL.format("1.0"), wheel("1.0", {"a.py": "a\n", "b.so": "x"}))
    before = captures.again(source("pypi:tide-tools"))
    site.asked.clear()
    assert captures.again(source("pypi:tide-tools")) == before
    assert site.asked == ["/simple/tide-tools/"]


def test_other_settings_read_an_unchanged_package_again(registry: Registry, source: Any, captures: Captures) -> None:
    registry.publish(WHEEL.format("1.0"), wheel("1.0", {"a.py": "a\n", "b.py": "b\n"}))
    captures.again(source("pypi:tide-tools"))
    assert list(captures.again(source("pypi:tide-tools", include=["b.py"]))) == ["pypi:tide-tools/b.py"]


def test_a_new_version_changes_the_rows_of_changed_files_alone(registry: Registry, source: Any, captures: Captures) -> None:
    registry.publish(WHEEL.format("1.0"), wheel("1.0", {"a.py": "a\n", "b.py": "b\n", "c.py": "c\n"}))
    before = captures.again(source("pypi:tide-tools"))
    registry.publish(WHEEL.format("1.1"), wheel("1.1", {"a.py": "a\n", "b.py": "new\n"}))
    after = captures.again(source("pypi:tide-tools"))
    assert after["pypi:tide-tools/a.py"] == before["pypi:tide-tools/a.py"]
    assert after["pypi:tide-tools/b.py"]["uri"] == "pkg:pypi/tide-tools@1.1#b.py"
    assert after["pypi:tide-tools/c.py"]["gone"] == "is not in version 1.1"


def test_a_package_that_cannot_be_had_now_stands_and_one_that_is_withdrawn_is_gone(
    registry: Registry, source: Any, captures: Captures, site: Site
) -> None:
    registry.manifest("tides", "1.0.0", npm({"index.js": "js\n"}))
    registry.manifest("waves", "1.0.0", npm({"index.js": "js\n"}))
    registry.manifest("fine", "1.0.0", npm({"index.js": "js\n"}))
    asked = source("npm:tides@1.0.0", "npm:waves@1.0.0", "npm:fine@1.0.0")
    before = captures.again(asked)
    site.pages["/tides/1.0.0"] = Answer("down", 503)
    del site.pages["/waves/1.0.0"]
    rows = captures.again(asked)
    assert rows["npm:tides/index.js"] == before["npm:tides/index.js"]
    assert rows["npm:tides"]["error"] is not None
    assert rows["npm:waves/index.js"]["gone"] == "the registry has no such package or version any more"


# What goes wrong -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", [Answer("{"), Answer("[]"), Answer('{"files": [{"filename": 3}]}'), Answer("\0"), Answer(""), Answer("x", 500)]
)
def test_an_answer_that_makes_no_sense_is_an_error_with_a_sentence(source: Any, captures: Captures, site: Site, answer: Answer) -> None:
    for kind in ("application/json", "text/html"):
        site.pages["/simple/tide-tools/"] = site.pages["/tides/latest"] = Answer(answer.body, answer.status, {"Content-Type": kind})
        with pytest.raises(SourceError, match=r"source p: nothing could be had of 2 packages; the first, npm:tides: .* Check the network"):
            captures.again(source("pypi:tide-tools", "npm:tides"))


@pytest.mark.parametrize(
    "package",
    [
        "requests", "pypi:", "pypi:requests>=2", "pypi:requests==", "pypi:requests==x!", "pypi:a/../b",
        "npm:../x", "npm:@a", "npm:a@latest", "npm:-x@", "npm:a b", "gem:rails",
    ],
)  # fmt: skip
def test_what_is_no_package_is_refused_with_the_form_to_write(package: str) -> None:
    with pytest.raises(ValidationError, match=r"no package; write|no version"):
        PackageSource.model_validate({"kind": "package", "id": "p", "domain": "code", "packages": [package]})


def test_one_package_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="named twice"):
        PackageSource.model_validate({"kind": "package", "id": "p", "domain": "code", "packages": ["pypi:a.b==1", "pypi:A_B==2"]})


def test_a_dry_run_names_the_first_request() -> None:
    def first(*packages: str) -> list[str]:
        base = {"kind": "package", "id": "p", "domain": "code", "packages": packages}
        return [request.url for request in PackageSource.model_validate(base).first_requests()]

    assert first("pypi:requests==2.32.3", "npm:@types/node@20.0.0") == ["https://registry.npmjs.org/@types%2Fnode/20.0.0"]
    assert first("pypi:Requests==2.32.3") == ["https://pypi.org/simple/requests/"]


# The real registries ---------------------------------------------------------------------------------------------------


def _reachable(url: str) -> bool:
    try:
        return httpx2.head(url, timeout=5, follow_redirects=True).status_code < 500
    except httpx2.HTTPError:
        return False


@pytest.mark.network
def test_the_real_registries_give_what_the_issue_names(captures: Captures) -> None:
    if not (_reachable("https://pypi.org/simple/requests/") and _reachable("https://registry.npmjs.org/lodash/4.17.21")):
        pytest.skip("pypi.org or registry.npmjs.org cannot be reached from here")
    captures.contact = os.environ.get("BERRYPATCH_TEST_CONTACT", "https://example.org/berrypatch-tests")
    settings = {"packages": ["pypi:requests==2.32.3", "npm:lodash@4.17.21"], "private_addresses": True}
    rows = captures.again(PackageSource.model_validate({"kind": "package", "id": "p", "domain": "code"} | settings))
    api, chunk = rows["pypi:requests/requests/api.py"], rows["npm:lodash/chunk.js"]
    assert b"def request(method, url, **kwargs)" in api["content"]
    assert (api["uri"], api["licence"]) == ("pkg:pypi/requests@2.32.3#requests/api.py", "Apache-2.0")
    assert (chunk["uri"], chunk["licence"]) == ("pkg:npm/lodash@4.17.21#chunk.js", "MIT")
    assert captures.memory["packages"]["pypi:requests"]["sha256"] == "70761cfe03c773ceb22aa2f671b4757976145175cdfca038c02654d061d6dcc6"

"""Answers and files of any kind: nothing but typed errors."""

import gzip
import json

import pytest
from arxiv_site import many_files

from curation.decisions import Reason
from curation.document import Captured, Dropped, Failed
from curation.domains import Domain
from curation.extract.latex_source import extract_latex_source
from curation.extract.marks import read_marks, with_marks
from curation.sources.arxiv import read_feed, read_licence
from curation.sources.fetch.fetcher import FetchError, Page
from curation.sources.git.attributes import attributes_of
from curation.sources.git.hosts import parsed
from curation.sources.git.licences import by_folder, licence_of
from curation.sources.releases import Wanted, listed_files, manifest_release, wanted

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed")
from hypothesis import HealthCheck, example, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

FEED = b'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/">%s</feed>'
_KEYS = (
    "files",
    "filename",
    "url",
    "hashes",
    "sha256",
    "yanked",
    "version",
    "dist",
    "tarball",
    "integrity",
    "shasum",
    "license",
    "author",
    "type",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=6),
    max_leaves=12,
)
_NAMES = ("main.tex", "a.tex", "b.tex", "c.tex", "d/e.tex", "00README.XXX", "00README.json")
_PIECES = (
    "\\input{a}", "\\input b ", "\\include{../b}", "\\subfile{c}", "\\import{d}{e}", "\\documentclass{x}", "\\begin{document}",
    "\\end{document}", "%", "{", "}", "\n", "words ", "\\endinput", "$", "\\\\", "\\section{",
)  # fmt: skip
TEX = st.lists(st.sampled_from(_PIECES), max_size=30).map("".join)


def page(content: bytes, kind: str) -> Page:
    return Page("http://h/x", "http://h/x", 200, {"content-type": kind}, content)


@given(st.binary(max_size=400), st.binary(max_size=100))
@example(b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><feed>&e;</feed>", b"")
@example(FEED % b"<o:totalResults>-1e9</o:totalResults>", b"")
def test_any_answer_of_arxiv_is_read_or_a_typed_error(content: bytes, inner: bytes) -> None:
    for body in (content, FEED % inner, FEED % (b"<entry>" + inner + b"</entry>")):
        for read in (read_feed, read_licence):
            try:
                found = read(page(body, "application/atom+xml"))
            except FetchError:
                continue
            assert "root:" not in repr(found)


@given(JSON, st.binary(max_size=300), st.sampled_from(["text/html", "application/json", "", "\x00"]))
def test_any_answer_of_a_registry_is_read_or_a_typed_error(value: object, content: bytes, kind: str) -> None:
    for body in (content, json.dumps(value).encode(), json.dumps({"files": [value], "version": "1.0.0", "dist": value}).encode()):
        for read in (listed_files, lambda answer: manifest_release(answer, Wanted("npm", "x"))):
            try:
                read(page(body, kind))
            except FetchError:
                continue


@given(st.text(max_size=60))
def test_any_address_or_package_is_taken_or_refused(text: str) -> None:
    for read in (parsed, wanted):
        for prefix in ("", "https://", "ssh://", "git@", "pypi:", "npm:@"):
            try:
                read(prefix + text)
            except ValueError:
                continue


@given(
    st.dictionaries(st.sampled_from(_NAMES), TEX, max_size=7),
    st.binary(max_size=200),
)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_source_of_a_paper_is_text_or_a_reason(files: dict[str, str], noise: bytes) -> None:
    whole = many_files(files)
    for content in (whole, whole[: len(whole) // 2] + noise, noise, gzip.compress(noise)):
        try:
            extract_latex_source(Captured(content, "application/x-latex-source", None, "p", "u", None, Domain.PAPER))
        except (Dropped, Failed) as refused:
            assert isinstance(refused.reason, Reason)


@given(st.binary(max_size=200), st.lists(st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=20), max_size=4))
@settings(max_examples=25, deadline=None)
def test_any_attributes_are_read(content: bytes, paths: list[str]) -> None:
    attributes_of(paths, {".gitattributes": content, "a/.gitattributes": b"* linguist-vendored\n"})


@given(st.binary(max_size=200), st.text(max_size=20))
@settings(max_examples=25, deadline=None)
def test_any_licence_is_identified_or_unknown(content: bytes, path: str) -> None:
    assert licence_of(f"{path}/x", by_folder({"LICENSE": content, "a/LICENSE": content})) in (None, "unknown")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20))
@example("\\")
def test_a_mark_is_read_as_it_was_written(language: str) -> None:
    ascii_only = language.isascii() and language.strip() == language
    found = read_marks(with_marks("text/x-code", language=language, generated=True))
    assert found["generated"] == "yes"
    if ascii_only:
        assert found["language"] == language.replace("\\", "/")

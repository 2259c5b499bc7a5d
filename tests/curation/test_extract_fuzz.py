"""Extraction, whatever the bytes: a text, or one of its two refusals, and the same one every time."""

import json
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curation.document import Captured, Dropped, Failed
from curation.domains import Domain
from curation.extract.registry import EXTRACTORS, extract
from tests.curation.test_canaries import ALL, content

VALID: dict[str, list[tuple[bytes, Domain]]] = {kind: [] for kind in EXTRACTORS}
for _canary in ALL:
    _kind, _held = _canary.get("media_type", "").partition(";")[0], content(_canary)
    if _kind in VALID and _held is not None and 0 < len(_held) < 20_000 and _canary["verdict"] == "kept":
        VALID[_kind].append((_held, _canary["domain"]))

MARKS = [
    b"", b"<", b">", b"</", b"/>", b"{", b"}", b"{{", b"}}", b"{|", b"|}", b"[", b"]", b"[[", b"]]", b"|", b"=", b"'", b'"', b"&",
    b"&#0;", b"&amp;", b"\\", b"\\begin{", b"\\end{", b"\\input{", b"\\def\\a", b"#1", b"$", b"$$", b"%", b"\n", b"\r", b"\n\n", b"\t",
    b" ", b"\x00", b"\x1b", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xee\x80\x80", b"\xee\x80\x81", b"\xef\xbb\xbf", b"-->", b"<!--",
    b"<![CDATA[", b"]]>", b"<?xml ?>", b"<!DOCTYPE a [", b"00:00:00.000 --> 99:99:99.999\n", b"<v ", b"null", b"-1e999", b"NaN", b"{}",
    b"[]", b"```", b"---\n", b"9" * 400, b"rowspan=99999 ", b"colspan='-1'", b"<math>", b"<table>", b"<tr>", b"<td>", b"<ref>",
    b"<nowiki>", b"{{convert|", b"{{val|", b"1e9", b"'''",
]  # fmt: skip


def outcome(held: bytes, kind: str, domain: Domain, charset: str | None = None) -> str:
    """The text or the refusal; any other exception comes out."""
    name = "src/a.py" if domain is Domain.CODE else "a"
    try:
        return extract(Captured(held, kind, charset, name, "test:a", None, domain)).text
    except (Dropped, Failed) as refused:
        return f"{type(refused).__name__}: {refused.reason}: {refused.detail}"


@st.composite
def mutated(draw: st.DrawFn, kind: str) -> tuple[bytes, Domain]:
    """A valid item of a kind in which pieces are cut out, doubled, or replaced by marks."""
    held, domain = draw(st.sampled_from(VALID[kind]))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(held)))
        end = min(len(held), start + draw(st.sampled_from([0, 0, 1, 2, 8, 60, 400])))
        piece = draw(st.one_of(st.sampled_from(MARKS), st.binary(max_size=4), st.just(held[start:end] * 2)))
        held = held[:start] + piece + held[end:]
    return held, domain


def test_every_extractor_has_valid_items_to_mutate() -> None:
    assert [kind for kind, held in VALID.items() if not held] == []


@pytest.mark.parametrize("kind", EXTRACTORS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_mutated_document_gives_a_text_or_a_refusal_the_same_every_time(kind: str, data: st.DataObject) -> None:
    held, domain = data.draw(mutated(kind))
    assert outcome(held, kind, domain) == outcome(held, kind, domain)


@pytest.mark.parametrize("kind", [*EXTRACTORS, "application/octet-stream"])
@settings(max_examples=30, deadline=None)
@given(
    held=st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(MARKS), max_size=30).map(b"".join)),
    domain=st.sampled_from(Domain),
    charset=st.sampled_from([None, "utf-8", "utf-16", "idna", "punycode", "hex", "no such", "utf-7", "undefined"]),
)
@example(held=b"\x00", domain=Domain.PAPER, charset=None)
@example(held=b"+AGE-" * 30, domain=Domain.WIKI, charset="utf-7")
def test_any_bytes_give_a_text_or_a_refusal(kind: str, held: bytes, domain: Domain, charset: str | None) -> None:
    outcome(held, kind, domain, charset)


JSON: Callable[[st.SearchStrategy[object]], st.SearchStrategy[object]] = lambda inner: st.one_of(  # noqa: E731
    st.lists(inner, max_size=4),
    st.dictionaries(st.sampled_from(["text", "start", "end", "duration", "segs", "utf8", "tStartMs", "tOffsetMs", "dDurationMs", "body",
                                     "startTime", "endTime", "speaker", "segments", "events", "translatedText"]), inner, max_size=5),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)), JSON, max_leaves=12))
@example([["a", float("nan"), float("inf")], ["b", 10**400, -(10**400)]])
@example({"events": [{"tStartMs": 1e308, "segs": [{"utf8": "\ud800", "tOffsetMs": 1e308}]}]})
def test_any_json_gives_a_text_or_a_refusal(entries: object) -> None:
    outcome(json.dumps(entries).encode(), "application/x-transcript+json", Domain.TRANSCRIPT)


def test_a_damaged_name_of_an_element_costs_the_element_its_meaning_and_no_more() -> None:
    held = b"<article><body><p>The lamp burned.</p><f00:00 --> 99>The tower stood.</body></article>"
    assert "The lamp burned." in outcome(held, "application/jats+xml", Domain.PAPER)


@pytest.mark.parametrize("kind", ["text/html", "application/xhtml+xml", "application/x-mediawiki-parse+html"])
@pytest.mark.parametrize("odd", ["\x01", "\x0c", "&#1;", "&#x0;", "\ufffe", "&#xffff;", "&#xd800;", "<h<tr>", "<a:b c:d=1>"])
def test_what_lxml_reads_and_would_not_write_is_no_fault_of_a_page(kind: str, odd: str) -> None:
    paragraph = "The lamp of the keeper burned in the tower for as long as there was oil to be had. " * 4
    code = f"<pre><code>{odd}if lamp:\n    shine()</code></pre>"
    page = f"<html><body><article><h1>A</h1><p>{odd}{paragraph}</p>{code}<p>{paragraph}</p></article></body></html>"
    text = outcome(page.encode(), kind, Domain.WIKI)
    assert paragraph.strip() in text
    assert "    shine()" in text

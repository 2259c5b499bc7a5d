"""How a wiki is found and asked, and what becomes of one that does not answer well."""

import logging
from pathlib import Path

import pytest
from small_wiki import SmallWiki, fill
from wiki_capture import CONTACT, captured, titles
from wiki_server import Reply

from curation.sources.fetch.fetcher import Page as Response
from curation.sources.wiki.api import seconds_to_wait
from curation.sources.wiki.site import Site, candidates
from warehouse.errors import SourceError


def test_the_api_is_asked_as_its_etiquette_wants(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, [f"Page {number}" for number in range(120)])
    captured(wiki, tmp_path, whole_wiki=True)
    assert {asked.at_once for asked in wiki.log} == {1}
    assert {asked.params["maxlag"] for asked in wiki.log} == {"5"}
    assert all(f"(+{CONTACT})" in asked.headers["user-agent"] for asked in wiki.log)
    assert all("gzip" in asked.headers["accept-encoding"] for asked in wiki.log)
    assert {asked.path for asked in wiki.log} == {"/w/api.php"}


def test_no_question_is_asked_twice(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, [f"Page {number}" for number in range(120)])
    captured(wiki, tmp_path, whole_wiki=True)
    questions = [tuple(sorted(asked.params.items())) for asked in wiki.log]
    assert len(set(questions)) == len(questions)
    assert len(questions) == 1 + 1 + 3 + 120  # the wiki, its list, dates of fifty at a time, the texts


def test_wikitext_is_asked_for_fifty_pages_at_a_time(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, [f"Page {number}" for number in range(120)])
    captured(wiki, tmp_path, whole_wiki=True, text="wikitext")
    assert len(wiki.log) == 1 + 1 + 3


def test_a_smaller_limit_of_the_server_is_kept_to(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, [f"Page {number}" for number in range(30)]).values = 8
    assert len(titles(captured(wiki, tmp_path, titles=[f"Page {number}" for number in range(30)]))) == 30
    refused = [asked for asked in wiki.log if len(asked.params.get("titles", asked.params.get("pageids", "")).split("|")) > 8]
    assert len(refused) == 1


def test_long_titles_do_not_make_an_address_too_long(wiki: SmallWiki, tmp_path: Path) -> None:
    long = [f"{letter}{'東' * 80}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    fill(wiki, long)
    assert len(titles(captured(wiki, tmp_path, titles=long))) == 26
    assert all(sum(len(value.encode()) * 3 for value in asked.params.values()) < 8000 for asked in wiki.log)


def test_a_wiki_that_lags_is_waited_for(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, ["Heron"]).lags = 2
    assert titles(captured(wiki, tmp_path, titles=["Heron"])) == ["Heron"]


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"mediawiki-api-error": "maxlag", "retry-after": "7"}, b"x" * 9000, 7.0),
        ({}, b'{"error":{"code":"maxlag","lag":9}}', 5.0),  # a proxy may take the header away
        ({"mediawiki-api-error": "ratelimited", "retry-after": "soon"}, b"", 5.0),
        ({"mediawiki-api-error": "badvalue", "retry-after": "7"}, b'{"error":{"code":"badvalue"}}', None),
        ({}, b'{"error":{"code":"maxlag"}}' + b" " * 9000, None),
    ],
)
def test_a_plea_to_wait_is_told_from_an_answer(headers: dict[str, str], body: bytes, seconds: float | None) -> None:
    assert seconds_to_wait(Response("", "", 200, headers, body)) == seconds


@pytest.mark.parametrize("path", ["/w/api.php", "/api.php", "/wiki/api.php"])
def test_the_api_is_found_by_the_address_of_the_wiki(wiki: SmallWiki, tmp_path: Path, path: str) -> None:
    fill(wiki, ["Heron"]).paths = (path,)
    address = wiki.address + ("/wiki/api.php" if path.startswith("/wiki") else "/wiki/Main_Page")
    assert titles(captured(wiki, tmp_path, titles=["Heron"], wiki=address)) == ["Heron"]


@pytest.mark.parametrize(
    ("address", "first"),
    [
        ("https://en.wikipedia.org", "https://en.wikipedia.org/w/api.php"),
        ("https://en.wikipedia.org/wiki/Heron", "https://en.wikipedia.org/w/api.php"),
        ("https://a.example/mediawiki/index.php/Heron", "https://a.example/mediawiki/api.php"),
        ("https://gta.fandom.com/de/wiki/Heron", "https://gta.fandom.com/de/api.php"),
        ("https://a.example/x/api.php?x=y", "https://a.example/x/api.php"),
    ],
)
def test_the_likeliest_place_is_asked_first(address: str, first: str) -> None:
    assert candidates(address)[0] == first


def test_a_site_without_an_api_says_where_it_was_looked_for(wiki: SmallWiki, tmp_path: Path) -> None:
    wiki.paths = ()
    with pytest.raises(SourceError, match=r"/w/api\.php: answered with HTTP status 404; .*/api\.php: .* Check `wiki`"):
        captured(wiki, tmp_path, titles=["Heron"])


def test_a_wiki_that_stops_answering_is_given_up_after_a_few_pages(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, [f"Page {number}" for number in range(30)])
    wiki.broken = lambda params: Reply(b"down", 503) if params.get("action") == "parse" else None
    with pytest.raises(SourceError, match="source w: 5 pages one after another could not be had"):
        captured(wiki, tmp_path, whole_wiki=True)


def test_one_page_that_cannot_be_had_does_not_stop_the_others(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, ["A", "B", "C"])
    wiki.broken = lambda params: Reply(b"<html>proxy</html>") if params.get("pageid") == "2" else None
    found = captured(wiki, tmp_path, whole_wiki=True)
    assert titles(found) == ["A", "C"]
    assert "no JSON" in (found["2"].error or "")


def test_a_wiki_that_continues_in_a_circle_is_an_error(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, ["A"])
    answer = b'{"continue":{"gapcontinue":"A","continue":"-||"},"query":{"pages":[]}}'
    wiki.broken = lambda params: Reply(answer) if "generator" in params else None
    with pytest.raises(SourceError, match="in a circle"):
        captured(wiki, tmp_path, whole_wiki=True)


def test_what_a_wiki_warns_of_is_logged_once(wiki: SmallWiki, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fill(wiki, {"A": "a" * 600, "B": "b" * 600}).content_limit = 500
    with caplog.at_level(logging.WARNING):
        captured(wiki, tmp_path, titles=["A", "B"], text="wikitext")
    assert caplog.text.count("truncated") == 1


@pytest.mark.parametrize(("base", "mark"), [("https://a.example/wiki/$1", "?"), ("https://a.example/index.php?title=$1", "&")])
def test_the_history_of_a_page_has_an_address_on_every_wiki(base: str, mark: str) -> None:
    site = Site("A", base, None, (0,), frozenset(), "2026-01-01T00:00:00Z")
    assert site.attribution("X y").endswith(f"X_y{mark}action=history")

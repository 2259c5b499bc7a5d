"""No request is sent twice in one capture, whoever wants its answer, and when."""

from pathlib import Path

import pytest
from fetching import fetcher
from loopback_site import Answer, LoopbackSite, moved

from curation.sources.fetch.fetcher import FetchError, Page
from curation.sources.fetch.robots import LARGEST


def content(answer: Page | FetchError) -> bytes:
    assert isinstance(answer, Page), answer
    return answer.content


def test_addresses_that_lead_to_one_page_at_the_same_time_ask_for_it_once(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers |= {f"/{number}": moved("/page") for number in range(6)}
    web.answers["/page"] = Answer(b"here", thinks=0.2)
    with fetcher(tmp_path, concurrency=6) as client:
        found = [content(page) for _, page in client.fetch_all(f"{web.address}/{number}" for number in range(6))]
    assert found == [b"here"] * 6
    assert len(web.asked("/page")) == 1


def test_what_fails_for_one_at_the_same_time_is_not_tried_again_by_the_others(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers |= {f"/{number}": moved("/page") for number in range(3)}
    web.answers["/page"] = Answer(status=503, thinks=0.05)
    with fetcher(tmp_path, concurrency=3) as client:
        found = [str(page) for _, page in client.fetch_all(f"{web.address}/{number}" for number in range(3))]
    assert found == ["HTTP status 503"] * 3
    assert len(web.asked("/page")) == 4


@pytest.mark.parametrize("rules", [Answer(b"User-agent: *\nDisallow: /x\n"), Answer(status=404)])
def test_a_robots_txt_that_is_a_page_too_is_asked_for_once(tmp_path: Path, web: LoopbackSite, rules: Answer) -> None:
    web.answers["/robots.txt"] = rules
    with fetcher(tmp_path) as client:
        page = client.fetch(f"{web.address}/robots.txt", accept="text/plain", largest=10_000_000)
        assert (page.status, client.fetch(f"{web.address}/robots.txt").content) == (rules.status, rules.body)
    assert len(web.log) == 1


def test_a_robots_txt_that_has_moved_is_asked_for_once_where_it_is(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers |= {"/robots.txt": moved("/rules"), "/rules": Answer(b"User-agent: *\nDisallow: /x\n")}
    with fetcher(tmp_path) as client:
        page = client.fetch(f"{web.address}/robots.txt")
    assert (page.final_url, page.content) == (f"{web.address}/rules", b"User-agent: *\nDisallow: /x\n")
    assert [asked.path for asked in web.log] == ["/robots.txt", "/rules"]


def test_a_robots_txt_larger_than_its_rules_may_be_is_a_page_as_a_whole(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers["/robots.txt"] = Answer(b"# much talk\n" * (LARGEST // 10))
    with fetcher(tmp_path) as client:
        assert len(client.fetch(f"{web.address}/robots.txt").content) == 12 * (LARGEST // 10)

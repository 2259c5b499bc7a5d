"""The pace at which arXiv is asked: all its hosts together, by all captures of this machine."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from arxiv_site import Arxiv, Paper, one_file
from captured_source import Captures
from small_site import running

from curation.sources.context import Context
from curation.sources.fetch.hosts import paces
from curation.sources.fetch.pace import SHARED
from curation.sources.papers import PapersSource


def test_requests_to_all_hosts_together_keep_the_pace(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("tides"))]
    with running() as other:
        second = Arxiv(papers=arxiv.papers, times=arxiv.times)
        other.answer = second.answer  # type: ignore[method-assign]
        captures.again(papers(ids=["2401.00001"], delay_seconds=0.3, oai=f"{other.address}/oai"))
    gaps = [later - earlier for earlier, later in zip(arxiv.times, arxiv.times[1:], strict=False)]
    assert len(gaps) == 2 and min(gaps) > 0.2


def test_two_captures_at_once_keep_the_pace_together(arxiv: Arxiv, papers: Any, tmp_path: Path) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("tides")), Paper("2401.00002", source=one_file("waves"))]

    def capture(number: int) -> None:
        state = tmp_path / f"state-{number}"
        state.mkdir()
        context = Context(tmp_path, state, cache=tmp_path / "cache")
        assert [item.error for item in papers(ids=[f"2401.0000{number}"], delay_seconds=0.3, licences=False).items(context)] == [None]

    with ThreadPoolExecutor(2) as together:
        list(together.map(capture, (1, 2)))
    gaps = [later - earlier for earlier, later in zip(arxiv.times, arxiv.times[1:], strict=False)]
    assert len(gaps) == 3 and min(gaps) > 0.2


def test_the_time_that_another_capture_has_the_turn_is_counted_as_waited(arxiv: Arxiv, papers: Any, tmp_path: Path) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("tides"))]
    source, context = papers(ids=["2401.00001"], licences=False), Context(tmp_path, tmp_path / "state", cache=tmp_path / "cache")
    (folder,) = [found for found in [paces(context)] if found]
    held = threading.Event()

    def hold() -> None:
        with SHARED.of(source.together, folder).alone(9.0, lambda *_: None):
            held.set()
            time.sleep(0.5)

    other = threading.Thread(target=hold)
    other.start()
    held.wait()
    assert [item.error for item in source.items(context)] == [None]
    other.join()
    assert sum(receipt.waited for receipt in context.receipts.by_host.values()) > 0.3


def test_arxiv_itself_is_asked_once_in_three_seconds_whatever_the_recipe_says() -> None:
    def pace(**settings: Any) -> float:
        return PapersSource.model_validate({"kind": "papers", "id": "p", "domain": "paper", "ids": ["2401.00001"]} | settings).pace_seconds

    local = {"api": "http://127.0.0.1/api", "oai": "http://127.0.0.1/oai"}
    assert [pace(), pace(delay_seconds=0), pace(delay_seconds=5)] == [3.0, 3.0, 5.0]
    assert pace(delay_seconds=0, **local) == 3.0
    assert pace(delay_seconds=0, site="http://127.0.0.1", **local) == 0.0


@pytest.mark.usefixtures("no_hang")
def test_answers_from_before_a_restart_cost_no_wait(arxiv: Arxiv, papers: Any, tmp_path: Path) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("tides"))]
    for delay in (0.0, 3600.0):
        context = Context(tmp_path, tmp_path / "state", cache=tmp_path / "cache")
        assert [item.error for item in papers(ids=["2401.00001"], delay_seconds=delay, licences=False).items(context)] == [None]
    assert len(arxiv.times) == 2

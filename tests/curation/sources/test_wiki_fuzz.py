"""Answers that no wiki should give: whatever comes, a capture ends with items or with an error of ours."""

import contextlib
import copy
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_wiki import SmallWiki, fill
from wiki_server import Reply, serving

pytest.importorskip("hypothesis", reason="hypothesis is not installed")
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curation.capture import capture_source, read_memory
from curation.domains import Domain
from curation.sources.context import Context
from curation.sources.earlier import Earlier
from curation.sources.fetch.fetcher import Page as Response
from curation.sources.mediawiki import MediaWikiSource
from curation.sources.wiki.answers import ApiError
from curation.sources.wiki.api import answer_of, merge, seconds_to_wait
from warehouse.errors import SourceError

Json = Any
TEXT = st.one_of(
    st.text(max_size=12), st.sampled_from(["", "\ud800", "\x00", "A|B", "missing", "2026-01-01T00:00:00Z", "-1", "$1", "http://["])
)
NUMBER = st.one_of(st.integers(-2, 9), st.integers(2**60, 2**70), st.floats())
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBER, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)
DAMAGE = st.lists(st.tuples(st.integers(0, 7), st.lists(st.integers(0, 9), max_size=7), JSON), min_size=1, max_size=4)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def damaged(answer: Json, path: list[int], value: Json) -> Json:
    """An answer with something else in one place, to which a path of choices leads."""
    if not path or not isinstance(answer, dict | list) or not answer:
        return value
    changed = copy.copy(answer)
    key = list(answer)[path[0] % len(answer)] if isinstance(answer, dict) else path[0] % len(answer)
    changed[key] = damaged(answer[key], path[1:], value)
    return changed


class DamagedWiki(SmallWiki):
    """A small wiki some of whose answers are damaged."""

    damage: tuple[tuple[int, list[int], Json], ...] = ()

    def reply(self, params: Any) -> Reply:
        reply = super().reply(params)
        body = json.loads(reply.body)
        for number, path, value in self.damage:
            if number == len(self.log):
                body = damaged(body, path, value)
        return Reply(json.dumps(body).encode(), reply.status, reply.headers)


@pytest.fixture(scope="module")
def wiki() -> Iterator[DamagedWiki]:
    small = DamagedWiki()
    with serving(small):
        fill(small, {"A": "a [[Category:C]]", "B": "b", "Category:C": "", "R": "#REDIRECT [[A]]"})
        small.days_pass(1)
        yield small


SELECTIONS: list[dict[str, Any]] = [{"whole_wiki": True}, {"titles": ["A", "R", "Nobody"], "text": "wikitext"}, {"categories": ["C"]}]


@pytest.mark.slow
@pytest.mark.parametrize("selected", SELECTIONS, ids=["whole wiki", "titles", "category"])
def test_a_capture_of_damaged_answers_ends_with_items_or_an_error_of_ours(wiki: DamagedWiki, selected: dict[str, Any]) -> None:
    common: dict[str, Any] = {"delay_seconds": 0.0, "private_addresses": True, "user_agent": "fuzz"}

    @QUICK
    @given(DAMAGE, DAMAGE)
    def two_passes(first: Any, second: Any) -> None:
        source = MediaWikiSource(kind="mediawiki", id="w", domain=Domain.WIKI, wiki=wiki.address, **common, **selected)
        with tempfile.TemporaryDirectory() as name:
            folder, earlier, memory = Path(name), Earlier(), dict[str, Any]()
            for number, wiki.damage in enumerate((first, second)):
                (out := folder / str(number)).mkdir()
                (state := folder / f"state-{number}").mkdir()
                wiki.log.clear()
                try:
                    capture_source(source, Context(folder, state, earlier, memory), out)
                except SourceError:
                    return
                earlier, memory = Earlier(sorted(out.glob("*.parquet"))), read_memory(out)

    two_passes()


@QUICK
@given(st.one_of(st.binary(max_size=60), JSON.map(lambda value: json.dumps(value).encode())), TEXT, TEXT)
def test_any_bytes_are_an_answer_or_an_error_of_ours(body: bytes, code: str, retry: str) -> None:
    response = Response("", "", 200, {"mediawiki-api-error": code, "retry-after": retry}, body)
    assert seconds_to_wait(response) is None or (seconds_to_wait(response) or 0) >= 0
    with contextlib.suppress(ApiError):
        assert isinstance(answer_of(response).get("query", {}), dict)


@pytest.mark.parametrize("depth", [100_000])
def test_an_answer_nested_without_end_is_an_error_of_ours(depth: int) -> None:
    response = Response("", "", 200, {}, b"[" * depth)
    assert seconds_to_wait(response) is None
    with pytest.raises(ApiError):
        answer_of(response)


@QUICK
@given(st.lists(st.dictionaries(TEXT, JSON, max_size=3), max_size=4))
def test_parts_of_any_form_can_be_merged(parts: list[dict[str, Any]]) -> None:
    merged: dict[str, Any] = {}
    for part in parts:
        merge(merged, copy.deepcopy({**part, "pages": [part]}))
    assert not parts or merged["pages"]

"""The second curation of a site: what an unchanged one costs, and what the page of a run says of a changed one."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from flows.embedded import embedded_api
from tests.flows.changing_site import Site, prose
from tests.flows.conftest import Berry
from tests.flows.curations import curate, newest_run, rows

RECIPE = """
name = "second"
contact = "https://berrypatch.test/contact"

[[sources]]
kind = "web"
id = "site"
domain = "lore"
sitemaps = ["ADDRESS/sitemap.txt"]
delay_seconds = 0
private_addresses = true
"""

STAGES = ("extract", "clean", "signals", "decisions", "signatures", "candidates", "duplicates", "splits", "balance", "snapshot")
"""Every stage after capture."""


@pytest.fixture
def recipe(site: Site, tmp_path: Path) -> Path:
    """A recipe of the site by its list of pages, which is no page itself."""
    site.lists = "/sitemap.txt"
    path = tmp_path / "second.toml"
    path.write_text(RECIPE.replace("ADDRESS", site.address))
    return path


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx2.Client]:
    """A Prefect API on which curations run, and a client of it."""
    with embedded_api() as server, httpx2.Client(base_url=server.address, timeout=30, trust_env=False) as client:
        server.wait()
        monkeypatch.setenv("PREFECT_API_URL", server.address)
        yield client


def on_its_page(api: httpx2.Client, key: str) -> str:
    """What an artifact of the newest run says."""
    found: list[dict[str, Any]] = api.post("/artifacts/filter", json={"artifacts": {"key": {"any_": [f"{key}-second"]}}}).json()
    newest: dict[str, Any] = max(found, key=lambda artifact: artifact["created"])
    return str(newest["data"])


@pytest.mark.slow
def test_a_second_pass_over_500_unchanged_pages_costs_a_hundredth_and_computes_nothing(
    berry: Berry, site: Site, recipe: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    site.pages = {f"/page/{number}": text for number, text in enumerate(prose(range(500), 22))}
    curate(berry, recipe, home)
    cost, asked, snapshots = site.sent, len(site.asked), rows(home, "select snapshot_id, documents from lineage")
    ((_, documents),) = snapshots
    assert documents > 400
    said = curate(berry, recipe, home, "--refresh")
    assert Counter(status for path, status in site.asked[asked:] if path != "/robots.txt") == Counter({304: 501})
    assert site.sent - cost < 0.01 * cost
    first, second = rows(home, "select bytes, unchanged from receipts order by run_id")
    assert second == (site.sent - cost, 501)
    assert first == (cost, 0)
    assert {stage: set(newest_run(home, stage)) for stage in STAGES} == {stage: {"skipped"} for stage in STAGES}
    assert rows(home, "select snapshot_id, documents from lineage") == snapshots
    assert "0 changed, 0 new, 0 gone, 0 survived" in said


def test_the_page_of_a_run_says_what_changed_came_and_went_and_what_of_it_is_in_the_corpus(
    berry: Berry, site: Site, recipe: Path, tmp_path: Path, api: httpx2.Client
) -> None:
    home = tmp_path / "home"
    texts = prose(range(60), 6)
    site.pages = {f"/page/{number}": text for number, text in enumerate(texts[:40])}
    curate(berry, recipe, home)
    for number in range(8):  # these stay texts
        site.pages[f"/page/{number}"] = texts[40 + number]
    for number in range(8, 14):  # and these have become too short for the policy
        site.pages[f"/page/{number}"] = "The page has moved."
    site.pages |= {"/page/40": texts[50], "/page/41": "Nothing here yet."}
    del site.pages["/page/39"]
    curate(berry, recipe, home, "--refresh")
    before, after = (snapshot for (snapshot,) in rows(home, "select snapshot_id from lineage order by sequence"))
    line = f"The sources brought: 14 changed, 2 new, 1 gone, 9 survived; snapshot {before} -> {after}."
    assert line in on_its_page(api, "produced")


@pytest.mark.slow
def test_a_page_that_is_kept_although_gone_is_gone_once_and_stays_in_the_corpus(
    berry: Berry, site: Site, recipe: Path, tmp_path: Path
) -> None:
    home, documented = (
        tmp_path / "home",
        "select captures.gone, verdict from captures join verdicts using (recipe, uri) where contains(uri, '/9')",
    )
    recipe.write_text(f'{recipe.read_text()}vanished = "keep"\n')
    site.pages = {f"/{number}": text for number, text in enumerate(prose(range(10), 6))}
    curate(berry, recipe, home)
    snapshots = rows(home, "select snapshot_id, documents from lineage")
    page = site.pages.pop("/9")
    assert "0 changed, 0 new, 1 gone, 0 survived" in curate(berry, recipe, home, "--refresh")
    assert rows(home, documented) == [("HTTP status 404", "kept")]
    assert "0 changed, 0 new, 0 gone, 0 survived" in curate(berry, recipe, home, "--refresh")
    assert newest_run(home, "extract") == Counter(skipped=1)
    site.pages["/9"] = page
    assert "0 changed, 1 new, 0 gone, 1 survived" in curate(berry, recipe, home, "--refresh")
    assert rows(home, documented) == [(None, "kept")]
    assert rows(home, "select snapshot_id, documents from lineage") == snapshots

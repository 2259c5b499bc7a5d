"""Curating a site again: what changed is asked for and computed, what did not is not, and a run says which was which."""

import os
import signal
import time
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from curation.recipe import find_recipe, load_recipe
from flows.captures import RESUMABLE_SECONDS, in_line
from tests.flows.artifacts import digests, start
from tests.flows.changing_site import PAGES, Site
from tests.flows.conftest import Berry
from tests.flows.curations import curate, newest_run, rows
from tests.flows.test_errors import plain

RECIPE = """
name = "again"
contact = "https://berrypatch.test/contact"

[[sources]]
kind = "web"
id = "site"
domain = "lore"
start = ["ADDRESS/"]
delay_seconds = 0
private_addresses = true

[splits]
validation = 0.15

[tokenizer]
entries = 500
"""


@pytest.fixture
def recipe(site: Site, tmp_path: Path) -> Path:
    """A recipe of that site."""
    path = tmp_path / "again.toml"
    path.write_text(RECIPE.replace("ADDRESS", site.address))
    return path


@pytest.mark.slow
def test_a_second_pass_over_an_unchanged_site_costs_next_to_nothing(berry: Berry, site: Site, recipe: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    curate(berry, recipe, home)
    before, snapshots, first = site.bodies, rows(home, "select snapshot_id from lineage"), len(site.asked)
    said = curate(berry, recipe, home, "--refresh")
    again = site.asked[first:]
    assert Counter(status for path, status in again if path != "/robots.txt") == Counter({304: len(PAGES) + 1})
    assert site.bodies == before
    assert newest_run(home, "extract") == Counter(skipped=1)
    assert rows(home, "select snapshot_id from lineage") == snapshots
    assert "0 changed, 0 new, 0 gone" in said


@pytest.mark.slow
def test_a_run_says_what_changed_what_came_and_what_is_gone(berry: Berry, site: Site, recipe: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    *_, last = site.pages
    held_back = site.pages.pop(last)
    curate(berry, recipe, home)
    changed, other, gone, *_ = site.pages
    for path in (changed, other):
        site.pages[path] += "\n\nThe harbour bell was rung twice for the eel boats, and nobody came down to the quay.\n"
    del site.pages[gone]
    site.pages[last] = held_back
    said = curate(berry, recipe, home, "--refresh")
    before, after = (snapshot for (snapshot,) in rows(home, "select snapshot_id from lineage order by sequence"))
    assert "3 changed, 1 new, 1 gone" in said  # the front page lists the others
    assert f"snapshot {before} -> {after}" in said
    (why,) = rows(home, f"select verdict, reason, detail from verdicts where uri = '{site.address}{gone}'")
    assert why == ("dropped", "gone", "HTTP status 404")
    assert rows(home, "select captured = kept + dropped + failed from ledger") == [(True,)]
    asked_of = dict(rows(home, "select host, sum(requests)::int from receipts group by all"))
    assert asked_of == {site.address.removeprefix("http://"): len(site.asked)}


@pytest.mark.slow
def test_a_corpus_is_made_again_without_a_network_from_captures_alone(berry: Berry, site: Site, recipe: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    curate(berry, recipe, home)
    asked, before = len(site.asked), rows(home, "select snapshot_id from lineage")
    for made in (home / "store").iterdir():
        if made.name != "capture":
            made.rename(tmp_path / made.name)
    recipe.write_text(recipe.read_text().replace("delay_seconds = 0", "delay_seconds = 0\nmax_pages = 5"))  # captures would differ
    curate(berry, recipe, home, "--offline")
    assert len(site.asked) == asked
    assert rows(home, "select snapshot_id from lineage") == before


@pytest.mark.slow
def test_results_under_another_name_begin_from_the_latest_captures_of_the_recipe(
    berry: Berry, site: Site, recipe: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    curate(berry, recipe, home)
    for options in (["--offline"], []):
        site.pages[next(iter(site.pages))] += "\n\nThe harbour bell was rung twice for the eel boats, and nobody came.\n"
        curate(berry, recipe, home, "--refresh")
        asked = len(site.asked)
        curate(berry, recipe, home, "--save-as", "beside", *options)
        assert len(site.asked) == asked
        assert rows(home, "select change, uri from snapshot_diff('again', 'beside')") == []


@pytest.mark.slow
def test_a_pass_of_results_under_another_name_is_theirs_and_begins_from_the_latest_captures(
    berry: Berry, site: Site, recipe: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    curate(berry, recipe, home)
    site.pages[next(iter(site.pages))] += "\n\nThe harbour bell was rung twice for the eel boats, and nobody came.\n"
    asked = len(site.asked)
    curate(berry, recipe, home, "--save-as", "beside", "--refresh")
    assert Counter(status for path, status in site.asked[asked:] if path != "/robots.txt") == Counter({304: len(PAGES), 200: 1})
    asked = len(site.asked)
    for _ in range(2):
        curate(berry, recipe, home, "--save-as", "beside")
        assert [change for (change,) in rows(home, "select change from snapshot_diff('again', 'beside')")] == ["changed text"]
    assert len(site.asked) == asked


def test_offline_a_source_that_was_never_captured_is_named(berry: Berry, site: Site, recipe: Path, tmp_path: Path) -> None:
    done = berry("curate", recipe, "--home", tmp_path / "home", "--offline")
    assert done.returncode == 1
    assert "source site: was never captured" in plain(done)
    assert not site.asked


def test_offline_and_refresh_exclude_each_other(berry: Berry, recipe: Path, tmp_path: Path) -> None:
    done = berry("curate", recipe, "--home", tmp_path / "home", "--offline", "--refresh")
    assert done.returncode == 1
    assert "leave one of the two out" in plain(done)


@pytest.mark.slow
def test_a_killed_pass_goes_on_where_it_was_and_asks_for_no_page_again(site: Site, recipe: Path, tmp_path: Path, berry: Berry) -> None:
    curate(berry, recipe, tmp_path / "undisturbed")
    site.asked.clear()
    site.seconds = 0.05
    home = tmp_path / "killed"
    for count in (3, 9, 15):
        run = start("curate", recipe, home)
        while len(site.asked) < count and run.poll() is None:
            time.sleep(0.005)
        run.send_signal(signal.SIGKILL)
        run.wait()
    curate(berry, recipe, home, "--refresh")
    assert max(Counter(path for path, _ in site.asked if path != "/robots.txt").values()) <= 2
    repeated = sum(count - 1 for path, count in Counter(path for path, _ in site.asked if path != "/robots.txt").items())
    assert repeated <= 3  # one request in flight at each kill
    assert captures(home) == captures(tmp_path / "undisturbed")


@pytest.mark.slow
def test_an_earlier_capture_of_another_place_is_of_no_use(berry: Berry, tmp_path: Path) -> None:
    text = "\n".join(f"def ring_{number}(bell: str) -> str:\n    return bell * {number}\n" for number in range(40))
    path = tmp_path / "code.toml"
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "bells.py").write_text(text)
        path.write_text(f'name = "code"\n[[sources]]\nkind = "repository"\nid = "bells"\ndomain = "code"\npath = "{name}"\n')
        curate(berry, path, tmp_path / "home")
        ((uri,),) = rows(tmp_path / "home", "select uri from captures")
        assert f"{name}/bells.py" in uri


@pytest.mark.slow
def test_a_source_that_was_refused_is_asked_again(berry: Berry, site: Site, recipe: Path, tmp_path: Path) -> None:
    pages, site.pages = site.pages, {}
    recipe.write_text(recipe.read_text().replace('/"]\ndelay', '/absent"]\ndelay'))
    refused = berry("curate", recipe, "--home", tmp_path / "home")
    assert refused.returncode == 1
    assert "HTTP status 404" in plain(refused)
    site.pages = {"/absent": next(iter(pages.values()))}
    asked = len(site.asked)
    berry("curate", recipe, "--home", tmp_path / "home")
    assert ("/absent", 200) in site.asked[asked:]


def test_remote_sources_that_share_a_host_are_captured_one_after_another() -> None:
    recipe = load_recipe(find_recipe("strawberry"))
    line = in_line(recipe.sources)
    assert line["wikipedia-articles"] == line["wikipedia-categories"]
    assert line["hazel"] == line["three-js"]
    assert len({line[name] for name in ("wikipedia-articles", "gta-wiki", "papers", "hazel", "engine-talks")}) == 5
    quick = load_recipe(find_recipe("quickstart"))
    assert in_line(quick.sources) == {}


@pytest.mark.slow
def test_what_a_pass_was_given_long_ago_is_asked_for_again(site: Site, recipe: Path, tmp_path: Path, berry: Berry) -> None:
    site.seconds = 0.05
    home = tmp_path / "home"
    run = start("curate", recipe, home)
    while len(site.asked) < 8 and run.poll() is None:
        time.sleep(0.005)
    run.send_signal(signal.SIGKILL)
    run.wait()
    (state,) = (home / "crawls").iterdir()
    for path in (*state.iterdir(), state):
        os.utime(path, (time.time() - 2 * RESUMABLE_SECONDS,) * 2)
    first, site.seconds = Counter(path for path, _ in site.asked), 0.0
    curate(berry, recipe, home)
    again = Counter(path for path, _ in site.asked)
    assert all(again[path] == count + 1 for path, count in first.items())


@pytest.mark.slow
def test_what_is_on_this_machine_is_captured_alike_whatever_was_captured_before(berry: Berry, tmp_path: Path) -> None:
    path = tmp_path / "zipped.toml"
    path.write_text('name = "zipped"\n[[sources]]\nkind = "files"\nid = "texts"\ndomain = "lore"\npath = "texts.zip"\n')
    for year in (2024, 2025):
        with zipfile.ZipFile(tmp_path / "texts.zip", "w") as archive:
            for page in PAGES:
                archive.writestr(zipfile.ZipInfo(page.name, (year, 1, 2, 3, 4, 6)), page.read_text())
        curate(berry, path, tmp_path / "before")
    curate(berry, path, tmp_path / "fresh")
    assert captures(tmp_path / "before") == captures(tmp_path / "fresh")


def captures(home: Path) -> dict[str, str]:
    """What was captured, by name."""
    return {name.rpartition("/")[2]: digest for name, digest in digests(home).items() if name.startswith("tables/captures/")}

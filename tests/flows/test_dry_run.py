"""`berry recipe check --dry-run`: what a recipe would ask of whom, without asking anybody."""

import re
from pathlib import Path

import pytest

from curation.recipe import find_recipe, load_recipe
from tests.flows.conftest import Berry


def test_a_dry_run_prints_the_requests_of_every_source_in_their_order(berry: Berry) -> None:
    done = berry("recipe", "check", "strawberry", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    parts = re.split(r"\n(?=[a-z0-9-]+ \([a-z]+, [a-z]+\):)", done.stdout)[1:]
    recipe = load_recipe(find_recipe("strawberry"))
    assert [part.split(" ", 1)[0] for part in parts] == [source.id for source in recipe.sources]
    for part in parts:
        numbers = [int(number) for number in re.findall(r"^  (\d+)\. [A-Z]+ \S+://\S+$", part, re.MULTILINE)]
        assert numbers == list(range(1, len(numbers) + 1)), part
        assert numbers, part


def test_without_it_nothing_of_that_is_printed(berry: Berry) -> None:
    done = berry("recipe", "check", "strawberry")
    assert done.returncode == 0
    assert done.stdout.count("\n") == 2
    assert "it must say who asks" in done.stdout


def test_a_source_of_this_machine_asks_no_server(berry: Berry) -> None:
    done = berry("recipe", "check", "quickstart", "--dry-run")
    assert "asks no server" in done.stdout
    assert "robots.txt" not in done.stdout  # its pages are served from a folder


SITE = """
name = "small"
contact = "me@example.org"

[[sources]]
kind = "web"
id = "pages"
domain = "lore"
sitemaps = ["{address}/robots.txt"]
"""


def test_what_is_asked_for_once_is_printed_once_with_all_that_it_is_for(berry: Berry, tmp_path: Path) -> None:
    recipe = tmp_path / "small.toml"
    recipe.write_text(SITE.format(address="https://example.org"))
    done = berry("recipe", "check", recipe, "--dry-run")
    assert f"{recipe}: well formed, 1 source.\n" in done.stdout
    assert done.stdout.count("robots.txt") == 1
    assert "1. GET https://example.org/robots.txt\n     what the site allows, and a sitemap\n" in done.stdout
    assert "private_addresses" not in done.stdout


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "10.0.0.1", "[::1]"])
def test_an_address_that_may_not_be_asked_is_told(berry: Berry, tmp_path: Path, host: str) -> None:
    recipe = tmp_path / "small.toml"
    recipe.write_text(SITE.format(address=f"http://{host}"))
    told = f"pages may not ask {host}, which is on this machine or in a private network; set `private_addresses` in the recipe"
    assert told in berry("recipe", "check", recipe).stdout
    recipe.write_text(SITE.format(address=f"http://{host}") + "private_addresses = true\n")
    assert "may not ask" not in berry("recipe", "check", recipe).stdout

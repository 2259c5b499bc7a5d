"""`berry recipe check --dry-run`: what a recipe would ask of whom, without asking anybody."""

import re

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

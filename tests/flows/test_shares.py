"""What a curation says where the mix has no room for good documents."""

import re
from pathlib import Path

import pytest

from tests.flows.conftest import SAMPLE, Berry
from tests.flows.curations import curate, rows

RECIPE = """
name = "unequal"

[[sources]]
kind = "files"
id = "many"
domain = "lore"
path = "SAMPLE/lore"

[[sources]]
kind = "files"
id = "few"
domain = "transcript"
path = "SAMPLE/talks"

[mix]
max_repetitions = 1

[mix.shares]
lore = 0.2
transcript = 0.8
"""


@pytest.mark.slow
def test_a_curation_says_which_domain_binds_and_how_many_documents_that_costs(berry: Berry, tmp_path: Path) -> None:
    recipe = tmp_path / "unequal.toml"
    recipe.write_text(RECIPE.replace("SAMPLE", str(SAMPLE)))
    said = curate(berry, recipe, tmp_path / "home")
    found = re.search(
        r"^balance +([\d,]+) documents dropped \(over_share\): domain transcript binds: .*; add text to transcript", said, re.M
    )
    assert found, said
    assert rows(tmp_path / "home", "select sum(documents)::int from drop_reasons where reason = 'over_share'") == [(int(found[1]),)]
    recipe.write_text(recipe.read_text().replace("transcript = 0.8", "transcript = 0.02"))
    assert "domain transcript binds" not in curate(berry, recipe, tmp_path / "home")

"""What a curation leaves to look at, for a person who does not want to train yet."""

import re
from pathlib import Path

from tests.flows.conftest import Berry
from tests.flows.curations import curate
from tests.flows.small import small


def test_a_curation_writes_the_report_of_what_there_is_and_says_where_it_and_the_texts_are(berry: Berry, tmp_path: Path) -> None:
    small(tmp_path)
    home = tmp_path / "home"
    said = curate(berry, tmp_path / "small.toml", home)
    page = home / "reports" / "small.html"
    assert re.search(rf"^report +{re.escape(str(page))}$", said, re.MULTILINE), said
    assert 'berry sql "select domain, uri, text from documents semi join corpus' in said
    html = page.read_text()
    assert set(re.findall(r'<section id="(\w+)" class="absent">', html)) >= {"compression", "training", "losses", "samples"}
    assert "run <code>berry build small</code>" in html

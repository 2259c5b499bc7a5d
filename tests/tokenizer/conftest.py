"""The small corpus, made once for all tests of this floor."""

import pytest
from small_corpus import Made, make


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("corpus"))

"""What the tests of sources share: a capture of files, a small site on the loopback interface, a clock that ends hangs."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina
from archives import Captured
from arxiv_site import Arxiv
from captured_source import Captures
from small_site import Site, running
from table_files import Read, source
from web_capture import Passes
from web_site import WebSite, open_site
from youtube_site import Tube, tube_running

from curation.domains import Domain
from curation.sources import files
from curation.sources.context import Context
from curation.sources.fetch.pace import SHARED
from curation.sources.kinds import FilesSource
from curation.sources.papers import PapersSource


@pytest.fixture
def capture(tmp_path: Path) -> Callable[..., Captured]:
    """Captures a path below the test's folder with some settings of a files source."""

    def captured(path: str, **settings: Any) -> Captured:
        source = FilesSource(kind="files", id="s", domain=Domain.LORE, path=path, **settings)
        return Captured(list(files.items(source, tmp_path)))

    return captured


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Captures tables below the test's folder with some settings of a dataset source."""
    return lambda **settings: Captured(list(source(**settings).items(Context(tmp_path, tmp_path / "state"))))


@pytest.fixture
def no_hang() -> Iterator[None]:
    """Fails a test that waits where it must not."""

    def ring(*_: object) -> None:
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(10)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as small:
        yield small


@pytest.fixture
def other_site() -> Iterator[Site]:
    with running() as small:
        yield small


@pytest.fixture(autouse=True)
def back_off_takes_no_time() -> Iterator[None]:
    stamina.set_testing(True, attempts=4)
    yield
    stamina.set_testing(False)


@pytest.fixture(autouse=True)
def no_host_is_known_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port may be given to the server of another test, and what that asked for is not asked of this one."""
    monkeypatch.setattr(SHARED, "_by_host", {})


@pytest.fixture
def web() -> Iterator[WebSite]:
    with open_site() as small:
        yield small


@pytest.fixture
def passes(tmp_path: Path) -> Passes:
    return Passes(tmp_path)


@pytest.fixture
def tube(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tube]:
    """A stand-in for YouTube, which the libraries take for it."""
    import certifi

    with tube_running(tmp_path) as (running, proxy, certificate):
        for name in ("NO_PROXY", "no_proxy", "https_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        monkeypatch.setattr(certifi, "where", lambda: str(certificate))
        yield running


@pytest.fixture
def arxiv() -> Iterator[Arxiv]:
    with running() as small:
        found = Arxiv(address=small.address, asked=small.asked)
        small.answer = found.answer  # type: ignore[method-assign]
        yield found


@pytest.fixture
def papers(arxiv: Arxiv) -> Callable[..., PapersSource]:
    """A source of papers of the small arXiv, with some settings."""

    def made(**settings: Any) -> PapersSource:
        base = {
            "kind": "papers", "id": "p", "domain": "paper", "private_addresses": True, "delay_seconds": 0,
            "api": f"{arxiv.address}/api/query", "oai": f"{arxiv.address}/oai", "site": arxiv.address,
        }  # fmt: skip
        return PapersSource.model_validate(base | settings)

    return made


@pytest.fixture
def captures(tmp_path: Path) -> Captures:
    return Captures(tmp_path)

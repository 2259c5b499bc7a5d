"""What the tests of sources share: a capture of files, a small site on the loopback interface, a clock that ends hangs."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import stamina
from archives import Captured
from small_site import Answer, Site
from small_tables import Read, dataset_source
from web_capture import Passes
from web_site import WebSite, open_site

from curation.domains import Domain
from curation.sources import files
from curation.sources.context import Context
from curation.sources.kinds import FilesSource


@pytest.fixture
def capture(tmp_path: Path) -> Callable[..., Captured]:
    """Captures a path below the test's folder with some settings of a files source."""

    def captured(path: str, **settings: Any) -> Captured:
        source = FilesSource(kind="files", id="s", domain=Domain.LORE, path=path, **settings)
        return Captured(list(files.items(source, tmp_path)))

    return captured


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


@contextmanager
def running() -> Iterator[Site]:
    """A small site that answers on a free port for the length of a block."""
    small = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            small.asked.append(self.path)
            small.agents.add(self.headers["User-Agent"])
            given = self.headers["Authorization"]
            small.authorizations.add(given)
            answer = small.answer(self.path) if not small.demands or given == small.demands else Answer("who are you?", 401)
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except ConnectionError:
                small.asked.append("hung up")

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        small.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield small
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def back_off_takes_no_time() -> Iterator[None]:
    stamina.set_testing(True, attempts=4)
    yield
    stamina.set_testing(False)


@pytest.fixture
def web() -> Iterator[WebSite]:
    with open_site() as small:
        yield small


@pytest.fixture
def passes(tmp_path: Path) -> Passes:
    return Passes(tmp_path)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return lambda **settings: Captured(list(dataset_source(**settings).items(Context(tmp_path, tmp_path / "state"))))

"""A web server on the loopback interface that stands in for a site while it is captured."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the capture itself is the record."""

    def send_header(self, keyword: str, value: str) -> None:
        """Leaves out Last-Modified: the times of a checkout's files are no facts of the site."""
        if keyword != "Last-Modified":
            super().send_header(keyword, value)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serves a folder on a free port of 127.0.0.1 for the length of a block; gives the address, as `127.0.0.1:PORT`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()

"""A web server on the loopback interface that stands in for a site while it is captured."""

import mimetypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from curation.sources.formats import Format
from curation.sources.media import UNKNOWN, media_type

_TYPES = mimetypes.MimeTypes()
"""The types that Python itself knows: the tables of the machine would make two machines' captures differ."""


class _Site(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the capture itself is the record."""

    def send_header(self, keyword: str, value: str) -> None:
        """Leaves out Last-Modified: the times of a checkout's files are no facts of the site."""
        if keyword != "Last-Modified":
            super().send_header(keyword, value)

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """The media type by the file's ending, alike on every machine."""
        name = os.fspath(path)
        ours, (theirs, encoding) = media_type(name, Format.AUTO), _TYPES.guess_type(name)
        return ours if ours != UNKNOWN or encoding else theirs or UNKNOWN

    def list_directory(self, path: str | os.PathLike[str]) -> None:  # noqa: ARG002  (named so by the standard library)
        """Refuses: a listing is no page of the site."""
        self.send_error(HTTPStatus.NOT_FOUND, "No index here")


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serves a folder on a free port of 127.0.0.1 for the length of a block; gives the address, as `127.0.0.1:PORT`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Site, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()

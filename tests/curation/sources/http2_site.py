"""A small HTTP/2 server on the loopback interface, over TLS."""

import socketserver
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import h2.config
import h2.connection
import h2.events


@dataclass
class Http2Site:
    """Pages by path, and the requests that came for them, as connection and path."""

    pages: Mapping[str, bytes]
    address: str = ""
    asked: list[tuple[int, str]] = field(default_factory=list)
    short: bool = False  # claims one byte more than it sends


@contextmanager
def open_http2_site(pages: Mapping[str, bytes], tls: ssl.SSLContext) -> Iterator[Http2Site]:
    """A site on a free port for the length of a block."""
    site = Http2Site(pages)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                with tls.wrap_socket(self.request, server_side=True) as stream:
                    _serve(stream, site, self.client_address[1])
            except OSError:
                return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        site.address = f"https://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield site
        server.shutdown()
        thread.join()


def _serve(stream: ssl.SSLSocket, site: Http2Site, peer: int) -> None:
    state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, validate_outbound_headers=False))
    state.initiate_connection()
    stream.sendall(state.data_to_send())
    while data := stream.recv(65_536):
        for event in state.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                _answer(state, event, site, peer)
        stream.sendall(state.data_to_send())


def _answer(state: Any, event: Any, site: Http2Site, peer: int) -> None:
    path = dict(event.headers)[b":path"].decode()
    site.asked.append((peer, path))
    body = site.pages.get(path)
    length = len(body or b"") + site.short
    state.send_headers(event.stream_id, [(":status", "404" if body is None else "200"), ("content-length", str(length))])
    state.send_data(event.stream_id, body or b"", end_stream=True)

"""A stand-in for www.youtube.com: an HTTPS proxy on the loopback interface that answers for it itself.

The libraries under test ask the real address over TLS; only HTTPS_PROXY and the trusted certificate are of the test.
"""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "www.youtube.com"


@dataclass
class Film:
    """A video of the stand-in: its tracks by language code, `a.` before one that a machine made."""

    title: str = "A film"
    tracks: dict[str, list[str]] = field(default_factory=dict)
    playability: dict[str, Any] = field(default_factory=lambda: {"status": "OK"})
    page_status: int = 200


@dataclass
class Reply:
    """An answer in place of the usual one; `pause` is in seconds, after each piece of the body."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pieces: list[bytes] = field(default_factory=list)
    pause: float = 0.0


@dataclass
class Tube:
    """What the stand-in has, and what it was asked."""

    films: dict[str, Film] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    ban_after: int | None = None  # requests
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    open_list: str = ""
    instead: dict[str, Reply] = field(default_factory=dict)  # by path

    def answer(self, method: str, url: str, body: bytes) -> tuple[int, str, str]:
        """Status, content type and body."""
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        self.asked.append(f"{method} {parts.path} {(query.get('v') or query.get('list') or [''])[0]}".strip())
        if self.ban_after is not None and len(self.asked) > self.ban_after:
            return 429, "text/html", "too many"
        if parts.path == "/watch":
            film = self.films.get(query["v"][0])
            return (film.page_status if film else 200), "text/html", '<html>"INNERTUBE_API_KEY":"key1"</html>'
        if parts.path == "/youtubei/v1/player":
            return 200, "application/json", json.dumps(self._player(json.loads(body)["videoId"]))
        if parts.path == "/api/timedtext":
            lines = self.films[query["v"][0]].tracks[query["lang"][0]]
            cues = "".join(f'<text start="{2 * n}.5" dur="1.5">{line}</text>' for n, line in enumerate(lines))
            return 200, "text/xml", f'<?xml version="1.0"?><transcript>{cues}</transcript>'
        if parts.path == "/playlist" or parts.path.endswith("/videos"):
            name = (query.get("list") or [parts.path.strip("/").split("/")[-2]])[0]
            self.open_list = name
            return 200, "text/html", f"<html><script>var ytInitialData = {json.dumps(self._list(name))};</script></html>"
        if parts.path == "/youtubei/v1/browse":
            return 200, "application/json", json.dumps(self._list(self.open_list))
        return 404, "text/html", "no such page"

    def _player(self, video: str) -> dict[str, Any]:
        film = self.films.get(video)
        if film is None:
            return {"playabilityStatus": {"status": "ERROR", "reason": "This video is unavailable"}}
        found: dict[str, Any] = {
            "playabilityStatus": film.playability,
            "videoDetails": {"videoId": video, "title": film.title, "author": "Someone"},
        }
        if film.tracks:
            found["captions"] = {"playerCaptionsTracklistRenderer": {"captionTracks": [_track(video, code) for code in film.tracks]}}
        return found

    def _list(self, name: str) -> dict[str, Any]:
        if name not in self.lists:
            return {"alerts": [{"alertRenderer": {"type": "ERROR", "text": {"runs": [{"text": "The playlist does not exist."}]}}}]}
        entries = [
            {"playlistVideoRenderer": {"videoId": video, "title": {"runs": [{"text": f"Listed {video}"}]}}} for video in self.lists[name]
        ]
        listed = {"itemSectionRenderer": {"contents": [{"playlistVideoListRenderer": {"contents": entries}}]}}
        tab = {"selected": True, "title": "Videos", "content": {"sectionListRenderer": {"contents": [listed]}}}
        endpoint = {"commandMetadata": {"webCommandMetadata": {"url": f"/{name}/videos"}}}
        return {
            "contents": {"twoColumnBrowseResultsRenderer": {"tabs": [{"tabRenderer": tab | {"endpoint": endpoint}}]}},
            "metadata": {"playlistMetadataRenderer": {"title": "A list"}},
        }


def _track(video: str, code: str) -> dict[str, Any]:
    machine = {"kind": "asr"} if code.startswith("a.") else {}
    return {
        "baseUrl": f"https://{HOST}/api/timedtext?v={video}&lang={code}",
        "name": {"runs": [{"text": code}]},
        "languageCode": code.removeprefix("a."),
        **machine,
    }


@contextmanager
def tube_running(folder: Path) -> Iterator[tuple[Tube, str, Path]]:
    """The stand-in, the address of its proxy, and the file of the certificate to trust."""
    tube, certificate = Tube(), _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
            self.close_connection = False

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, body: bytes) -> None:
            tube.agents.add(self.headers["User-Agent"])
            status, kind, text = tube.answer(self.command, self.path, body)
            reply = tube.instead.get(urlsplit(self.path).path)
            if reply is not None:
                self._reply(reply)
                return
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())
            self.wfile.flush()

        def _reply(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in {"Content-Type": "text/html", "Content-Length": str(sum(map(len, reply.pieces))), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for piece in reply.pieces:
                    self.wfile.write(piece)
                    self.wfile.flush()
                    time.sleep(reply.pause)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield tube, f"http://127.0.0.1:{server.server_address[1]}", certificate
        server.shutdown()
        thread.join()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "youtube.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + built.public_bytes(serialization.Encoding.PEM))
    return path

"""A site for the tests of crawls: pages, traps without end, sitemaps, feeds, conditional requests, and its own access log."""

import gzip
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORDS = ["berry", "river", "stone", "morning", "village", "walking", "garden", "window", "letter", "winter", "market", "thunder"]


@dataclass(frozen=True)
class Reply:
    """What the site answers with. With an `etag`, a request that knows it is answered by 304."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})
    etag: str = ""


@dataclass(frozen=True)
class Request:
    """A line of the access log. `sent`: bytes of the answer, with its headers."""

    path: str
    status: int
    sent: int
    conditional: bool
    agent: str


@dataclass
class WebSite:
    """Paths with their replies; `rules` answer for the paths that begin with a prefix, for parts without end."""

    pages: dict[str, Reply] = field(default_factory=dict)
    rules: dict[str, Callable[[str], Reply]] = field(default_factory=dict)
    log: list[Request] = field(default_factory=list)
    address: str = ""

    def reply(self, path: str) -> Reply:
        if path in self.pages:
            return self.pages[path]
        rule = next((rule for prefix, rule in self.rules.items() if path.startswith(prefix)), None)
        return rule(path) if rule else Reply(b"no such page", 404)

    def asked(self) -> list[str]:
        """The paths that were asked for, in their order, without robots.txt."""
        return [request.path for request in self.log if request.path != "/robots.txt"]

    def bytes_sent(self) -> int:
        return sum(request.sent for request in self.log)

    def put(self, path: str, body: str, **headers: str) -> None:
        """Puts a page there; `link_` of a name stands for `-`."""
        named = {"Content-Type": "text/html; charset=utf-8"} | {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = Reply(body.encode(), headers=named)


def page(*hrefs: str, head: str = "", text: str = "text") -> str:
    """A page of HTML with links."""
    return (
        f"<!DOCTYPE html><html><head>{head}</head><body><p>{text}{''.join(f'<p><a href={href!r}>link</a>' for href in hrefs)}</body></html>"
    )


def prose(seed: int, words: int = 120) -> str:
    """A text of its own for each seed."""
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def large_site(site: WebSite, pages: int, words: int = 1_200) -> None:
    """Pages by number, each with a text of its own, an ETag, and links to ten others; all are reached from `/`."""

    def numbered(path: str) -> Reply:
        number = int(path.removeprefix("/page/") or 0)
        if number >= pages:
            return Reply(b"no such page", 404)
        links = sorted({(number * 10 + step) % pages for step in range(1, 11)})
        body = page(*(f"/page/{link}" for link in links), "/", text=prose(number, words)).encode()
        return Reply(body, etag=f'"{sha256(body).hexdigest()[:12]}"')

    site.pages["/"] = Reply(page("/page/0", "/page/1").encode(), etag='"start"')
    site.rules["/page/"] = numbered


def sitemap(*locs: str, lastmod: str = "") -> bytes:
    """A sitemap of some addresses."""
    stamp = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    urls = "".join(f"<url><loc>{loc}</loc>{stamp}</url>" for loc in locs)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def sitemap_index(*locs: str) -> bytes:
    """An index of sitemaps."""
    maps = "".join(f"<sitemap><loc>{loc}</loc></sitemap>" for loc in locs)
    return f'<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{maps}</sitemapindex>'.encode()


def packed(content: bytes) -> bytes:
    """The same by gzip, alike at every time."""
    return gzip.compress(content, mtime=0)


@contextmanager
def open_site() -> Iterator[WebSite]:
    """The site on a free port of the loopback interface for the length of a block."""
    site, lock = WebSite(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            reply = site.reply(self.path)
            known = self.headers["If-None-Match"]
            unchanged = bool(reply.etag) and known == reply.etag
            body, status = (b"", 304) if unchanged else (reply.body, reply.status)
            headers = {**reply.headers, **({"ETag": reply.etag} if reply.etag else {})}
            length = {} if unchanged else {"Content-Length": str(len(body))}
            head = f"HTTP/1.1 {status} x\r\n" + "".join(f"{n}: {v}\r\n" for n, v in (headers | length).items()) + "\r\n"
            with lock:
                conditional = known is not None or "If-Modified-Since" in self.headers
                site.log.append(Request(self.path, status, len(head) + len(body), conditional, self.headers["User-Agent"] or ""))
            try:
                self.wfile.write(head.encode("latin-1") + body)
            except ConnectionError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: there is the site's own log."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        site.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()

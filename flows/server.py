"""The service's server process: Prefect's API and UI with all its background services, and the reports beside them.

Prefect lets any web page that a browser on this machine shows send it requests, and so start flows. Here a request that a
page of another address sends is refused, and so is one under a name that is not this machine's: a page can give its own
name this machine's address. Prefect's tokens against forged requests are left off by default: they would add nothing to
this, and every script that posts to the API would need one.
"""

import base64
import binascii
import hmac
import os
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.processes import end_with_parent
from flows.service_plan import PASSWORD

if TYPE_CHECKING:
    from sqlalchemy import Connection

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})

REPORTS = "/reports"
REPORT_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}

OWN_REQUESTS = "connect-src 'self'"
"""What a page without a policy of its own may connect to: Prefect's UI asks a site of its makers how to count its users."""

GRACE_SECONDS = 2
"""How long requests in progress may take when the server ends."""


class Guard:
    """Lets through what a person's own browser and programs ask for, and nothing that a foreign page makes a browser ask."""

    def __init__(self, app: ASGIApp, names: Iterable[str], origins: Iterable[str]) -> None:
        """`names` are the hosts that requests may name, none for any; `origins` other sites that may send requests, * for any."""
        self.app = app
        self.names = frozenset(name.lower() for name in names)
        self.origins = frozenset(origin.strip().lower() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on or refuses it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(Headers(scope=scope))
        if not refusal:
            await self.app(scope, receive, _confined(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "foreign origin"})
        else:
            await PlainTextResponse(refusal, 403)(scope, receive, send)

    def _refusal(self, headers: Headers) -> str:
        host, origin = headers.get("host", "").lower(), headers.get("origin", "").lower()
        if self.names and _name(host) not in self.names:
            return f"This service answers to {', '.join(sorted(self.names))} only. Set {PASSWORD} to use it under another name.\n"
        if origin and not self.origins & {"*", origin} and origin.partition("://")[2] != host:
            return "This service takes no requests from pages of other sites. PREFECT_SERVER_CORS_ALLOWED_ORIGINS names exceptions.\n"
        return ""


class Reports:
    """Serves the reports of a workspace at /reports/NAME.html; everything else is another app's."""

    def __init__(self, app: ASGIApp, folder: Path, secret: str) -> None:
        """`secret` is the user:password to ask for, empty for none."""
        self.app = app
        self.folder = folder
        self.secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope["type"] == "http" and (scope["path"] == REPORTS or scope["path"].startswith(f"{REPORTS}/")):
            await self._answer(scope)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        if self.secret and not _knows(self.secret, Headers(scope=scope).get("authorization", "")):
            return PlainTextResponse("A password is needed.\n", 401, {"WWW-Authenticate": 'Basic realm="Berrypatch", charset="UTF-8"'})
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("Reports can only be read.\n", 405, {"Allow": "GET, HEAD"})
        path = self._file(scope["path"].removeprefix(REPORTS).removeprefix("/"))
        if path is None:
            return PlainTextResponse("There is no such report. `berry build` and `berry train` write them.\n", 404)
        return FileResponse(path, media_type="text/html", headers=REPORT_HEADERS)

    def _file(self, name: str) -> Path | None:
        if "/" in name or "\0" in name or not name.endswith(".html"):
            return None
        path = (self.folder / name).resolve()
        return path if path.parent == self.folder.resolve() and path.is_file() else None


def _name(host: str) -> str:
    """A host without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _knows(secret: str, authorization: str) -> bool:
    scheme, _, given = authorization.partition(" ")
    try:
        said = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return False
    return scheme.lower() == "basic" and hmac.compare_digest(said, secret.encode())


def _confined(send: Send) -> Send:
    """Keeps a page to this server, and other sites from showing it inside their own pages, where they could lead a person's clicks."""

    async def with_header(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("X-Frame-Options", "SAMEORIGIN")
            headers.setdefault("Content-Security-Policy", OWN_REQUESTS)
        await send(message)

    return with_header


def lock_at_once() -> None:
    """Has a transaction on SQLite that may write take the lock for it when it begins, and so wait for its turn.

    Prefect takes it at the first write. Where another has written since the transaction first read, SQLite refuses that
    write at once, whatever the time-out: a person who starts a run gets a 503, and the triggers lose events.
    """
    from prefect.server.database.configurations import SQLITE_BEGIN_MODE, AioSqliteConfiguration

    def begin(self: AioSqliteConfiguration, conn: "Connection") -> None:  # noqa: ARG001 (it becomes a method)
        if SQLITE_BEGIN_MODE.get() is not None:
            conn.exec_driver_sql("BEGIN IMMEDIATE")

    AioSqliteConfiguration.begin_sqlite_stmt = begin  # type: ignore[method-assign]


def main(descriptor: int, home: Path) -> None:
    """Serves at a socket that is already open, until told to end or until the parent process is gone."""
    end_with_parent(lambda: os._exit(0))
    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    lock_at_once()
    settings = get_current_settings().server
    secret = settings.api.auth_string.get_secret_value() if settings.api.auth_string else ""
    app = Reports(create_app(final=True), home / "reports", secret)
    guarded = Guard(app, () if secret else {*OWN_NAMES, settings.api.host}, settings.api.cors_allowed_origins.split(","))
    config = uvicorn.Config(
        guarded,
        lifespan="on",
        log_level="warning",
        timeout_keep_alive=settings.api.keepalive_timeout,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ws_ping_interval=settings.api.websocket_ping_interval,
        ws_ping_timeout=settings.api.websocket_ping_timeout,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))

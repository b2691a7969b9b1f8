"""The ASGI application of the live channel: `/live/`, `/live/here` and `/healthz`.

    GET /live/?since=CURSOR   server-sent events, until the browser goes or its session ends
    POST /live/here?stream=   {"<thread>": "viewing" | "writing" | "away"}: what the tabs show

A plain function beside Django: its middlewares would hold a thread for each stream.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import Error

from inbox.live.hub import RANK, Full, Hub
from inbox.live.streams import Stream, event

log = logging.getLogger(__name__)
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

LONGEST_BODY = 4_000
MOST_THREADS = 50
# Proxies neither hold events back nor store or compress them.
STREAMED = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
]
PLAIN = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]


class App:
    def __init__(self, is_ending: Callable[[], bool] = lambda: False) -> None:
        self.hub = Hub()
        self.is_ending = is_ending

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == "/healthz":
            await answer(send, 200, b"ok")
        elif (allowed := cors_of(scope)) is None:
            await answer(send, 403)
        elif (scope["method"], scope["path"]) == ("GET", "/live/"):
            await self._stream(scope, receive, send, allowed)
        elif (scope["method"], scope["path"]) == ("POST", "/live/here"):
            await self._here(scope, receive, send, allowed)
        else:
            await answer(send, 404)

    async def _live(self, receive: Receive, send: Send) -> None:
        """The process starts and ends."""
        await receive()
        loop = asyncio.create_task(self.hub.run(self.is_ending))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        loop.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def _stream(self, scope: Scope, receive: Receive, send: Send, cors: Headers) -> None:
        try:
            stream = await self.hub.begin(session_of(scope), value_of(scope, "since"))
        except (Full, Error):
            await answer(send, 503, headers=cors)
            return
        head = {"type": "http.response.start", "status": 200, "headers": [*STREAMED, *cors]}
        await send(head)
        if stream is None:
            await send({"type": "http.response.body", "body": event("bye")})
            return
        watch = asyncio.create_task(until_gone(receive, stream))
        try:
            while piece := await stream.waiting.get():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            watch.cancel()
            await asyncio.shield(self._leave(stream))

    async def _leave(self, stream: Stream) -> None:
        try:
            await self.hub.leave(stream)
        except Error as error:
            log.warning("the end of a user's presence was not reported: %s", type(error).__name__)

    async def _here(self, scope: Scope, receive: Receive, send: Send, cors: Headers) -> None:
        stream = self.hub.streams.get(value_of(scope, "stream"))
        if stream is None or stream.session != session_of(scope):
            await answer(send, 404, headers=cors)
            return
        try:
            states = read_states(await body_of(receive))
            await self.hub.show(stream, states)
        except ValueError:
            await answer(send, 400, headers=cors)
        except Error:
            await answer(send, 503, headers=cors)
        else:
            await answer(send, 204, headers=cors)


async def until_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


async def answer(
    send: Send, status: int, body: bytes = b"", *, headers: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    head = {"type": "http.response.start", "status": status, "headers": [*PLAIN, *headers]}
    await send(head)
    await send({"type": "http.response.body", "body": body})


# -- requests ---------------------------------------------------------------


def header_of(scope: Scope, name: bytes) -> str:
    headers: Headers = scope["headers"]
    return dict(headers).get(name, b"").decode("latin-1")


def value_of(scope: Scope, name: str) -> str:
    query: bytes = scope["query_string"]
    return parse_qs(query.decode("latin-1")).get(name, [""])[0]


def session_of(scope: Scope) -> str:
    """The key of the session; empty without one."""
    try:
        cookies = SimpleCookie(header_of(scope, b"cookie"))
    except CookieError:
        return ""
    found = cookies.get(settings.SESSION_COOKIE_NAME)
    return found.value if found else ""


def cors_of(scope: Scope) -> Headers | None:
    """The headers for a script of the desk, which may have another port. None for other origins."""
    origin = header_of(scope, b"origin")
    if not origin:
        # Browsers leave it out of a GET to the page's own origin.
        return None if scope["method"] == "POST" else []
    host = header_of(scope, b"host")
    desk = f"http://{urlsplit(f'//{host}').hostname}:{settings.PORT}"
    if urlsplit(origin).netloc != host and origin not in {desk, *settings.CSRF_TRUSTED_ORIGINS}:
        return None
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


async def body_of(receive: Receive) -> bytes:
    """Raises ValueError if it is too long."""
    body, is_more = b"", True
    while is_more:
        message = await receive()
        body += message.get("body", b"")
        is_more = message.get("more_body", False)
        if len(body) > LONGEST_BODY:
            raise ValueError("too long")
    return body


def read_states(body: bytes) -> dict[int, str]:
    """Raises ValueError for anything but states by primary key."""
    told = json.loads(body)
    if not isinstance(told, dict) or len(told) > MOST_THREADS:
        raise ValueError("no states")
    states = {int(pk): str(state) for pk, state in told.items()}
    if not {*states.values()} <= {*RANK} or not all(0 < pk < 2**63 for pk in states):
        raise ValueError("unknown states")
    return states

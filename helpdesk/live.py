"""Where browsers reach the live channel, and its processes' signs of life in Redis."""

import os
import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from helpdesk.workers import client

KEY = "helpdesk:live"
# Three missed signs of life.
SILENT_AFTER = 65
GetResponse = Callable[[HttpRequest], HttpResponse]


def beat(streams: int) -> None:
    """Says that this process lives, and how many streams it holds open. Raises RedisError."""
    client().hset(KEY, f"{socket.gethostname()} {os.getpid()}", f"{streams} {time.time():.0f}")
    client().expire(KEY, SILENT_AFTER)


def heard() -> list[int]:
    """The number of open streams of each process that lives. Raises RedisError."""
    found = (one.partition(" ") for one in client().hgetall(KEY).values())
    return [int(streams) for streams, _, at in found if time.time() - float(at) < SILENT_AFTER]


def live_address(request: HttpRequest) -> str:
    """A path, or an URL on another port of the request's host."""
    if not settings.LIVE_URL.startswith(":"):
        return str(settings.LIVE_URL)
    host = urlsplit(f"//{request.get_host()}").hostname
    return f"{request.scheme}://{host}{settings.LIVE_URL}"


class LiveMiddleware:
    """Lets pages connect to the live channel, where it has a port of its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.LIVE_URL.startswith(":") and response.status_code != 400:
            address = urlsplit(live_address(request))
            origin = f"{address.scheme}://{address.netloc}"
            response._csp_update = {"connect-src": [origin]}  # type: ignore[attr-defined]
        return response

"""Calls over HTTP: one pool per process, time-outs, retries of reads, Retry-After."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from inbox.mirakl import errors
from inbox.mirakl.wire import complaint

USER_AGENT = "helpdesk"
LARGEST_ANSWER = 50_000_000
RETRIES = 2
RETRIED_STATUSES = {502, 503, 504}
# Where a 429 names no moment.
PATIENCE = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Timeouts:
    """Seconds. `total` bounds a read with its retries; a write has no bound but its own pace."""

    connect: float = 5
    read: float = 30
    write: float = 30
    pool: float = 5
    total: float = 30

    def within(self, seconds: float) -> httpx.Timeout:
        return httpx.Timeout(
            connect=min(self.connect, seconds),
            read=min(self.read, seconds),
            write=min(self.write, seconds),
            pool=min(self.pool, seconds),
        )


class Transport:
    """Shared by all clients of a process: connections are pooled, credentials are per call."""

    def __init__(
        self, *, timeouts: Timeouts | None = None, http: httpx.BaseTransport | None = None
    ) -> None:
        self.timeouts = timeouts or Timeouts()
        self._client = httpx.Client(
            transport=http,
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=40),
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            # The key goes to the marketplace's own host and nowhere else.
            follow_redirects=False,
            trust_env=False,
        )
        self._waits: dict[tuple[str, httpx.Auth], datetime] = {}

    def close(self) -> None:
        self._client.close()

    # -- reads -----------------------------------------------------------

    def read(
        self,
        operation: str,
        url: str,
        *,
        params: dict[str, str],
        auth: httpx.Auth,
        timeout: float | None = None,
    ) -> bytes:
        """The body of a 200; `timeout` bounds it all, retries and the last byte included."""
        deadline = time.monotonic() + (self.timeouts.total if timeout is None else timeout)
        for attempt in range(RETRIES + 1):
            is_last = attempt == RETRIES
            try:
                with self._open(operation, url, params, auth, deadline) as response:
                    if response.status_code not in RETRIED_STATUSES or is_last:
                        self._raise_for(operation, response, auth)
                        return _body(operation, response, deadline)
            except httpx.TransportError as error:
                if is_last or isinstance(error, httpx.ReadTimeout):
                    raise _failed_read(operation, error) from error
            pause = random.uniform(0.05, 0.2) * 2**attempt  # noqa: S311
            if time.monotonic() + pause >= deadline:
                raise errors.Unavailable("It did not answer in time.", operation=operation)
            time.sleep(pause)
        raise AssertionError("unreachable")

    @contextmanager
    def stream(
        self, operation: str, url: str, *, params: dict[str, str], auth: httpx.Auth
    ) -> Iterator[httpx.Response]:
        """An answer that is read as it comes. Tried once: its reader holds part of it already."""
        try:
            deadline = time.monotonic() + self.timeouts.total
            with self._open(operation, url, params, auth, deadline) as response:
                self._raise_for(operation, response, auth)
                yield response
        except httpx.TransportError as error:
            raise _failed_read(operation, error) from error

    @contextmanager
    def _open(
        self,
        operation: str,
        url: str,
        params: dict[str, str],
        auth: httpx.Auth,
        deadline: float,
    ) -> Iterator[httpx.Response]:
        left = deadline - time.monotonic()
        if left <= 0:
            raise errors.Unavailable("It did not answer in time.", operation=operation)
        self._heed(operation, url, auth)
        timeout = self.timeouts.within(left)
        request = self._client.build_request("GET", url, params=params, timeout=timeout)
        response = self._client.send(request, auth=auth, stream=True)
        try:
            yield response
        finally:
            response.close()

    # -- writes ----------------------------------------------------------

    def write(
        self,
        operation: str,
        url: str,
        *,
        auth: httpx.Auth,
        wrap: Any = None,
        **body: Any,
    ) -> bytes:
        """The body of a 2xx, empty where it broke off: it was accepted all the same.

        `body` is what httpx's `build_request` takes; `wrap` puts its own stream around it.
        Never repeated: there is no idempotency key.
        """
        self._heed(operation, url, auth)
        timeout = self.timeouts.within(self.timeouts.total)
        request = self._client.build_request("POST", url, timeout=timeout, **body)
        if wrap is not None:
            total = int(request.headers.get("Content-Length", 0))
            request.stream = wrap(request.stream, total)
        try:
            response = self._client.send(request, auth=auth, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise errors.Unreachable("It cannot be reached.", operation=operation) from error
        except httpx.TransportError as error:
            raise errors.Uncertain("Its answer was lost.", operation=operation) from error
        try:
            return self._written(operation, response, auth)
        finally:
            response.close()

    def _written(self, operation: str, response: httpx.Response, auth: httpx.Auth) -> bytes:
        if response.status_code >= 500:
            reason = f"It answered {response.status_code}."
            raise errors.Uncertain(reason, operation=operation)
        self._raise_for(operation, response, auth)
        try:
            return _body(operation, response, time.monotonic() + self.timeouts.read)
        except (httpx.TransportError, errors.Unavailable):
            return b""

    # -- answers ---------------------------------------------------------

    def _heed(self, operation: str, url: str, auth: httpx.Auth) -> None:
        """Do not call one who has asked to wait."""
        until = self._waits.get((httpx.URL(url).host, auth))
        if until and until > datetime.now(UTC):
            raise errors.RateLimited("It asks us to wait.", until=until, operation=operation)

    def _raise_for(self, operation: str, response: httpx.Response, auth: httpx.Auth) -> None:
        status = response.status_code
        if status < 300:
            return
        if status == 429:
            until = _retry_after(response.headers.get("Retry-After"))
            self._waits[response.url.host, auth] = until
            raise errors.RateLimited("It asks us to wait.", until=until, operation=operation)
        if status >= 500:
            raise errors.Unavailable(f"It answered {status}.", operation=operation)
        said = complaint(_beginning(response))
        kind = _REFUSALS.get(status, errors.Refused)
        raise kind(
            said.message,
            status=status,
            message=said.message,
            fields=said.fields,
            operation=operation,
        )


_REFUSALS: dict[int, type[errors.Refused]] = {
    401: errors.BadCredentials,
    403: errors.Forbidden,
    404: errors.NotFound,
    410: errors.Gone,
    413: errors.TooLarge,
}


def _body(operation: str, response: httpx.Response, deadline: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise errors.Garbled("Its answer has no end.", operation=operation)
        if time.monotonic() > deadline:
            raise errors.Unavailable("It did not answer in time.", operation=operation)
    return bytes(body)


def _beginning(response: httpx.Response) -> bytes:
    """Enough of an error's body for its words; a broken one has none."""
    body = bytearray()
    try:
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > 100_000:
                break
    except httpx.TransportError:
        return b""
    return bytes(body)


def _failed_read(operation: str, error: httpx.TransportError) -> errors.MiraklError:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return errors.Unreachable("It cannot be reached.", operation=operation)
    if isinstance(error, httpx.TimeoutException):
        return errors.Unavailable("It did not answer in time.", operation=operation)
    return errors.Unavailable("It broke the connection.", operation=operation)


def _retry_after(value: str | None) -> datetime:
    """Seconds as Mirakl documents, or an HTTP date; bounded, as it stops all calls until then."""
    now = datetime.now(UTC)
    try:
        until = now + timedelta(seconds=max(0, float(value or "")))
    except (ValueError, OverflowError):
        try:
            until = parsedate_to_datetime(value or "")
        except ValueError:
            until = now + PATIENCE
    return min(until, now + LONGEST_WAIT)


_shared: Transport | None = None
_sharing = threading.Lock()


def shared() -> Transport:
    """The process's own, made when it is first needed: after a fork, not before."""
    global _shared
    with _sharing:
        if _shared is None:
            _shared = Transport()
        return _shared

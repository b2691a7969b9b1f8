"""Calls over HTTP: one pool per process, time-outs, retries of reads, Retry-After."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from inbox.mirakl import answers, bodies, errors
from inbox.mirakl.deadlines import Deadline, TimeLeft, Timeouts, punctual
from inbox.mirakl.ranges import Part
from inbox.mirakl.watching import Call, note_answer
from inbox.mirakl.wire import UNREADABLE_FILE, Counted, Progress

USER_AGENT = "helpdesk/0.1.0"
RETRIES = 2
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=40)
HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "application/json",
    "Accept-Encoding": bodies.PACKING,
}


class Transport:
    """Shared by all clients of a process: connections are pooled, credentials are per call.

    No `httpx.Client` stands between: it would keep the cookies of one account and send them with
    the key of another, follow redirects, and unpack without a bound.
    """

    def __init__(
        self, *, timeouts: Timeouts | None = None, http: httpx.BaseTransport | None = None
    ) -> None:
        self.timeouts = timeouts or Timeouts()
        self._http = http or punctual(LIMITS)
        self._is_closed = False
        # Until when a host, or the address of a token endpoint, has asked a credential to wait.
        self._waits: dict[tuple[str, httpx.Auth], datetime] = {}

    def close(self) -> None:
        """Permanently: the pool itself would connect again."""
        self._is_closed = True
        self._http.close()

    # -- reads -----------------------------------------------------------

    def read(
        self,
        operation: str,
        url: str,
        *,
        params: dict[str, str],
        auth: httpx.Auth,
        timeout: float | None = None,
        call: Call | None = None,
    ) -> bytes:
        """The body of a 2xx; `timeout` bounds it all, retries and the last byte included."""
        left = self._time_left(timeout)
        for attempt in range(RETRIES + 1):
            is_last = attempt == RETRIES
            try:
                with self._get(operation, url, auth, left, call, params=params) as response:
                    if is_last or not answers.may_pass(response):
                        self._raise_for(operation, response, auth)
                        return bodies.whole(operation, response, bodies.LARGEST_ANSWER)
            except httpx.RequestError as error:
                if is_last or not answers.is_worth_a_retry(error):
                    raise answers.failed_read(operation, error) from error
            pause = random.uniform(0.05, 0.2) * 2**attempt  # noqa: S311
            if time.monotonic() + pause >= left.deadline:
                raise errors.Unavailable(answers.LATE, operation=operation)
            time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def stream(
        self,
        operation: str,
        url: str,
        *,
        params: dict[str, str],
        auth: httpx.Auth,
        call: Call | None = None,
        part: Part | None = None,
    ) -> Iterator[httpx.Response]:
        """An answer that is read as it comes. Tried once: its reader holds part of it already.

        A file may lie in a storage, whose signed address is its own right: there it is asked for
        once, without the key.
        """
        left = self._time_left(None)
        # As it lies there: only then does its length tell whether all of it has come.
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"} | (part.headers if part else {})
        try:
            with ExitStack() as stack:
                asked = self._get(operation, url, auth, left, call, params=params, headers=headers)
                response = stack.enter_context(asked)
                if (address := answers.storage_of(response)) is not None:
                    status = response.status_code
                    stack.close()
                    auth = httpx.Auth()
                    asked = self._get(operation, address, auth, left, call, headers=headers)
                    response = stack.enter_context(asked)
                    # A log-in page that isn't where it should be says nothing of the file.
                    if response.is_client_error and answers.asks_to_sign_in(address):
                        raise answers.sent_to_sign_in(operation, status)
                self._raise_for(operation, response, auth)
                left.lift()
                yield response
        except httpx.RequestError as error:
            raise answers.failed_read(operation, error) from error

    def _time_left(self, seconds: float | None) -> TimeLeft:
        return TimeLeft(self.timeouts, self.timeouts.total if seconds is None else seconds)

    @contextmanager
    def _get(
        self,
        operation: str,
        url: str,
        auth: httpx.Auth,
        left: TimeLeft,
        call: Call | None,
        **more: Any,
    ) -> Iterator[httpx.Response]:
        extensions = {"timeout": left, "call": call}
        request = self._request(operation, "GET", url, extensions=extensions, **more)
        self._heed(operation, request.url.host, auth)
        with self._sent(operation, request, auth) as response:
            yield response

    # -- writes ----------------------------------------------------------

    def write(
        self,
        operation: str,
        url: str,
        *,
        auth: httpx.Auth,
        method: str = "POST",
        success: int = 201,
        progress: Progress | None = None,
        send_before: Deadline | None = None,
        call: Call | None = None,
        **body: Any,
    ) -> bytes:
        """The body of the success, empty where it broke off: it was accepted all the same.

        `body` is what httpx builds a request from. Never repeated: there is no idempotency key.
        """
        extensions: dict[str, object] = {"timeout": TimeLeft(self.timeouts), "call": call}
        if send_before is not None:
            extensions["trace"] = send_before.watch
        request = self._request(operation, method, url, extensions=extensions, **body)
        self._heed(operation, request.url.host, auth)
        if progress is not None:
            request.stream = Counted(request, progress)
        try:
            with self._sent(operation, request, auth) as response:
                return self._written(operation, response, auth, success)
        except httpx.RequestError as error:
            raise answers.failed_write(operation, error, request) from error
        except OSError as error:
            raise errors.Invalid(UNREADABLE_FILE, field="files", operation=operation) from error

    def _written(
        self, operation: str, response: httpx.Response, auth: httpx.Auth, success: int
    ) -> bytes:
        if response.status_code >= 500:
            self._note_wait(response, auth)
            failed = answers.breakdown(operation, response)
            raise errors.Uncertain(
                failed.reason,
                operation=operation,
                kind=failed.kind,
                correlation_id=failed.correlation_id,
            )
        self._raise_for(operation, response, auth)
        try:
            body = bodies.whole(operation, response, bodies.LARGEST_ANSWER)
        except (httpx.RequestError, errors.Unavailable):
            body = b""
        # Gateways show pages of their own with a 200; only Mirakl answers 201, or 204 to a DELETE.
        if response.status_code != success and not body.lstrip().startswith(b"{"):
            reason = "It does not say that it accepted."
            raise errors.Uncertain(reason, operation=operation)
        return body

    # -- both ------------------------------------------------------------

    def _request(
        self,
        operation: str,
        method: str,
        url: str,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> httpx.Request:
        try:
            return httpx.Request(method, url, headers=HEADERS | (headers or {}), **more)
        except httpx.InvalidURL as error:
            kind = errors.FailureKind.ADDRESS
            reason = "Its address is none."
            raise errors.Unreachable(reason, operation=operation, kind=kind) from error

    @contextmanager
    def _sent(
        self, operation: str, request: httpx.Request, auth: httpx.Auth
    ) -> Iterator[httpx.Response]:
        try:
            response = self._exchange(operation, request, auth)
        except errors.MiraklError as error:
            # Of the credential, which does not know what it is asked for.
            error.operation = operation
            raise
        if call := request.extensions["call"]:
            note_answer(call, response)
        try:
            yield response
        finally:
            response.close()
            if self._is_closed:
                # Its connection went back into the pool that was closed meanwhile.
                self._http.close()

    def _exchange(self, operation: str, request: httpx.Request, auth: httpx.Auth) -> httpx.Response:
        """The answer to the request, after those by which the credential gets its token."""
        with closing(auth.auth_flow(request)) as flow:
            wanted = next(flow)
            while True:
                if wanted is not request:
                    self._heed(operation, str(wanted.url), auth)
                response = self._answer(wanted)
                try:
                    following = flow.send(response)
                except StopIteration:
                    return response
                except errors.RateLimited as error:
                    response.close()
                    self._waits[str(wanted.url), auth] = error.until
                    raise
                except BaseException:
                    response.close()
                    raise
                response.close()
                wanted = following

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self._is_closed:
            raise errors.Unreachable("Its connections are closed.", operation="")
        try:
            response = self._http.handle_request(request)
        except httpx.RequestError as error:
            error.request = request
            raise
        response.request = request
        return response

    def _heed(self, operation: str, where: str, auth: httpx.Auth) -> None:
        """Do not call one who has asked to wait."""
        until = self._waits.get((where, auth))
        if until and until > datetime.now(UTC):
            raise errors.RateLimited("It asks us to wait.", until=until, operation=operation)

    def _note_wait(self, response: httpx.Response, auth: httpx.Auth) -> datetime | None:
        until = answers.asked_to_wait(response)
        if until is not None:
            self._waits[response.url.host, auth] = until
        return until

    def _raise_for(self, operation: str, response: httpx.Response, auth: httpx.Auth) -> None:
        status = response.status_code
        if status < 300:
            return
        if until := self._note_wait(response, auth):
            raise errors.RateLimited("It asks us to wait.", until=until, operation=operation)
        if status >= 500:
            raise answers.breakdown(operation, response)
        raise answers.refusal(operation, response)


_shared: Transport | None = None
_sharing = threading.Lock()


def shared() -> Transport:
    """The process's own, made when it is first needed: after a fork, not before."""
    global _shared
    with _sharing:
        if _shared is None:
            _shared = Transport()
        return _shared

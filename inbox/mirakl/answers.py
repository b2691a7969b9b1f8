"""What an HTTP answer, or the lack of one, means to the caller."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from inbox.mirakl import errors
from inbox.mirakl.wire import complaint

LARGEST_ANSWER = 50_000_000
LARGEST_COMPLAINT = 100_000
# Where a 429 names no moment.
PATIENCE = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
LATE = "It did not answer in time."
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
_MAY_PASS = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.ReadError,
    httpx.WriteError,
    httpx.RemoteProtocolError,
)
_REFUSALS: dict[int, type[errors.Refused]] = {
    401: errors.BadCredentials,
    403: errors.Forbidden,
    404: errors.NotFound,
    410: errors.Gone,
    413: errors.TooLarge,
}


def whole_body(operation: str, response: httpx.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise errors.Oversized("Its answer has no end.", operation=operation)
    return bytes(body)


def is_worth_a_retry(error: httpx.RequestError) -> bool:
    """A broken connection may be a stale one; a time-out has used up the patience already."""
    return isinstance(error, _MAY_PASS)


def failed_read(operation: str, error: httpx.RequestError) -> errors.MiraklError:
    if isinstance(error, _NEVER_LEFT):
        return errors.Unreachable("It cannot be reached.", operation=operation)
    if isinstance(error, httpx.TimeoutException):
        return errors.Unavailable(LATE, operation=operation)
    if isinstance(error, httpx.DecodingError):
        return errors.Garbled("Its answer cannot be unpacked.", operation=operation)
    return errors.Unavailable("It broke the connection.", operation=operation)


def failed_write(
    operation: str, error: httpx.RequestError, request: httpx.Request
) -> errors.MiraklError:
    """`request` is the write itself: what failed may have been the token's, before it."""
    if isinstance(error, _NEVER_LEFT) or error.request is not request:
        return errors.Unreachable("It cannot be reached.", operation=operation)
    return errors.Uncertain("Its answer was lost.", operation=operation)


def refusal(operation: str, response: httpx.Response) -> errors.Refused:
    status = response.status_code
    if status < 400:
        # Not followed, so that the key stays with the marketplace's own host.
        reason = "It sends us to another address."
        return errors.Refused(reason, status=status, operation=operation)
    said = complaint(_beginning(response))
    return _REFUSALS.get(status, errors.Refused)(
        said.message,
        status=status,
        message=said.message,
        fields=said.fields,
        operation=operation,
    )


def _beginning(response: httpx.Response) -> bytes:
    """Enough of an error's body for its words; a broken one has none."""
    body = bytearray()
    try:
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > LARGEST_COMPLAINT:
                break
    except httpx.RequestError:
        return b""
    return bytes(body)


def retry_after(value: str | None) -> datetime:
    """Seconds as Mirakl documents, or an HTTP date; bounded, as it stops all calls until then."""
    now = datetime.now(UTC)
    try:
        until = now + timedelta(seconds=max(0, float(value or "")))
    except (ValueError, OverflowError):
        until = _http_date(value or "") or now + PATIENCE
    return min(until, now + LONGEST_WAIT)


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

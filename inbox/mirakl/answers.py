"""Maps HTTP answers, and missing ones, to the client's errors."""

import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from inbox.mirakl import bodies, complaints, errors
from inbox.mirakl.errors import FailureKind

# After a 429 without Retry-After.
PATIENCE = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
LATE = "It did not answer in time."
NOT_ASKED_FOR = "Its answer is not what was asked for."
GATEWAYS = {502, 503, 504}
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
_UNREACHED = {
    FailureKind.ADDRESS: "is no address",
    FailureKind.DNS: "is not known (DNS)",
    FailureKind.PORT: "does not listen",
    FailureKind.NETWORK: "cannot be reached",
    FailureKind.CERTIFICATE: "has a certificate that is not trusted",
    FailureKind.TLS: "does not speak TLS as it should",
    FailureKind.TIMEOUT: "does not take connections in time",
    FailureKind.POOL: "is waited for by too many calls of ours",
}
SIGN_IN_ADDRESS = re.compile(r"log[-_]?in|sign[-_]?in|sso|saml|oauth|/auth", re.IGNORECASE)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PASSWORD_FIELD = re.compile(rb"""type\s*=\s*["']?password""", re.IGNORECASE)


# -- no answer ------------------------------------------------------------


def is_worth_a_retry(error: httpx.RequestError) -> bool:
    """A broken connection may be a stale one; after a time-out no time is left."""
    return isinstance(error, _MAY_PASS)


def failed_read(operation: str, error: httpx.RequestError) -> errors.MiraklError:
    if isinstance(error, _NEVER_LEFT):
        return _unreached(operation, error)
    if isinstance(error, httpx.TimeoutException):
        return errors.Unavailable(LATE, operation=operation, kind=FailureKind.TIMEOUT)
    reason = "It broke the connection."
    return errors.Unavailable(reason, operation=operation, kind=FailureKind.BROKEN_OFF)


def failed_write(
    operation: str, error: httpx.RequestError, request: httpx.Request
) -> errors.MiraklError:
    """The error of a failed write. `request` is the write: its token request may be what failed."""
    if isinstance(error, _NEVER_LEFT) or error.request is not request:
        return _unreached(operation, error)
    is_late = isinstance(error, httpx.TimeoutException)
    kind = FailureKind.TIMEOUT if is_late else FailureKind.BROKEN_OFF
    return errors.Uncertain("Its answer was lost.", operation=operation, kind=kind)


def _unreached(operation: str, error: httpx.RequestError) -> errors.Unreachable:
    kind = _kind_of(error)
    host = error.request.url.host or "The address"
    detail = _certificate_problem(error)
    reason = f"{host} {_UNREACHED.get(kind, 'broke the connection')}{detail}."
    return errors.Unreachable(reason, operation=operation, kind=kind)


def _kind_of(error: httpx.RequestError) -> FailureKind:
    for cause in _causes(error):
        match cause:
            case httpx.UnsupportedProtocol():
                return FailureKind.ADDRESS
            case httpx.PoolTimeout():
                return FailureKind.POOL
            case httpx.TimeoutException():
                return FailureKind.TIMEOUT
            case ssl.SSLCertVerificationError():
                return FailureKind.CERTIFICATE
            case ssl.SSLError():
                return FailureKind.TLS
            case socket.gaierror():
                return FailureKind.DNS
            case ConnectionRefusedError():
                return FailureKind.PORT
    is_connecting = isinstance(error, httpx.ConnectError)
    return FailureKind.NETWORK if is_connecting else FailureKind.BROKEN_OFF


def _certificate_problem(error: httpx.RequestError) -> str:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f": {complaints.clean(cause.verify_message).rstrip('.')}"
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and its causes: the HTTP library wraps the system's own error twice."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def may_pass(response: httpx.Response) -> bool:
    """Whether a gateway is in trouble that may pass at once: it sent no Retry-After."""
    return response.status_code in GATEWAYS and asked_to_wait(response) is None


# -- another answer than a good one ---------------------------------------


def refusal(operation: str, response: httpx.Response) -> errors.Refused:
    status = response.status_code
    if status < 400:
        return _redirect(operation, response)
    said = _complaint(response)
    reason = _with_correlation(said.message or f"It answered {status}.", said)
    return _REFUSALS.get(status, errors.Refused)(
        reason,
        status=status,
        message=said.message,
        fields=said.fields,
        correlation_id=said.correlation_id,
        operation=operation,
    )


def _complaint(response: httpx.Response) -> complaints.Complaint:
    return complaints.read(bodies.beginning(response), response.headers.get("Content-Type", ""))


def _with_correlation(reason: str, said: complaints.Complaint) -> str:
    return f"{reason} (correlation id {said.correlation_id})" if said.correlation_id else reason


def _redirect(operation: str, response: httpx.Response) -> errors.Refused:
    """Redirects are not followed: the credentials must stay with the marketplace's own host."""
    if asks_to_sign_in(response.headers.get("Location", "")):
        return sent_to_sign_in(operation, response.status_code)
    return errors.Refused(
        "It sends us to another address.",
        status=response.status_code,
        operation=operation,
        kind=FailureKind.REDIRECT,
    )


def asks_to_sign_in(address: str) -> bool:
    return SIGN_IN_ADDRESS.search(address.partition("?")[0]) is not None


def sent_to_sign_in(operation: str, status: int) -> errors.Refused:
    reason, kind = "It sends us to its log-in page.", FailureKind.SIGN_IN
    return errors.Refused(reason, status=status, operation=operation, kind=kind)


def storage_of(response: httpx.Response) -> str | None:
    """The address to fetch a file from, if it is a safe one."""
    if not response.has_redirect_location:
        return None
    try:
        address = response.url.join(response.headers["Location"])
        is_at_home = {response.url.host, address.host} <= LOOPBACK and address.scheme == "http"
    except (httpx.InvalidURL, ValueError):
        return None
    return str(address) if address.scheme == "https" or is_at_home else None


def breakdown(operation: str, response: httpx.Response) -> errors.Unavailable:
    status, said = response.status_code, _complaint(response)
    reason = (
        f"It answered {status}: “{said.message}”." if said.message else f"It answered {status}."
    )
    return errors.Unavailable(
        _with_correlation(reason, said),
        operation=operation,
        kind=FailureKind.GATEWAY if status in GATEWAYS else None,
        correlation_id=said.correlation_id,
    )


def garbled(operation: str, raw: bytes) -> errors.Garbled:
    """The answer does not have the expected content."""
    return errors.Garbled(NOT_ASKED_FOR, operation=operation, kind=kind_of_page(raw))


def kind_of_page(raw: bytes) -> FailureKind | None:
    """Whether it is a web page or a sign-in page; None if neither."""
    if not complaints.is_web_page(raw):
        return None
    has_password = PASSWORD_FIELD.search(raw[: bodies.LARGEST_COMPLAINT])
    return FailureKind.SIGN_IN if has_password else FailureKind.WEB_PAGE


# -- asked to wait --------------------------------------------------------


def asked_to_wait(response: httpx.Response) -> datetime | None:
    """Until when to wait; None if not requested. A 503 requests it by Retry-After."""
    header = response.headers.get("Retry-After")
    if response.status_code == 429 or (response.status_code == 503 and header):
        return retry_after(header)
    return None


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
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

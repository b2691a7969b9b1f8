"""What can go wrong with a call to Mirakl, told apart by what its caller can do about it.

MiraklError
├── NotSent               nothing was accepted: a write may be tried again
│   ├── Invalid           refused here, before anything left
│   ├── Unreachable       no connection
│   ├── TooLate           its deadline was over before anything left
│   └── RateLimited       asked to wait, until `until`
├── Refused               Mirakl said no, with a status and words
│   ├── BadCredentials    401
│   ├── Forbidden         403
│   ├── NotFound          404
│   ├── Gone              410
│   └── TooLarge          413
├── Uncertain             a write may have been accepted: look before trying again
└── Unavailable           a read came to nothing
    ├── Garbled           it was answered, but not with what was asked for
    │   └── Oversized     with more than we take: asking for less may help
    └── Interrupted       a download ended early
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum


class FailureKind(StrEnum):
    """How it failed, where that can be told: what an admin needs in order to put it right."""

    ADDRESS = "address"  # none that could be called
    DNS = "dns"  # its name leads nowhere
    PORT = "port"  # nobody listens there
    NETWORK = "network"
    CERTIFICATE = "certificate"  # expired, for another name, or by nobody who is trusted
    TLS = "tls"
    TIMEOUT = "timeout"
    POOL = "pool"  # all of our own connections are busy
    BROKEN_OFF = "broken_off"
    GATEWAY = "gateway"  # 502, 503 or 504: something stands in front of it, and it is not there
    REDIRECT = "redirect"
    SIGN_IN = "sign_in"  # a page for people to log in, or a redirect there
    WEB_PAGE = "web_page"
    PACKING = "packing"  # compressed in a way nobody asked for, or broken
    SIZE = "size"  # without end, or another than was announced


class MiraklError(Exception):
    """`reason` is for logs and for people who know Mirakl; `operation` is its code, say M12.

    By `correlation_id` Mirakl's own people find the call, where it gave one.
    """

    def __init__(
        self,
        reason: str = "",
        *,
        operation: str = "",
        kind: FailureKind | None = None,
        correlation_id: str = "",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.operation = operation
        self.kind = kind
        self.correlation_id = correlation_id


class NotSent(MiraklError):
    pass


class Invalid(NotSent):
    """`field` is body, to, topic, files or id."""

    def __init__(self, reason: str, *, field: str, operation: str = "") -> None:
        super().__init__(reason, operation=operation)
        self.field = field


class Unreachable(NotSent):
    pass


class TooLate(NotSent):
    pass


class RateLimited(NotSent):
    def __init__(self, reason: str, *, until: datetime, operation: str = "") -> None:
        super().__init__(reason, operation=operation)
        self.until = until


class Refused(MiraklError):
    """`message` and `fields` are Mirakl's own words, empty where it had none."""

    def __init__(
        self,
        reason: str = "",
        *,
        status: int = 400,
        message: str = "",
        fields: Mapping[str, str] | None = None,
        correlation_id: str = "",
        operation: str = "",
        kind: FailureKind | None = None,
    ) -> None:
        super().__init__(
            reason or f"It answered {status}.",
            operation=operation,
            kind=kind,
            correlation_id=correlation_id,
        )
        self.status = status
        self.message = message
        self.fields = dict(fields or {})


class BadCredentials(Refused):
    pass


class Forbidden(Refused):
    pass


class NotFound(Refused):
    pass


class Gone(Refused):
    pass


class TooLarge(Refused):
    pass


class Uncertain(MiraklError):
    pass


class Unavailable(MiraklError):
    pass


class Garbled(Unavailable):
    pass


class Oversized(Garbled):
    pass


class Interrupted(Unavailable):
    pass

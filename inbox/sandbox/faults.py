"""Failures on request: `PUT /_sandbox/faults` sets the fault, its operation, and how often it
occurs.

A fault waits (`latency_ms`) first. With a `status` the operation is not carried out. `drop:
"before"` closes the connection without carrying it out; `drop: "after"` carries it out first.
`truncate` sends that many bytes of a longer answer and closes. `alter` carries a write out and
stores an altered text: see `alterations`. `headers` belong to a `status`.
"""

import json
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from werkzeug.wrappers import Response

from inbox.sandbox.alterations import ALTERATIONS
from inbox.sandbox.errors import ApiError


class Dropped(ConnectionError):
    """The server closes the connection without sending more bytes."""


@dataclass(slots=True)
class Fault:
    operation: str
    status: int | None = None
    body: Any = None
    headers: dict[str, str] | None = None
    retry_after: int | str | None = None
    latency_ms: int = 0
    drop: str | None = None
    truncate: int | None = None
    alter: str | None = None
    times: int | None = None
    marketplace: str | None = None

    def applies_to(self, operation: str | None, marketplace: str | None) -> bool:
        return self.operation in (operation, "*") and self.marketplace in (None, marketplace)

    def before(self) -> None:
        """Waits outside of every lock: one slow answer must not delay others."""
        time.sleep(self.latency_ms / 1000)
        if self.drop == "before":
            raise Dropped

    def instead(self) -> Response | None:
        """Returns the refusal that replaces the answer, or None."""
        if self.status is None:
            return None
        body = self.body
        if body is None:
            body = {"status": self.status, "message": "The sandbox was told to fail"}
        text = body if isinstance(body, str) else json.dumps(body)
        kind = "text/html" if isinstance(body, str) else "application/json"
        response = Response(text, status=self.status, content_type=f"{kind};charset=UTF-8")
        response.headers.update(self.headers or {})
        if self.retry_after is not None:
            response.headers["Retry-After"] = str(self.retry_after)
        return response

    def after(self, response: Response) -> Response:
        if self.drop == "after":
            raise Dropped
        if self.truncate is not None:
            whole = b"".join(response.iter_encoded())
            response.response = _cut(whole, self.truncate)
            response.headers["Content-Length"] = str(len(whole))
        return response


def _cut(whole: bytes, size: int) -> Iterator[bytes]:
    yield whole[:size]
    raise Dropped


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def replace(self, wanted: Any, known_operations: Iterable[str]) -> None:
        faults = [_read(item, {*known_operations, "*"}) for item in _as_list(wanted)]
        with self._lock:
            self._faults = faults

    def clear(self) -> None:
        with self._lock:
            self._faults = []

    def take(self, operation: str | None, marketplace: str | None) -> Fault | None:
        """Returns the first matching fault. A fault with `times` ends after that many."""
        with self._lock:
            for fault in self._faults:
                if fault.applies_to(operation, marketplace) and fault.times != 0:
                    fault.times = None if fault.times is None else fault.times - 1
                    return fault
        return None


def _as_list(wanted: Any) -> list[Any]:
    if not isinstance(wanted, list):
        raise ApiError(400, "A list of faults is expected")
    return wanted


def _read(item: Any, operations: set[str]) -> Fault:
    known = {field.name for field in fields(Fault)}
    if not isinstance(item, dict) or not known.issuperset(item):
        raise ApiError(400, f"A fault is an object with {', '.join(sorted(known))}")
    if str(item.get("operation")) not in operations:
        raise ApiError(400, f"Unknown operation [{item.get('operation')}]")
    if item.get("drop") not in (None, "before", "after"):
        raise ApiError(400, "drop is 'before' or 'after'")
    if not isinstance(item.get("headers", {}), dict):
        raise ApiError(400, "headers is an object")
    if item.get("alter") not in (None, *ALTERATIONS):
        raise ApiError(400, f"alter is one of {', '.join(ALTERATIONS)}")
    for name in ("status", "latency_ms", "truncate", "times"):
        if not isinstance(item.get(name, 0), int | None):
            raise ApiError(400, f"{name} is a whole number")
    return Fault(**{name: value for name, value in item.items() if value is not None})

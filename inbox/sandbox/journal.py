"""The log of received requests, oldest first, for tests and people."""

import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from werkzeug.wrappers import Request

from inbox.sandbox.dates import iso, to_milliseconds


@dataclass(slots=True)
class Entry:
    """`status` is null while a request is running, and if it got no answer."""

    at: str
    marketplace: str | None
    role: str | None
    operation: str | None
    method: str
    path: str
    query: str
    status: int | None = None
    bytes_in: int = 0


class Journal:
    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def open(self, request: Request, operation: str | None) -> Entry:
        entry = Entry(
            at=iso(to_milliseconds(datetime.now(UTC))),
            marketplace=None,
            role=None,
            operation=operation,
            method=request.method,
            path=request.path,
            query=request.query_string.decode("ascii", "replace"),
        )
        with self._lock:
            self._entries.append(entry)
        return entry

    def as_json(self) -> list[dict[str, object]]:
        with self._lock:
            return [asdict(entry) for entry in self._entries]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

"""The log: one line per event, each with its request's id; never a body, a name or a key."""

import logging
from contextvars import ContextVar

# Empty outside of a request.
request_id: ContextVar[str] = ContextVar("request_id", default="")


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get() or "-"
        return True

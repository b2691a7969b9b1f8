"""The log: one line per event, each with its request's id; never a body, a name or a key."""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.http import HttpRequest
from redis import RedisError

# Empty outside of a request and of what a request has asked a worker for.
request_id: ContextVar[str] = ContextVar("request_id", default="")

FORMATS = ("text", "json")
# What a record may carry beside its message. A list of what may, not of what may not: Django hangs
# the whole request on some records, a library may hang anything.
FIELDS = (
    *("operation", "marketplace", "outcome", "status", "duration_ms"),
    *("kind", "correlation_id"),
    *("view", "method", "task"),
    *("user", "address"),
)
# Errors whose words are about machines and code. All others may quote what somebody wrote:
# PostgreSQL shows the row that it refuses.
SPEAKS_OF_MACHINES = (
    *(OSError, OperationalError, RedisError, ImproperlyConfigured),
    *(AttributeError, ImportError, NameError, TypeError),
)

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get() or "-"
        if record.exc_info and isinstance(record.args, dict) and "exc" in record.args:
            # Celery puts a failed task's error, words and all, into its message.
            record.args = record.args | {"exc": "it raised an error"}
        return True


class RouteFilter(logging.Filter):
    """Django names the address of each answer that failed, with the ids and names in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            # As `log_response` writes it.
            address = request.path.encode("unicode_escape").decode("ascii")
            route = _route_of(request)
            record.args = tuple(route if one == address else one for one in record.args)
        return True


def _route_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return f"/{match.route}" if match else "(no view)"


class TextFormatter(logging.Formatter):
    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802  logging's own name
        return "".join(_told(ei[1])).rstrip() if ei[1] else ""


class JsonFormatter(TextFormatter):
    """One object per line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _told(error: BaseException) -> list[str]:
    """Where it came from and of what kind it is; the cause first, as Python does."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    words = str(error) if isinstance(error, SPEAKS_OF_MACHINES) else "(its words are not logged)"
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    before = [*_told(cause), "which led to:\n"] if cause else []
    return [*before, *traceback.format_tb(error.__traceback__), f"{kind}: {words}\n"]

"""Logging: one line for each event with its request's id, never a body, a name or a credential."""

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

# Empty outside of a request and of tasks that a request has started.
request_id: ContextVar[str] = ContextVar("request_id", default="")

FORMATS = ("text", "json")
# The fields of a record that are logged besides its message. This is an allow-list because Django
# attaches the whole request to some records, and a library may attach anything.
FIELDS = (
    *("operation", "marketplace", "outcome", "status", "duration_ms"),
    *("kind", "correlation_id"),
    *("view", "method", "task"),
    *("user", "address"),
)
# Errors whose text is about machines and code. Any other error may quote user data: PostgreSQL
# prints the refused row.
SPEAKS_OF_MACHINES = (
    *(OSError, OperationalError, RedisError, ImproperlyConfigured),
    *(AttributeError, ImportError, NameError, TypeError),
)

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get() or "-"
        if record.exc_info and isinstance(record.args, dict) and "exc" in record.args:
            # Celery's message contains the text of a failed task's error.
            record.args = record.args | {"exc": "it raised an error"}
        return True


class RouteFilter(logging.Filter):
    """Replaces the URL in Django's message about a failed request: it contains ids and names."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            # As written by Django's `log_response`.
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
    """Formats a record as one JSON object on a line."""

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


def describe_error(error: BaseException) -> str:
    """The error's words if they cannot be about a person."""
    return str(error) if isinstance(error, SPEAKS_OF_MACHINES) else "(its words are not logged)"


def _told(error: BaseException) -> list[str]:
    """Returns the kind and place of an error; the cause first, as in Python's tracebacks."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    before = [*_told(cause), "which led to:\n"] if cause else []
    return [
        *before,
        *traceback.format_tb(error.__traceback__),
        f"{kind}: {describe_error(error)}\n",
    ]

"""Errors to Sentry: their kind and place, never what they were about.

An event is built from a list of what may go, by the same rule as the log. The SDK's own events hold
bodies, users, local variables and SQL.
"""

import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration

from helpdesk.logs import describe_error, request_id
from helpdesk.version import VERSION

if TYPE_CHECKING:
    from sentry_sdk._types import Event, Hint

# Written by the SDK or by us, and about no person.
KEPT = ("event_id", "timestamp", "platform", "level", "logger", "release", "environment")


def start(dsn: str, environment: str) -> None:
    """Each error that is logged, and each that ends a process, becomes an event."""
    sentry_sdk.init(
        dsn=dsn,
        release=VERSION,
        environment=environment,
        default_integrations=False,
        auto_enabling_integrations=False,
        # Django and Celery log each error with its traceback; no breadcrumbs.
        integrations=[
            LoggingIntegration(level=None, sentry_logs_level=None),
            ExcepthookIntegration(),
            AtexitIntegration(callback=lambda _pending, _seconds: None),
        ],
        before_send=scrub,
        before_send_transaction=lambda _event, _hint: None,
        max_breadcrumbs=0,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        send_default_pii=False,
        auto_session_tracking=False,
        send_client_reports=False,
        propagate_traces=False,
    )


def scrub(event: "Event", hint: "Hint") -> "Event":
    kept = cast("Event", {name: value for name, value in event.items() if name in KEPT})
    kept["tags"] = {"request_id": request_id.get() or "-"}
    if error := (hint.get("exc_info") or (None, None))[1]:
        kept["exception"] = {"values": list(_told(error))}
    elif template := event.get("logentry", {}).get("message"):
        # Without its arguments.
        kept["logentry"] = {"message": template}
    return kept


def _told(error: BaseException) -> Iterator[dict[str, object]]:
    """The cause first, as in Python's tracebacks."""
    if cause := error.__cause__ or (None if error.__suppress_context__ else error.__context__):
        yield from _told(cause)
    yield {
        "type": type(error).__qualname__,
        "module": type(error).__module__,
        "value": describe_error(error),
        "stacktrace": {
            "frames": [_place(one) for one in traceback.extract_tb(error.__traceback__)]
        },
    }


def _place(frame: traceback.FrameSummary) -> dict[str, object]:
    return {"filename": frame.filename, "function": frame.name, "lineno": frame.lineno}

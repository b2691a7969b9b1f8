"""Counts and logs every call to Mirakl: where, which, outcome and duration; never the content."""

import logging

from prometheus_client import Counter, Histogram

from inbox import mirakl

logger = logging.getLogger(__name__)

# Seconds of whole calls with all attempts: a page waits two seconds, an upload minutes.
BUCKETS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 30, 60, 120)
CALLS = Counter(
    "helpdesk_mirakl_calls",
    "Calls to Mirakl that have ended.",
    ["marketplace", "operation", "outcome"],
)
SECONDS = Histogram(
    "helpdesk_mirakl_call_seconds",
    "How long calls to Mirakl took, from the first attempt to the last byte.",
    ["marketplace", "operation"],
    buckets=BUCKETS,
)


# By marketplace: seconds its clock was ahead of this process's at its last answer.
clocks_ahead: dict[str, float] = {}


def record_call(marketplace: str, call: mirakl.Call) -> None:
    """`marketplace` is its slug."""
    CALLS.labels(marketplace, call.operation, call.outcome).inc()
    if call.clock_ahead is not None:
        clocks_ahead[marketplace] = call.clock_ahead
    SECONDS.labels(marketplace, call.operation).observe(call.seconds)
    told = {
        "operation": call.operation,
        "marketplace": marketplace,
        "outcome": call.outcome,
        "status": call.status,
        "kind": call.kind or "",
        "correlation_id": call.correlation_id,
        "duration_ms": round(call.seconds * 1000),
    }
    more = ", ".join(filter(None, [call.kind, call.correlation_id]))
    level = logging.INFO if call.outcome == mirakl.WELL else logging.WARNING
    logger.log(
        level,
        "%(operation)s %(marketplace)s: %(outcome)s%(more)s, status %(status)s, %(duration_ms)s ms",
        told | {"more": f" ({more})" if more else ""},
        extra=told,
    )

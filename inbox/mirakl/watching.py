"""A call's operation, outcome and duration, for counters and logs.

It contains nothing that was sent or received: no address, no credentials, no body.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx

from inbox.mirakl.errors import FailureKind, MiraklError

WELL = "ok"
# The reader went away, or our own code failed in the middle.
BROKEN_OFF = "broken_off"


@dataclass
class Call:
    """One operation, with all its attempts. `outcome` is `ok`, or names the error in snake case."""

    operation: str
    outcome: str = WELL
    status: int | None = None  # of its last answer; None if there was none
    kind: FailureKind | None = None
    correlation_id: str = ""  # identifies the call for Mirakl's support
    seconds: float = 0.0
    # Seconds by which the marketplace's clock is ahead of ours, by its Date header.
    clock_ahead: float | None = None


def note_answer(call: Call, response: httpx.Response) -> None:
    call.status = response.status_code
    try:
        call.clock_ahead = parsedate_to_datetime(response.headers["Date"]).timestamp() - time.time()
    except (KeyError, ValueError, OverflowError):
        call.clock_ahead = None


Observe = Callable[[Call], None]


@contextmanager
def watched(operation: str, observe: Observe | None) -> Iterator[Call]:
    """Calls `observe` when the call has ended, however it ends."""
    call, began = Call(operation), time.monotonic()
    try:
        yield call
    except MiraklError as error:
        call.outcome, call.kind = _in_snake_case(type(error).__name__), error.kind
        call.correlation_id = error.correlation_id
        raise
    except BaseException:
        call.outcome = BROKEN_OFF
        raise
    finally:
        call.seconds = time.monotonic() - began
        if observe is not None:
            observe(call)


def _in_snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()

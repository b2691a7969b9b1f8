"""The pool of PostgreSQL connections that the threads of a process share."""

from typing import Any

# Seconds that a request waits for a connection before it fails.
WAIT_SECONDS = 2


def pool_of(size: int) -> dict[str, Any]:
    """Returns the options of a process's pool. The pool opens with the first query, so after a
    fork."""
    return {
        "min_size": 0,
        "max_size": size,
        "timeout": WAIT_SECONDS,
        # A short time-out: the next request tries again at once and finds a restarted PostgreSQL.
        "reconnect_timeout": WAIT_SECONDS,
        "max_idle": 120,
        "max_lifetime": 1800,
    }

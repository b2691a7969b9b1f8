"""Connections to PostgreSQL: the pool that the threads of a process share."""

from typing import Any

# What a request waits for a connection before it is told that there is none.
WAIT_SECONDS = 2


def pool_of(size: int) -> dict[str, Any]:
    """The options of a process's pool. It opens with the first query, and so after a fork."""
    return {
        "min_size": 0,
        "max_size": size,
        "timeout": WAIT_SECONDS,
        # Given up soon: the next request tries at once, and finds a PostgreSQL that is back.
        "reconnect_timeout": WAIT_SECONDS,
        "max_idle": 120,
        "max_lifetime": 1800,
    }

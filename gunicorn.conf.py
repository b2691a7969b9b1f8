"""gunicorn's own lines go where the desk's go, and look like them; the rest is in Procfile."""

import gc
from typing import Any

from helpdesk.settings import LOGGING

# Whether a request came by https is for TRUSTED_PROXIES to say, not for gunicorn.
secure_scheme_headers: dict[str, str] = {}

logconfig_dict = {
    **LOGGING,
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
        # The desk logs its requests itself: whole addresses hold what was searched for.
        "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
    },
}


def post_worker_init(_worker: Any) -> None:
    """Modules and settings stay for good: Python need not look through them for garbage.

    A page makes tens of thousands of objects, few of them in circles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)

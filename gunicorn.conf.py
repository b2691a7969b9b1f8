"""gunicorn's own lines go where the desk's go, and look like them; the rest is in Procfile."""

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

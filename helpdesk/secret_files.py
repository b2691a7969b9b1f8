"""Secrets from files, as Docker and Kubernetes mount them: `SECRET_KEY_FILE` for `SECRET_KEY`."""

from collections.abc import MutableMapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SECRETS = (
    *("SECRET_KEY", "SECRET_KEY_FALLBACKS", "CREDENTIAL_KEYS"),
    *("DATABASE_URL", "REPORTS_DATABASE_URL", "REDIS_URL", "EMAIL_URL"),
    *("METRICS_TOKEN", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", "SENTRY_DSN"),
)


def read_secret_files(environ: MutableMapping[str, str]) -> None:
    """Set each secret that only a file names. Raises ImproperlyConfigured if both are set."""
    for name in SECRETS:
        path = environ.get(f"{name}_FILE")
        if not path:
            continue
        if environ.get(name):
            raise ImproperlyConfigured(f"Both {name} and {name}_FILE are set. Remove one.")
        try:
            environ[name] = Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE can't be read: {error}") from error
        # A process that this one starts must not find both.
        del environ[f"{name}_FILE"]

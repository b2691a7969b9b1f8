"""What every test stands on: real PostgreSQL, real Redis, the sandbox, and a team of three."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

SERVICES = pytest.StashKey[ExitStack]()
# For tests only; nothing is sealed with it that outlives them.
TEST_KEY = "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdC0="


def pytest_configure(config: pytest.Config) -> None:
    """Start the services before Django reads its settings, which pytest-django does after us."""
    services = config.stash[SERVICES] = ExitStack()
    # Workers of a parallel run inherit these from the process that started them.
    if "DATABASE_URL" not in os.environ:
        from helpdesk import embedded

        os.environ["DATABASE_URL"] = services.enter_context(embedded.postgresql())
    if "REDIS_URL" not in os.environ:
        from helpdesk import embedded

        os.environ["REDIS_URL"] = services.enter_context(embedded.redis_server())
    uploads = services.enter_context(tempfile.TemporaryDirectory(prefix="helpdesk-"))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "SECRET_KEY": "a key for tests only",
        "CREDENTIAL_KEYS": TEST_KEY,
        "HTTPS": "false",
        "UPLOAD_DIR": uploads,
    }
    _prefer_speed()


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[SERVICES].close()


def _prefer_speed() -> None:
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    # Static files come from their sources: nothing has been collected.
    settings.WHITENOISE_AUTOREFRESH = True
    # A broker that is shared by parallel workers must not mix up their tasks.
    settings.CELERY_TASK_DEFAULT_QUEUE = f"test-{uuid.uuid4().hex}"


@pytest.fixture(autouse=True)
def _cache_of_its_own(settings: "SettingsWrapper") -> None:
    """No test finds what another has cached."""
    cache = {**settings.CACHES["default"], "KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = {"default": cache}

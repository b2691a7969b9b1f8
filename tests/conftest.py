"""What every test stands on: real PostgreSQL, real Redis, the sandbox, and a team of three."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from inbox.models import Marketplace
    from inbox.sandbox.server import Running

pytest_plugins = ["tests.browser", "tests.worker", "tests.writing"]

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
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        # Parallel workers share the server, never a broker.
        os.environ["REDIS_URL"] = os.environ["REDIS_URL"].rsplit("/", 1)[0] + "/" + worker[2:]
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


@pytest.fixture(autouse=True)
def _cache_of_its_own(settings: Settings) -> None:
    """No test finds what another has cached."""
    cache = {**settings.CACHES["default"], "KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = {"default": cache}


# -- Mirakl, and who works on it ------------------------------------------


@pytest.fixture(scope="session")
def _sandbox_server() -> Iterator["Running"]:
    from inbox.sandbox import server

    with server.running(port=0) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox_server: "Running") -> "Running":
    """A Mirakl over real HTTP, as new for every test."""
    _sandbox_server.reset()
    return _sandbox_server


@pytest.fixture
def maison(db: None, sandbox: "Running") -> "Marketplace":
    """A seller's connection, to Maison Verte."""
    return _connection("maison-verte", sandbox)


@pytest.fixture
def nordhaus(db: None, sandbox: "Running") -> "Marketplace":
    """The same seller's connection, to Nordhaus."""
    return _connection("nordhaus", sandbox)


@pytest.fixture
def maison_operator(db: None, sandbox: "Running") -> "Marketplace":
    return _connection("maison-verte-operator", sandbox)


@pytest.fixture
def maison_front(db: None, sandbox: "Running") -> "Marketplace":
    return _connection("maison-verte-front", sandbox)


def _connection(slug: str, sandbox: "Running") -> "Marketplace":
    from inbox.management.commands import demo_data

    return demo_data.connect(slug, sandbox.url)


@pytest.fixture
def alice(maison: "Marketplace") -> "User":
    """An agent of Maison Verte."""
    return _person("alice", maison, "agent")


@pytest.fixture
def bob(maison: "Marketplace") -> "User":
    """A lead of Maison Verte."""
    return _person("bob", maison, "lead")


@pytest.fixture
def charlie(nordhaus: "Marketplace") -> "User":
    """An agent of Nordhaus, who must see nothing of Maison Verte."""
    return _person("charlie", nordhaus, "agent")


def _person(name: str, marketplace: "Marketplace", role: str) -> "User":
    from django.contrib.auth.models import Group, User

    from inbox.models import Access

    group, _ = Group.objects.get_or_create(name=f"{marketplace} {role}s")
    Access.objects.get_or_create(group=group, marketplace=marketplace, role=role)
    person = User.objects.create_user(name)
    person.groups.add(group)
    return person

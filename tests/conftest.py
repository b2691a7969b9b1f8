"""Fixtures for all tests: real PostgreSQL, real Redis, the sandbox, and a team of three."""

import gc
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import hypothesis
import pytest
from django.conf import settings
from httpx._transports import default as httpx_default
from hypothesis import HealthCheck
from pytest_django import Settings

from helpdesk.cache import RetryUnlessAsleep

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoDbBlocker

    from inbox.models import Marketplace, User
    from inbox.sandbox.server import Running
    from tests.writing import Mirakl

pytest_plugins = [
    "tests.browser",
    "tests.collecting",
    "tests.composing",
    "tests.forking",
    "tests.fragments",
    "tests.mirroring",
    "tests.reading",
    "tests.rendering",
    "tests.signing_in",
    "tests.storefront",
    "tests.weighing",
    "tests.worker",
    "tests.shops",
    "tests.writing",
]

# The same examples each time, on any machine; `make chaos` draws random ones, and more.
hypothesis.settings.register_profile(
    "tests", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis.settings.register_profile(
    "chaos", hypothesis.settings.get_profile("tests"), derandomize=False, max_examples=2000
)
hypothesis.settings.load_profile("tests")

# Tables that no test changes.
KEPT_TABLES = {"django_content_type", "auth_permission", "inbox_marketplacepreset"}
# For tests only: encrypts no lasting data.
TEST_KEY = "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdC0="


def pytest_configure(config: pytest.Config) -> None:
    """Starts the servers before pytest-django, which is loaded after us, reads the settings."""
    if settings.configured:
        raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: it is read before servers run.")
    # Importing and collecting leave no garbage.
    gc.disable()
    services = ExitStack()
    config.add_cleanup(services.close)
    _start_servers(services)
    if _only_hands_out_tests(config):
        # Importing the project sets this; workers would read their settings too early.
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)
        return
    uploads = services.enter_context(tempfile.TemporaryDirectory(prefix="helpdesk-"))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "SECRET_KEY": "a key for tests only, longer than any guess",
        "CREDENTIAL_KEYS": TEST_KEY,
        "HTTPS": "false",
        # Tests of the live channel run its process.
        "LIVE_URL": "",
        # The sandbox is on this machine.
        "ALLOW_PRIVATE_ADDRESSES": "true",
        # Tests of logging in demand both.
        "ADMIN_FACTOR": "false",
        "ASK_AGAIN_SECONDS": "0",
        # Some test threads never return their connection.
        "DATABASE_POOL_SIZE": "0",
        # A busy machine must not look like a slow marketplace; tests of deadlines set their own.
        "INBOX_DEADLINE_SECONDS": "20",
        "THREAD_DEADLINE_SECONDS": "20",
        "REDIS_URL": _own_redis(os.environ["REDIS_URL"]),
        "UPLOAD_DIR": uploads,
        "METRICS_DIR": f"{uploads}/metrics",
        "ERASURES_FILE": f"{uploads}/erasures.json",
    }
    _prefer_speed()


def pytest_collection_finish() -> None:
    """From now on garbage is looked for among what tests make, and less often than by default."""
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Deals long tests to the beginnings of the workers' shares: none is waited for at the end."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for item in items:
        is_long = item.get_closest_marker("browser") or item.get_closest_marker("long")
        (long if is_long else others).append(item)
    items[:] = [
        item
        for worker in range(workers)
        for part in (long, others)
        for item in part[len(part) * worker // workers : len(part) * (worker + 1) // workers]
    ]


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than cores: tests wait a third of their time, for browsers and processes."""
    return (os.cpu_count() or 1) + 1


def _start_servers(services: ExitStack) -> None:
    """Workers of a parallel run inherit the addresses from the controlling process."""
    from helpdesk import embedded
    from tests import migrated

    if "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = services.enter_context(embedded.postgresql())
        migrated.make_tables(os.environ["DATABASE_URL"], TEST_KEY)
    if "REDIS_URL" not in os.environ:
        os.environ["REDIS_URL"] = services.enter_context(embedded.redis_server())


def _only_hands_out_tests(config: pytest.Config) -> bool:
    is_parallel = config.getoption("dist", "no") != "no"
    return is_parallel and "PYTEST_XDIST_WORKER" not in os.environ


def _own_redis(url: str) -> str:
    """Parallel workers share the server but not a broker: each has its own database number."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    return urlsplit(url)._replace(path=f"/{worker[2:]}").geturl() if worker else url


def _prefer_speed() -> None:
    if name := os.environ.get("MIGRATED_DATABASE"):
        settings.DATABASES["default"]["TEST"] = {"TEMPLATE": name}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    # Serve static files from their sources: collectstatic has not run.
    settings.WHITENOISE_AUTOREFRESH = True
    _publish_static_files()
    # Read the certificate authorities once, not for each client: 50 ms.
    httpx_default.create_ssl_context = cache(httpx.create_ssl_context)  # type: ignore[attr-defined]


def _publish_static_files() -> None:
    """Browsers load a page with six requests instead of sixty."""
    from django.contrib.staticfiles import handlers

    from tests.published import PublishedFiles

    handlers.StaticFilesHandler = PublishedFiles  # type: ignore[misc]


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Our own server ends with its databases: a page that is still open can't hinder that."""
    return "MIGRATED_DATABASE" in os.environ


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: "DjangoDbBlocker") -> None:
    """Empties only the tables that tests change: transactional tests take half the time.

    Django would empty all tables, with permissions and content types, and create those again.
    """
    from django.db import connection
    from django.test import TransactionTestCase

    with django_db_blocker.unblock():
        names = connection.introspection.django_table_names(only_existing=True)
    emptied = [name for name in names if name not in KEPT_TABLES]
    # In one transaction without triggers, which would refuse it, or fill tables again.
    wipe = "SET LOCAL session_replication_role = replica;"
    wipe += "".join(f'DELETE FROM "{name}";' for name in emptied)  # noqa: S608

    def end(_test: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute(wipe)

    TransactionTestCase._fixture_teardown = end  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _cache_of_its_own(settings: Settings) -> None:
    """Clears the cache: no test sees cached values or a frozen Redis of another test."""
    RetryUnlessAsleep.asleep_until = 0.0
    cache = {**settings.CACHES["default"], "KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = {"default": cache}


@pytest.fixture(autouse=True)
def _language_of_its_own() -> Iterator[None]:
    """Resets the language, which a request leaves behind in its thread."""
    from django.utils import translation

    with translation.override(settings.LANGUAGE_CODE):
        yield


# -- Mirakl, and who works on it ------------------------------------------


@pytest.fixture(scope="session")
def _sandbox_server() -> Iterator["Running"]:
    from inbox.sandbox import server

    with server.running() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox_server: "Running") -> "Running":
    """Yields a sandbox over real HTTP, in its initial state for every test."""
    _sandbox_server.reset()
    return _sandbox_server


@pytest.fixture
def maison(db: None, sandbox: "Running") -> "Marketplace":
    """A seller's marketplace: Maison Verte."""
    return _connection("maison-verte", sandbox)


@pytest.fixture
def nordhaus(db: None, sandbox: "Running") -> "Marketplace":
    """The same seller's marketplace Nordhaus."""
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
    """An agent of Nordhaus, who must not see Maison Verte."""
    return _person("charlie", nordhaus, "agent")


@pytest.fixture
def agent(alice: "User", client: "Client", mirakl: "Mirakl") -> "Client":
    """Alice's browser, without JavaScript."""
    client.force_login(alice)
    return client


def _person(name: str, marketplace: "Marketplace", role: str) -> "User":
    from django.contrib.auth.models import Group

    from inbox.models import Access, User

    group, _ = Group.objects.get_or_create(name=f"{marketplace} {role}s")
    Access.objects.get_or_create(group=group, marketplace=marketplace, role=role)
    # Replies are sent at once, so that a test need not wait, and the agent stays on the page.
    person = User.objects.create_user(name, undo_seconds=0, after_sending="stay")
    person.groups.add(group)
    return person

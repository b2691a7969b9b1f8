"""Threads share a process's connections to PostgreSQL; without one, a page answers 503."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import environ
import httpx
import pytest
from django.db import OperationalError, connection
from django.db.utils import ConnectionHandler
from pytest_django import Settings

from helpdesk import checks, database, embedded
from inbox.models import User
from tests.serving import running_web

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "a desk of the tests"
NOWHERE = "postgresql://postgres@127.0.0.1:1/helpdesk"
EXPORT = "/admin/inbox/event/export/"


class Desk:
    """A process of the desk that runs queries in its threads."""

    def __init__(self, connections: Any) -> None:
        self._connections = connections

    def ask(self, question: str = "SELECT 1", *named: str) -> Any:
        """Runs a query in a separate request, which returns the connection at its end."""
        try:
            with self._connections["default"].cursor() as cursor:
                cursor.execute(question, named)
                return cursor.fetchone()[0]
        finally:
            self._connections["default"].close()


@contextmanager
def desk(size: int, url: str = "", **options: Any) -> Iterator[Desk]:
    own: dict[str, Any] = environ.Env.db_url_config(url) if url else connection.settings_dict
    changes = {"application_name": NAME, "pool": database.pool_of(size) | options}
    whole = {**own, "OPTIONS": {**own.get("OPTIONS", {}), **changes}}
    connections: Any = ConnectionHandler({"default": whole})
    try:
        yield Desk(connections)
    finally:
        connections["default"].close_pool()


def at_once(number: int, ask: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(ask, range(number)))


def test_more_threads_than_connections_wait_for_one_another() -> None:
    there = "SELECT count(*), pg_sleep(0.1) FROM pg_stat_activity WHERE application_name = %s"

    with desk(8) as shared:
        counts = at_once(16, lambda _number: shared.ask(there, NAME))

    assert len(counts) == 16
    assert max(counts) <= 8


def test_a_request_that_gets_none_in_time_is_told() -> None:
    with (
        desk(1, timeout=0.1) as shared,
        pytest.raises(OperationalError, match="couldn't get a connection"),
    ):
        at_once(2, lambda _number: shared.ask("SELECT 1 FROM pg_sleep(1)"))


def test_a_postgresql_that_was_restarted_is_found_by_the_next_request() -> None:
    with embedded.postgresql_server() as server, desk(4, server.url) as shared:
        assert shared.ask() == 1
        server.stop()
        with pytest.raises(OperationalError):
            shared.ask()

        server.start()

        assert shared.ask() == 1


# -- the web server ---------------------------------------------------------


def test_a_page_says_that_the_database_is_away() -> None:
    with running_web(DATABASE_URL=NOWHERE) as web:
        answer = httpx.get(
            f"{web.url}/",
            cookies={"sessionid": "x" * 32},
            headers={"HX-Request": "true"},
            trust_env=False,
            timeout=30,
        )

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.text == "The database isn't responding. Try again in a moment."


def test_no_request_fails_with_more_threads_than_connections(admin_user: User) -> None:
    sizes: dict[str, Any] = {"WEB_THREADS": "16", "DATABASE_POOL_SIZE": "2"}

    with running_web(**sizes) as web, web.browser(admin_user) as browser:
        answers = at_once(32, lambda _number: browser.get(EXPORT).status_code)

    assert answers == [200] * 32


# -- the check ----------------------------------------------------------------


@pytest.mark.parametrize(("workers", "ids"), [(2, []), (1000, ["helpdesk.W010"])])
def test_it_warns_where_postgresql_offers_too_few(
    settings: Settings, workers: int, ids: list[str]
) -> None:
    settings.WEB_WORKERS, settings.DATABASE_POOL_SIZE = workers, 8

    assert [one.id for one in checks.check_connections(databases=["default"])] == ids


def test_it_asks_nothing_where_no_database_is_checked(settings: Settings) -> None:
    settings.WEB_WORKERS, settings.DATABASE_POOL_SIZE = 1000, 8

    assert checks.check_connections(databases=None) == []

"""The desk works behind PgBouncer in transaction mode with few connections."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection

from helpdesk import processes
from inbox.models import Event, Marketplace, Outgoing, Thread, User, planned
from tests.builders import reply_form
from tests.ports import free_port
from tests.serving import Web, running_web
from tests.signing_in import LOGIN, PASSWORD
from tests.tools import require_tool
from tests.writing import Mirakl, eventually

pytestmark = pytest.mark.django_db(transaction=True)

SIZE = 2
AT_ONCE = 8
EXPORT = "/admin/inbox/event/export/"
CONFIGURATION = """
[databases]
* = host={host} port={port} user={user}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listens_at}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 100
"""


@contextmanager
def pgbouncer(program: str) -> Iterator[str]:
    """Yields the URL of the test's database through PgBouncer."""
    own = connection.get_connection_params()
    identity = processes.identity_of("nobody") if os.geteuid() == 0 else {}
    home = Path(tempfile.mkdtemp(prefix="helpdesk-", dir="/tmp"))  # noqa: S108  mkdtemp's
    listens_at, config = free_port(), home / "pgbouncer.ini"
    try:
        text = CONFIGURATION.format(
            host=own["host"],
            port=own.get("port") or 5432,
            user=own["user"],
            listens_at=listens_at,
            size=SIZE,
        )
        config.write_text(text)
        for path in (home, config):
            shutil.chown(path, identity.get("user"), identity.get("group", os.getgid()))
        process = processes.start([program, config], cwd=home, identity=identity)
        try:
            eventually(lambda: _listens(listens_at))
            yield f"postgresql://{own['user']}@127.0.0.1:{listens_at}/{own['dbname']}"
        finally:
            process.stop()
    finally:
        shutil.rmtree(home)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def web() -> Iterator[Web]:
    sizes: dict[str, Any] = {"WEB_THREADS": str(AT_ONCE)}
    # Pages use static files, and collectstatic has not run.
    sizes["DEBUG"] = "true"
    with (
        pgbouncer(require_tool("pgbouncer")) as url,
        running_web(DATABASE_URL=url, DATABASE_POOL_SIZE=str(AT_ONCE), **sizes) as running,
    ):
        yield running


@contextmanager
def signed_in(web: Web, name: str) -> Iterator[httpx.Client]:
    """Logs in with the log-in form."""
    with httpx.Client(base_url=web.url, timeout=60, trust_env=False) as browser:
        browser.get(LOGIN)
        browser.headers["X-CSRFToken"] = browser.cookies["csrftoken"]
        answer = browser.post(LOGIN, data={"username": name, "password": PASSWORD})
        assert answer.status_code == 302
        browser.headers["X-CSRFToken"] = browser.cookies["csrftoken"]
        yield browser


def test_an_agent_signs_in_reads_and_answers(
    web: Web, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    # The password hasher of production.
    alice.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt")
    alice.save(update_fields=["password"])

    with signed_in(web, "alice") as browser:
        inbox = browser.get("/?view=all")
        shown = browser.get(waiting.get_absolute_url())
        form = reply_form(waiting)
        sent = browser.post(f"{waiting.get_absolute_url()}reply/", data=form)

    assert waiting.get_absolute_url() in inbox.text
    assert (shown.status_code, sent.status_code) == (200, 302)
    assert "It left this morning." in mirakl.bodies(waiting.mirakl_id)[-1]
    assert Outgoing.objects.get().state == Outgoing.State.SENT


def test_statements_are_planned_once_without_a_pooler_only() -> None:
    with (
        pgbouncer(require_tool("pgbouncer")) as url,
        psycopg.connect(url) as pooled,
        psycopg.connect(**connection.get_connection_params()) as direct,
    ):
        assert not planned.ends_in_postgresql(pooled)
        assert planned.ends_in_postgresql(direct)


def test_more_requests_at_once_than_connections_are_all_answered(
    web: Web, admin_user: User, maison: Marketplace, mirakl: Mirakl
) -> None:
    pages = ["/", "/?view=all", "/search/?q=parcel", "/system/", "/admin/inbox/event/"] * 8

    with web.browser(admin_user) as browser, ThreadPoolExecutor(2 * AT_ONCE) as pool:
        answers = list(pool.map(lambda page: browser.get(page).status_code, pages))

    assert answers == [200] * len(pages)


def test_the_log_is_exported_whole_while_others_read(
    web: Web, admin_user: User, alice: User, thread: Thread
) -> None:
    events = [
        Event(marketplace=thread.marketplace, thread=thread, verb=Event.Verb.CLOSED, by=alice)
        for _ in range(5000)
    ]
    Event.objects.bulk_create(events)

    with web.browser(admin_user) as browser, ThreadPoolExecutor(4) as pool:
        exports = list(pool.map(lambda _n: browser.get(EXPORT).text, range(4)))

    assert [len(text.splitlines()) for text in exports] == [5001] * 4

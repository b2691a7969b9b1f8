"""The live channel: its process, its streams, and who is told what."""

import json
import os
import queue as queues
import socket
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import httpx
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from inbox.live import hub
from inbox.live.streams import Stream
from inbox.live.visitors import Visitor
from inbox.models import Access, Marketplace, Thread, User
from inbox.models.live_changes import cursor_now
from inbox.services.people import notifications, presence
from inbox.services.triage import status
from tests import coroutines
from tests.serving import Server, running_live
from tests.test_pgbouncer import pgbouncer
from tests.tools import require_tool
from tests.writing import PATIENCE_SECONDS, eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def live(django_db_setup: None) -> Iterator[Server]:
    with running_live() as running:
        yield running


def cookie_of(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


class Reader:
    """A browser's end of a stream; another thread reads it."""

    def __init__(self, url: str, cookies: dict[str, str], since: str) -> None:
        self._client = httpx.Client(base_url=url, cookies=cookies, timeout=60, trust_env=False)
        self._found: queues.Queue[tuple[str, Any]] = queues.Queue()
        self.cursor = since
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        name = ""
        try:
            with self._client.stream("GET", "/live/", params={"since": self.cursor}) as answer:
                self._socket = answer.extensions["network_stream"].get_extra_info("socket")
                self._found.put(("status", answer.status_code))
                for line in answer.iter_lines():
                    field, _colon, value = line.partition(": ")
                    if field == "id":
                        self.cursor = value
                    elif field == "event":
                        name = value
                    elif field == "data":
                        self._found.put((name, json.loads(value)))
        except httpx.TransportError:
            pass
        self._found.put(("end", None))

    def until(self, name: str, **wanted: Any) -> Any:
        """The data of the next such event; the events before it are dropped."""
        return self.all_until(name, **wanted)[-1]

    def all_until(self, name: str, **wanted: Any) -> list[Any]:
        """The data of all such events up to that one."""
        told, until = [], time.monotonic() + PATIENCE_SECONDS
        while True:
            found, data = self._found.get(timeout=max(0, until - time.monotonic()))
            assert found != "end" or name == "end", f"ended before {name}"
            if found == name:
                told.append(data)
                if all((data or {}).get(key) == value for key, value in wanted.items()):
                    return told

    def status(self) -> Any:
        return self._found.get(timeout=60)[1]

    def here(self, stream: str, states: dict[int, str], **more: Any) -> httpx.Response:
        return self._client.post(
            "/live/here", params={"stream": stream}, content=json.dumps(states), **more
        )

    def close(self) -> None:
        # Closed by another thread, a socket that is being read stays open.
        with suppress(OSError):
            if self._socket:
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._client.close()


@contextmanager
def reading(live: Server, user: User, since: str = "") -> Iterator[Reader]:
    reader = Reader(live.url, cookie_of(user), since or cursor_now())
    yield reader
    reader.close()


def test_a_colleagues_close_arrives_with_its_numbers(
    live: Server, waiting: Thread, alice: User, bob: User
) -> None:
    with reading(live, alice) as alices:
        before = alices.until("hello")["counts"][str(waiting.marketplace_id)]
        status.close_thread(waiting, by=bob)
        told = alices.until("news", changed=[waiting.pk])

    after = told["counts"][str(waiting.marketplace_id)]
    assert after["closed"] == before["closed"] + 1
    assert after["needs-reply"] == before["needs-reply"] - 1


def test_nobody_is_told_of_what_they_may_not_see(
    live: Server, waiting: Thread, bob: User, charlie: User
) -> None:
    other = Thread.objects.create(
        marketplace=Marketplace.objects.get(slug="nordhaus"),
        mirakl_id="theirs",
        last_message_at=timezone.now(),
    )
    with reading(live, charlie) as theirs:
        hello = theirs.until("hello")
        status.close_thread(waiting, by=bob)
        notifications.notify_assigned([waiting], bob, by=None)
        status.close_thread(other, by=charlie)
        told = theirs.all_until("news", changed=[other.pk])

    assert list(hello["counts"]) == [str(other.marketplace_id)]
    assert {pk for one in told for pk in one.get("counts", {})} == {str(other.marketplace_id)}
    assert waiting.pk not in [pk for one in told for pk in one.get("changed", [])]
    assert not [one for one in told if "own" in one]


def test_who_comes_back_gets_what_they_have_missed(
    live: Server, waiting: Thread, alice: User, bob: User
) -> None:
    with reading(live, alice) as alices:
        alices.until("hello")
        since = alices.cursor
    status.close_thread(waiting, by=bob)

    with reading(live, alice, since) as again:
        again.until("news", changed=[waiting.pk])
    with reading(live, alice, "1.1:1:") as late:
        late.until("resync")


@pytest.mark.parametrize("revoke", ["session", "active", "password"])
def test_a_stream_ends_with_the_right_to_it(
    live: Server, waiting: Thread, alice: User, revoke: str
) -> None:
    with reading(live, alice) as alices:
        alices.until("hello")
        if revoke == "session":
            from django.contrib.sessions.models import Session

            Session.objects.all().delete()
        elif revoke == "active":
            User.objects.filter(pk=alice.pk).update(is_active=False)
        else:
            alice.set_password("another")
            alice.save(update_fields=["password"])
        alices.until("bye")
        alices.until("end")


def test_a_stream_that_begins_while_others_are_checked_stays(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = Stream("a session", Visitor(alice.pk, frozenset()))
    own = hub.Hub()

    def meanwhile(sessions: Collection[str]) -> dict[str, Visitor]:
        own.streams[begun.name] = begun
        return {}

    monkeypatch.setattr(hub, "find_visitors", meanwhile)
    monkeypatch.setattr(hub, "BEAT_EVERY", 0.0)
    monkeypatch.setattr(hub, "ASK_EVERY", 0.0)
    turns = iter([False, True])
    coroutines.run(own.run(lambda: next(turns)))
    own._thread.submit(lambda: connection.close()).result()

    told = [begun.waiting.get_nowait() for _ in range(begun.waiting.qsize())]
    assert not [one for one in told if one.startswith(b"event: bye")]


def test_a_marketplace_taken_away_is_told_of_no_more(
    live: Server, waiting: Thread, alice: User, bob: User
) -> None:
    with reading(live, alice) as alices:
        alices.until("hello")
        Access.objects.filter(group__user=alice).delete()
        alices.until("beat")
        status.close_thread(waiting, by=bob)
        notifications.notify_assigned([waiting], alice, by=bob)
        told = alices.all_until("news", own=True)

    assert not [one for one in told if "changed" in one or "counts" in one]


def test_without_a_session_there_is_nothing_to_read(live: Server, db: None) -> None:
    with closing(Reader(live.url, {}, "")) as reader:
        reader.until("bye")
        reader.until("end")


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null"])
def test_other_origins_get_nothing(live: Server, alice: User, origin: str) -> None:
    headers = {"Origin": origin}
    answer = httpx.get(f"{live.url}/live/", cookies=cookie_of(alice), headers=headers)

    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_colleagues_are_told_who_comes_types_and_goes(
    live: Server, waiting: Thread, alice: User, bob: User
) -> None:
    def seen() -> list[str]:
        found = presence.people_present([waiting], but=alice).get(waiting.pk, [])
        return [one.state for one in found]

    own = {"Origin": live.url}
    with reading(live, alice) as alices:
        alices.until("hello")
        with reading(live, bob) as bobs:
            stream = bobs.until("hello")["stream"]
            assert bobs.here(stream, {waiting.pk: "writing"}, headers=own).status_code == 204
            alices.until("news", present=[waiting.pk])
            assert seen() == ["writing"]
            with reading(live, bob) as second:
                other = second.until("hello")["stream"]
                second.here(other, {waiting.pk: "viewing"}, headers=own)
            eventually(lambda: seen() == ["writing"])
            assert alices.here(stream, {}, headers=own).status_code == 404
        alices.until("news", present=[waiting.pk])
        eventually(lambda: seen() == [])


def test_who_opens_a_page_is_told_of_once(
    live: Server, waiting: Thread, alice: User, bob: User
) -> None:
    with reading(live, alice) as alices:
        alices.until("hello")
        presence.record_presence(waiting, bob, presence.VIEWING)
        alices.until("news", present=[waiting.pk])
        presence.record_presence(waiting, bob, presence.VIEWING)
        presence.record_presence(waiting, bob, presence.WRITING)
        alices.until("news", present=[waiting.pk])


def test_it_works_behind_pgbouncer(waiting: Thread, alice: User, bob: User) -> None:
    with (
        pgbouncer(require_tool("pgbouncer")) as url,
        running_live(DATABASE_URL=url) as live,
        reading(live, alice) as alices,
    ):
        alices.until("hello")
        for act in (status.close_thread, status.reopen_thread):
            act(waiting, by=bob)
            alices.until("news", changed=[waiting.pk])


def test_streams_outlive_a_database_that_goes_away(
    live: Server, waiting: Thread, alice: User, bob: User
) -> None:
    own = connection.settings_dict["NAME"]
    cookies = cookie_of(alice)
    with (
        psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as beside,
        reading(live, alice) as alices,
    ):
        alices.until("hello")
        beside.execute(f'ALTER DATABASE "{own}" ALLOW_CONNECTIONS false')
        cut = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND query LIKE '%%pg_visible_in_snapshot%%'"
        )
        eventually(lambda: beside.execute(cut, [own]).fetchone())
        status.close_thread(waiting, by=bob)
        with closing(Reader(live.url, cookies, "")) as refused:
            assert refused.status() == 503
        beside.execute(f'ALTER DATABASE "{own}" ALLOW_CONNECTIONS true')
        alices.until("news", changed=[waiting.pk])


def test_it_ends_its_streams_when_it_is_asked_to_stop(waiting: Thread, alice: User) -> None:
    with running_live(command=("manage.py", "live")) as live:
        with reading(live, alice) as alices:
            alices.until("hello")
            live.process.ask_to_stop()
            alices.until("again")
            alices.until("end")
        eventually(lambda: live.process.exit_code is not None)

    assert live.process.exit_code == 0

"""A conversation that the database refuses affects only itself: others of its page are stored."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from django.db import OperationalError, connection
from django.test import Client

from inbox import mirakl as api
from inbox.models import Marketplace, Message, Thread
from inbox.services.mirror import sync, upsert
from tests.builders import post_reply, text_of
from tests.reading import ago, message, page_of, thread_of
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def database_that_refuses_tea(db: None) -> Iterator[None]:
    """Simulates a row that PostgreSQL refuses."""
    table = "ALTER TABLE inbox_message"
    with connection.cursor() as cursor:
        cursor.execute(f"{table} ADD CONSTRAINT no_tea CHECK (body NOT LIKE '%tea%')")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"{table} DROP CONSTRAINT no_tea")


def about(thread_id: str, body: str, **more: str) -> dict[str, Any]:
    said = message(f"{thread_id}-1", "CUSTOMER", ago(hours=1), body=body)
    return thread_of(said, id=thread_id, **more)


def test_the_others_of_its_page_are_kept_and_it_is_counted(
    agent: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    page = page_of(about("t1", "lamp"), about("t2", "tea"), about("t3", "sofa"))
    mirakl.fails("M11", status=200, body=page)

    shown = text_of(agent.get("/?view=all"))

    assert set(Message.objects.values_list("body", flat=True)) == {"lamp", "sofa"}
    assert "Maison Verte: 1 conversation can" in shown
    assert "/threads/maison-verte/t2/" in shown
    maison.refresh_from_db()
    assert (maison.mirror.failures, maison.mirror.high_water_at is not None) == (0, True)


def test_its_clock_runs_all_the_same(maison: Marketplace, mirakl: Mirakl) -> None:
    record = about("t2", "tea")
    record["metadata"] |= {"shop_reply_needed_since": record["date_updated"]}
    mirakl.fails("M11", status=200, body=page_of(record))

    sync.refresh([maison])

    assert Thread.objects.get().due_at


def test_one_that_is_known_stays_as_it_was_read_and_is_not_answered(
    agent: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.fails("M11", "M10", status=200, body=page_of(about("t2", "lamp")))
    sync.refresh([maison])
    mirakl.fails("M10", status=200, body=about("t2", "tea"))
    upsert.store_threads(maison, _records("tea"))
    thread = Thread.objects.get()

    page = text_of(agent.get(thread.get_absolute_url()))
    answer = post_reply(agent, thread)

    assert "lamp" in page
    assert "reply to this conversation here." in page
    assert 'aria-label="Your reply"' not in page
    assert answer.status_code == 422
    assert mirakl.calls("M12") == []


def test_it_is_whole_again_once_it_can_be_stored(maison: Marketplace) -> None:
    upsert.store_threads(maison, _records("tea"))

    upsert.store_threads(maison, _records("lamp"))

    thread = Thread.objects.get()
    assert (thread.is_askable, thread.preview) == (True, "lamp")


def test_a_database_that_is_away_is_no_matter_of_one_conversation(
    maison: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object) -> None:
        raise OperationalError

    monkeypatch.setattr(upsert, "lock_marketplace", away)

    with pytest.raises(OperationalError):
        upsert.store_threads(maison, _records("lamp"))


def _records(body: str) -> list[api.Thread]:
    return [msgspec.convert(about("t2", body), api.Thread, strict=False)]


# -- ids that cannot be asked for -----------------------------------------


def test_nobody_is_offered_to_answer_where_mirakl_cannot_be_asked(
    agent: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.fails("M11", status=200, body=page_of(about("a/b", "lamp")))
    agent.get("/?view=all")
    thread = Thread.objects.get()

    page = text_of(agent.get(thread.get_absolute_url()))

    assert "reply to this conversation here." in page
    assert "Open the back office" in page
    assert 'aria-label="Your reply"' not in page
    assert 'data-mode-part="note"' in page


# -- conversations that M10 refuses ---------------------------------------


@pytest.mark.parametrize("status", [403, 404, 410])
def test_one_that_m10_refuses_is_shown_as_mirrored_and_can_be_answered(
    status: int, agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    Thread.objects.update(read_at=None)
    mirakl.fails("M10", status=status, body={"message": "Not for you"})

    page = text_of(agent.get(waiting.get_absolute_url()))
    answer = post_reply(agent, waiting)

    assert 'aria-label="Your reply"' in page
    assert "shows this conversation" in page or "show this conversation" in page
    assert answer.status_code in (200, 302)
    assert len(mirakl.calls("M12")) == 1
    marketplace = Marketplace.objects.get(pk=waiting.marketplace_id)
    assert (marketplace.mirror.failures, marketplace.mirror.error_kind) == (0, "")

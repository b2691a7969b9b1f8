"""Ids, dates and clocks outside the schema: no thread disappears, and no value is invented."""

from typing import Any

import pytest
from django.test import Client

from inbox.models import Attachment, Marketplace, Message, Thread, User
from inbox.services import reply_clock
from inbox.services.mirror import sync
from tests.builders import text_of
from tests.reading import ago, as_moment, message, page_of, thread_of
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db(transaction=True)

ODD = {
    "slash": "a/b",
    "slashes": "/",
    "dots": "..",
    "backslash": "a\\b",
    "a NUL": "a\0b",
    "endless": "x" * 300,
}
UNUSUAL = {"spaces": "a b", "percent": "50%2F", "tilde": "~2F", "long": "x" * 255, "unicode": "é🐘"}


@pytest.fixture
def shows(maison: Marketplace, mirakl: Mirakl, alice: User, client: Client) -> Any:
    """Shows the inbox while M11 answers with these threads."""
    client.force_login(alice)

    def show(*threads: Any) -> str:
        mirakl.fails("M11", status=200, body=page_of(*threads))
        return text_of(client.get("/?view=all"))

    return show


def asked_by_customer(**changes: Any) -> dict[str, Any]:
    return thread_of(message("m1", "CUSTOMER", ago(hours=1)), **changes)


# -- ids of conversations -------------------------------------------------


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_conversation_with_an_odd_id_is_listed_and_counted(odd: str, shows: Any) -> None:
    page = shows(asked_by_customer(id=odd), asked_by_customer(id="plain"))

    assert Thread.objects.count() == 2
    assert "Maison Verte: 1 conversation can" in page
    assert page.count('class="open" href="/threads/maison-verte/') == 2


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_conversation_with_an_odd_id_is_read_from_the_mirror(
    odd: str, shows: Any, client: Client, mirakl: Mirakl
) -> None:
    shows(asked_by_customer(id=odd))
    thread = Thread.objects.get()

    answer = client.get(thread.get_absolute_url())

    assert answer.status_code == 200
    assert "valid, so only the last synced version" in text_of(answer)
    assert "Words of m1" in text_of(answer)
    assert [mirakl.calls("M10"), thread.due_at is None] == [[], False]


@pytest.mark.parametrize("unusual", UNUSUAL.values(), ids=UNUSUAL)
def test_an_unusual_id_is_asked_for_as_it_is(
    unusual: str, shows: Any, client: Client, mirakl: Mirakl
) -> None:
    page = shows(asked_by_customer(id=unusual))
    mirakl.fails("M10", status=200, body=asked_by_customer(id=unusual))

    answer = client.get(Thread.objects.get().get_absolute_url())

    assert answer.status_code == 200
    assert "be opened here" not in page
    assert len(mirakl.calls("M10")) == 1


def test_two_endless_ids_are_two_conversations(shows: Any) -> None:
    first, second = asked_by_customer(id="x" * 300 + "1"), asked_by_customer(id="x" * 300 + "2")

    page = shows(first, second)

    assert Thread.objects.count() == 2
    assert "2 conversations can" in page


def test_conversations_without_an_id_are_counted(shows: Any) -> None:
    page = shows({"topic": None}, 7, asked_by_customer())

    assert "Maison Verte: 2 conversations can" in page


def test_nothing_is_said_where_all_can_be_opened(shows: Any) -> None:
    assert "be opened here" not in shows(asked_by_customer())


# -- ids of messages and files --------------------------------------------


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_message_and_a_file_with_an_odd_id_are_shown(
    odd: str, shows: Any, client: Client, mirakl: Mirakl
) -> None:
    file = {"id": odd, "name": "lamp.png", "size": 9}
    shows(thread_of(message(odd, "CUSTOMER", ago(hours=1), attachments=[file])))
    mirakl.fails("M10", status=404)

    page = text_of(client.get(Thread.objects.get().get_absolute_url()))

    assert (Message.objects.count(), Attachment.objects.count()) == (1, 1)
    assert "lamp.png" in page
    assert client.get(address_of_file()).status_code == 503
    assert mirakl.calls("M13") == []


def address_of_file() -> str:
    from django.urls import reverse

    return reverse("attachment", args=["maison-verte", Attachment.objects.get().mirakl_id])


# -- clocks ---------------------------------------------------------------

UNREADABLE = {"empty": "", "millis": 1793000000000, "9999": "9999-12-31T23:59:59Z", "words": "soon"}


def needed_since(value: Any) -> dict[str, Any]:
    asked = thread_of(message("m1", "CUSTOMER", ago(hours=3)))
    asked["metadata"]["shop_reply_needed_since"] = value
    return asked


@pytest.mark.parametrize("value", UNREADABLE.values(), ids=UNREADABLE)
def test_a_clock_that_cannot_be_read_hides_no_customer(
    value: Any, shows: Any, maison: Marketplace
) -> None:
    asked = needed_since(value)

    shows(asked)

    thread = Thread.objects.get()
    at = as_moment(asked["messages"][0]["date_created"])
    assert thread.due_at == at + maison.reply_limit_for
    reply_clock.reset_deadlines(maison)
    assert Thread.objects.get().due_at == thread.due_at


def test_a_clock_that_is_missing_hides_no_customer(shows: Any) -> None:
    asked = needed_since(None)
    del asked["metadata"]["shop_reply_needed_since"]

    shows(asked)

    assert Thread.objects.get().due_at is not None


def test_a_null_means_that_no_reply_is_due(shows: Any) -> None:
    shows(needed_since(None))

    assert Thread.objects.get().due_at is None


def test_a_null_in_a_thread_with_another_odd_value_means_so_too(shows: Any) -> None:
    shows(needed_since(None) | {"date_created": 7})

    assert Thread.objects.get().due_at is None


# -- dates ----------------------------------------------------------------


@pytest.mark.parametrize("date", ["", 1793000000000, "9999-12-31T23:59:59Z", None])
def test_a_message_without_a_date_that_can_be_says_so(
    date: Any, shows: Any, client: Client, mirakl: Mirakl
) -> None:
    shows(thread_of(message("m1", "CUSTOMER", ago(hours=1)) | {"date_created": date}))
    mirakl.fails("M10", status=404)

    page = text_of(client.get(Thread.objects.get().get_absolute_url()))

    assert "Unknown date" in page
    assert not Message.objects.get().is_dated


def test_the_guess_at_a_date_stays_what_it_was(maison: Marketplace, mirakl: Mirakl) -> None:
    undated = thread_of(message("m1", "CUSTOMER", ""), date_updated=None, date_created=None)
    mirakl.fails("M11", status=200, body=page_of(undated))
    sync.fetch_order_threads(maison, "MV-1-A")
    guessed, at = Message.objects.get().created_at, Thread.objects.get().last_message_at

    sync.fetch_order_threads(maison, "MV-1-A")

    assert (Message.objects.get().created_at, Thread.objects.get().last_message_at) == (guessed, at)


@pytest.mark.parametrize(("length", "stored"), [(255, 255), (256, 0)])
def test_an_orders_id_is_stored_whole_or_not_at_all(length: int, stored: int, shows: Any) -> None:
    order = {"type": "MMP_ORDER", "id": "x" * length, "label": "MV-1"}

    shows(asked_by_customer(entities=[order]))

    assert len(Thread.objects.get().entity_id) == stored

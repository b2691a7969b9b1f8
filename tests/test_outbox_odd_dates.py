"""A lost reply that stands at Mirakl with a date that cannot be, or by a clock that is wrong."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from inbox.models import Details, Outgoing, Thread, User
from inbox.services.marketplaces import calls
from inbox.services.mirror import sync
from inbox.services.outbox import confirmation, delivery
from tests.reading import ago
from tests.writing import Mirakl, change, file, later, queued, queued_thread

JSON = {"Content-Type": "application/json"}
ODD = ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2001-02-03", "", "soon", None]
DATES: list[Any] = [
    *ODD,
    1764422000000,
    pytest.param(ago(minutes=10), id="ten minutes ago"),
    pytest.param(ago(hours=20), id="yesterday"),
]
Dated = Callable[[Outgoing, str, Any, str | None], None]


@pytest.fixture
def arrives_dated(mirakl: Mirakl) -> Dated:
    """Its answer is lost, and from then on its message stands there with this date."""

    def arrive(reply: Outgoing, path: str, date: Any, body: str | None) -> None:
        mirakl.fails("M12" if reply.thread else "OR43", drop="after", times=1)
        delivery.deliver(reply.pk)
        answer = mirakl._http.get(path, params={"with_messages": "true"}).json()
        threads = answer.get("data", [answer])
        newest = max(
            (one for thread in threads for one in thread["messages"]),
            key=lambda one: one["date_created"],
        )
        newest |= {"date_created": date} | ({"body": body} if body else {})
        operation = "M11" if "data" in answer else "M10"
        mirakl.fails(operation, status=200, body=json.dumps(answer), headers=JSON)

    return arrive


def looked_at_twice(reply: Outgoing) -> Outgoing:
    for seconds in (6, 31):
        later(reply, seconds=seconds)
        reply = confirmation.confirm(reply)
    return reply


@pytest.mark.parametrize("body", [None, "Other words"])
@pytest.mark.parametrize("date", DATES)
def test_a_reply_is_asked_about_and_never_called_absent(
    date: Any, body: str | None, thread: Thread, alice: User, arrives_dated: Dated
) -> None:
    sync.open_thread(thread.marketplace, thread.mirakl_id)
    reply = queued(thread, alice)

    arrives_dated(reply, f"/api/inbox/threads/{thread.mirakl_id}", date, body)

    assert looked_at_twice(reply).needs_comparison


@pytest.mark.parametrize("date", DATES)
def test_a_new_conversation_is_asked_about_and_never_called_absent(
    date: Any, thread: Thread, alice: User, arrives_dated: Dated
) -> None:
    reply = queued_thread(thread, alice)

    arrives_dated(reply, "/api/inbox/threads", date, None)

    assert looked_at_twice(reply).needs_comparison


def test_a_clock_that_is_known_to_be_behind_is_allowed_for(
    thread: Thread, alice: User, arrives_dated: Dated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a thread outside the mirror, only dates show which messages are new."""
    monkeypatch.setattr(calls, "record_call", lambda *_call: None)
    monkeypatch.setitem(calls.clocks_ahead, "maison-verte", -3600.0)
    reply = queued(thread, alice)

    arrives_dated(reply, f"/api/inbox/threads/{thread.mirakl_id}", ago(minutes=50), None)

    assert looked_at_twice(reply).needs_comparison


# -- the old way, and documents -------------------------------------------

EARLY = ["1970-01-01T00:00:00Z", pytest.param(ago(hours=20), id="yesterday")]
OLD: dict[str, Any] = {"thread": None, "kind": "order_message", "email_subject": "Your lamp"}
BILL: dict[str, Any] = {"thread": None, "kind": "document", "body": "", "recipients": []}


@pytest.mark.parametrize("date", EARLY)
def test_an_old_message_that_says_the_same_is_asked_about_whatever_its_date(
    date: str, thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = queued(thread, alice, subject_id=thread.entity_id, **OLD)
    mirakl.fails("OR42", drop="before", times=1)
    delivery.deliver(reply.pk)

    mirakl.fails("OR41", status=200, body=json.dumps({"messages": [old(7, date)]}), headers=JSON)

    assert looked_at_twice(reply).needs_comparison


def test_an_old_message_in_other_words_is_asked_about_if_its_id_is_newer_than_ours(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    first = queued(thread, alice, subject_id=thread.entity_id, **OLD)
    change(first, state=Outgoing.State.SENT, message_id="7")
    reply = queued(thread, alice, subject_id=thread.entity_id, **OLD, body="Again")
    mirakl.fails("OR42", drop="before", times=1)
    delivery.deliver(reply.pk)

    date = ago(hours=20)
    there = {"messages": [old(5, date, "Long ago"), old(7, date), old(8, date, "Ag***")]}
    mirakl.fails("OR41", status=200, body=json.dumps(there), headers=JSON)

    reply = looked_at_twice(reply)
    assert [one.mirakl_id for one in reply.candidates.undecided()] == ["8"]


def old(number: int, date: str, body: str = "It left this morning.") -> dict[str, Any]:
    return {
        "id": number,
        "subject": "Your lamp",
        "body": body,
        "date_created": date,
        "from_type": "SHOP",
        "to_customer_id": "C-1",
    }


@pytest.mark.parametrize("date", EARLY)
def test_a_document_of_its_name_is_asked_about_whatever_its_date(
    date: str, thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    details = Details(document_types={"bill.pdf": "OTHER"})
    files = [file("bill.pdf", b"%PDF")]
    about = {"subject_id": thread.entity_id, "details": details, "files": files}
    reply = queued(thread, alice, **BILL, **about)
    mirakl.fails("OR74", drop="before", times=1)
    delivery.deliver(reply.pk)

    document = {"id": 9, "file_name": "bill.pdf", "type": "OTHER", "date_uploaded": date}
    there = json.dumps({"order_documents": [document]})
    mirakl.fails("OR72", status=200, body=there, headers=JSON)

    assert looked_at_twice(reply).needs_comparison

"""Every kind of message that Mirakl accepts: sent, and searched for if unconfirmed."""

from collections.abc import Callable
from typing import Any

import pytest

from inbox.models import Details, Marketplace, NamedCustomer, Outgoing, Participant, Thread, User
from inbox.services.outbox import confirmation, delivery, queue
from tests.writing import Mirakl, file, later, queued, queued_thread

OPERATOR, SHOP = Participant("OPERATOR"), Participant("SHOP")
INVOICE = Details(document_types={"invoice 7.pdf": "CUSTOMER_INVOICE"})
QueuedKind = Callable[..., Outgoing]


@pytest.fixture
def of_kind(thread: Thread, alice: User, mirakl: Mirakl) -> QueuedKind:
    """`of_kind("service")`: one in the outbox, on something that is at Mirakl."""

    def queue_reply(kind: str, **changes: Any) -> Outgoing:
        service_order = mirakl.service_order()
        asked: dict[str, dict[str, Any]] = {
            "service_order": {"subject_id": service_order["id"]},
            "service": {"subject_id": service_order["service"]["code"], "recipients": [OPERATOR]},
            "operator_thread": {"subject_id": "", "recipients": [OPERATOR]},
            "order_message": {"topic_type": "", "email_subject": "Your lamp"},
            "document": {
                "topic_type": "",
                "body": "",
                "recipients": [],
                "details": INVOICE,
                "files": [file("invoice 7.pdf", b"%PDF")],
            },
        }
        return queued_thread(thread, alice, **({"kind": kind, **asked[kind]} | changes))

    return queue_reply


OPERATIONS = {
    "service_order": "SOR43",
    "service": "SOF43",
    "operator_thread": "M14",
    "order_message": "OR42",
    "document": "OR74",
}
STARTING = ("service_order", "service", "operator_thread")


def unconfirmed(reply: Outgoing, mirakl: Mirakl, drop: str) -> Outgoing:
    mirakl.fails(OPERATIONS[reply.kind], drop=drop, times=1)
    reply = delivery.deliver(reply.pk)
    mirakl.recovers()
    assert reply.state == Outgoing.State.UNCONFIRMED
    later(reply, seconds=6)
    return reply


@pytest.mark.parametrize("kind", OPERATIONS)
def test_each_kind_is_sent_by_its_operation(of_kind: QueuedKind, mirakl: Mirakl, kind: str) -> None:
    reply = delivery.deliver(of_kind(kind).pk)

    assert (reply.state, reply.error) == (Outgoing.State.SENT, "")
    assert [call["status"] for call in mirakl.calls(OPERATIONS[kind])] in ([201], [200])


@pytest.mark.parametrize("kind", OPERATIONS)
def test_what_arrived_unconfirmed_is_found_and_sent_once(
    of_kind: QueuedKind, mirakl: Mirakl, kind: str
) -> None:
    reply = unconfirmed(of_kind(kind), mirakl, drop="after")

    reply = confirmation.confirm(reply)

    assert (reply.state, reply.error) == (Outgoing.State.SENT, "")
    assert bool(reply.created_thread_id) == (kind in STARTING)
    assert len(mirakl.calls(OPERATIONS[kind])) == 1


@pytest.mark.parametrize("kind", OPERATIONS)
def test_what_did_not_arrive_is_left_to_a_person_and_can_be_sent_again(
    of_kind: QueuedKind, alice: User, mirakl: Mirakl, kind: str
) -> None:
    reply = confirmation.confirm(unconfirmed(of_kind(kind), mirakl, drop="before"))
    later(reply, seconds=31)

    reply = confirmation.confirm(reply)

    assert reply.needs_person
    assert delivery.deliver(queue.resend(reply, alice).pk).state == Outgoing.State.SENT


@pytest.mark.parametrize("kind", OPERATIONS)
def test_an_identical_one_that_was_sent_is_not_taken_for_it(
    of_kind: QueuedKind, mirakl: Mirakl, kind: str
) -> None:
    earlier = delivery.deliver(of_kind(kind).pk)
    reply = unconfirmed(of_kind(kind), mirakl, drop="before")

    reply = confirmation.confirm(reply)

    assert earlier.state == Outgoing.State.SENT
    assert reply.state == Outgoing.State.UNCONFIRMED


@pytest.mark.parametrize("kind", STARTING)
def test_a_conversation_begins_with_its_topic_and_files(
    of_kind: QueuedKind, mirakl: Mirakl, kind: str
) -> None:
    reply = delivery.deliver(of_kind(kind, files=[file("lamp.png", b"pixels")]).pk)

    (first,) = mirakl.messages(reply.created_thread_id)
    assert first["id"] == reply.message_id
    assert mirakl.download(first["attachments"][0]["id"]) == b"pixels"
    opened = next(one for one in mirakl.threads() if one["id"] == reply.created_thread_id)
    assert opened["topic"] == {"type": "FREE_TEXT", "value": "Your lamp"}


def test_an_operator_names_the_shop(
    maison_operator: Marketplace, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    wanted = {"marketplace": maison_operator, "kind": "operator_thread", "recipients": [SHOP]}

    sent = delivery.deliver(queued_thread(thread, alice, subject_id="2001", **wanted).pk)
    lost = queued_thread(thread, alice, subject_id="999999", **wanted)
    lost = delivery.deliver(lost.pk)

    assert mirakl.messages(sent.created_thread_id)[0]["from"]["type"] == "OPERATOR_USER"
    assert lost.state == Outgoing.State.FAILED
    assert "find this conversation or order" in lost.error


def test_an_operators_words_to_another_shop_are_not_taken_for_it(
    maison_operator: Marketplace, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    wanted = {"marketplace": maison_operator, "kind": "operator_thread", "recipients": [SHOP]}
    delivery.deliver(queued_thread(thread, alice, subject_id="2002", **wanted).pk)
    reply = queued_thread(thread, alice, subject_id="2001", **wanted)

    reply = confirmation.confirm(unconfirmed(reply, mirakl, drop="before"))

    assert reply.state == Outgoing.State.UNCONFIRMED


def test_a_reply_changes_the_topic(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    reply = queued(thread, alice, topic_type="REASON_CODE", topic_value="25")

    delivery.deliver(reply.pk)

    thread.refresh_from_db()
    there = next(one for one in mirakl.threads() if one["id"] == thread.mirakl_id)
    assert there["topic"] == {"type": "REASON_CODE", "value": "25"}
    assert (thread.topic_type, thread.topic_value) == ("REASON_CODE", "25")


def test_a_reply_without_a_topic_leaves_it(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    before = next(one for one in mirakl.threads() if one["id"] == thread.mirakl_id)

    delivery.deliver(queued(thread, alice).pk)

    after = next(one for one in mirakl.threads() if one["id"] == thread.mirakl_id)
    assert after["topic"] == before["topic"]


# -- messages the old way -------------------------------------------------


def test_an_old_message_keeps_its_subject_and_its_id(
    of_kind: QueuedKind, thread: Thread, mirakl: Mirakl
) -> None:
    reply = delivery.deliver(of_kind("order_message", body="1 < 2", recipients=[OPERATOR]).pk)

    latest = mirakl.old_messages(thread.entity_id)[0]
    assert (latest["subject"], latest["body"]) == ("Your lamp", "1 &lt; 2")
    assert latest["to_operator"]
    assert "to_customer_id" not in latest
    assert reply.message_id == str(latest["id"])


@pytest.mark.parametrize(
    "changes",
    [
        {"body": "It leaves tomorrow."},
        {"email_subject": "Your table"},
        {"recipients": [Participant("CUSTOMER"), OPERATOR]},
    ],
)
def test_a_similar_old_message_is_not_taken_for_it(
    of_kind: QueuedKind, mirakl: Mirakl, changes: dict[str, Any]
) -> None:
    delivery.deliver(of_kind("order_message").pk)
    reply = unconfirmed(of_kind("order_message", **changes), mirakl, drop="before")

    assert confirmation.confirm(reply).state == Outgoing.State.UNCONFIRMED


def test_a_storefront_names_the_customer_who_writes(
    maison_front: Marketplace, alice: User, mirakl: Mirakl, of_kind: QueuedKind, thread: Thread
) -> None:
    customer = next(
        party["id"]
        for one in mirakl.threads(entity_type="MMP_ORDER", entity_id=thread.entity_id)
        for party in one["authorized_participants"]
        if party["type"] == "CUSTOMER"
    )
    named = {"id": customer, "email": "a@demo.example", "first_name": "A", "last_name": "Demo"}
    details = Details(customer=NamedCustomer(**named))

    reply = of_kind(
        "order_message",
        marketplace=maison_front,
        recipients=[SHOP],
        email_subject="My lamp",
        details=details,
    )
    reply = delivery.deliver(reply.pk)

    assert (reply.state, reply.error) == (Outgoing.State.SENT, "")
    assert mirakl.old_messages(thread.entity_id)[0]["from_type"] == "CUSTOMER"


# -- documents ------------------------------------------------------------


def test_documents_arrive_with_their_types(
    of_kind: QueuedKind, thread: Thread, mirakl: Mirakl
) -> None:
    types = {"invoice.pdf": "CUSTOMER_INVOICE", "manual.pdf": "NOTICE"}
    files = [file(name, b"%PDF" + name.encode()) for name in types]
    before = {document["id"] for document in mirakl.documents(thread.entity_id)}

    reply = delivery.deliver(
        of_kind("document", files=files, details=Details(document_types=types)).pk
    )

    there = [one for one in mirakl.documents(thread.entity_id) if one["id"] not in before]
    assert reply.state == Outgoing.State.SENT
    assert {one["file_name"]: one["type"] for one in there} == types


@pytest.mark.parametrize(
    ("name", "type_code", "words"),
    [
        ("invoice.exe", "CUSTOMER_INVOICE", "csv, doc, xls"),
        ("Schöne Rechnung.pdf", "CUSTOMER_INVOICE", "accents"),
        ("invoice.pdf", "SYSTEM_DELIVERY_BILL", "this type"),
        ("invoice.pdf", "NO_SUCH_TYPE", "CUSTOMER_INVOICE, NOTICE"),
    ],
)
def test_a_refused_document_says_which_and_what_is_right(
    of_kind: QueuedKind, name: str, type_code: str, words: str
) -> None:
    reply = of_kind(
        "document", files=[file(name)], details=Details(document_types={name: type_code})
    )

    reply = delivery.deliver(reply.pk)

    assert reply.state == Outgoing.State.FAILED
    assert name in reply.error
    assert words in reply.error


def test_what_arrived_before_a_refusal_is_not_sent_again(
    of_kind: QueuedKind, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    types = {"invoice.pdf": "CUSTOMER_INVOICE", "manual.pdf": "NO_SUCH_TYPE"}
    files = [file(name) for name in types]
    before = len(mirakl.documents(thread.entity_id))
    reply = delivery.deliver(
        of_kind("document", files=files, details=Details(document_types=types)).pk
    )
    assert "manual.pdf" in reply.error

    reply = delivery.deliver(queue.resend(reply, alice).pk)

    assert reply.state == Outgoing.State.FAILED
    assert len(mirakl.documents(thread.entity_id)) == before + 1
    assert len(mirakl.calls("OR74")) == 3


def test_a_refused_key_is_no_fault_of_the_document(of_kind: QueuedKind, mirakl: Mirakl) -> None:
    mirakl.fails("OR74", status=403)

    reply = delivery.deliver(of_kind("document").pk)

    assert "doesn't allow this reply" in reply.error


def test_a_document_of_an_order_does_not_stop_the_clock_of_its_conversation(
    thread: Thread, of_kind: QueuedKind
) -> None:
    Thread.objects.update(due_at=thread.last_message_at)

    reply = delivery.deliver(of_kind("document").pk)

    thread.refresh_from_db()
    assert reply.state == Outgoing.State.SENT
    assert thread.due_at is not None

import json
from datetime import timedelta

import pytest
from django.core import serializers
from django.db import connection
from django.utils import timezone

from inbox.models import (
    ActionsWhenSent,
    Destination,
    Details,
    NamedCustomer,
    Outgoing,
    Thread,
    User,
)
from inbox.services.outbox import queue
from tests.writing import Mirakl, new_outgoing, queued

DETAILS = Details(
    customer=NamedCustomer("C-1", email="ana@demo.example"),
    documents={"7": "invoice.pdf"},
    document_types={"bill.pdf": "CUSTOMER_INVOICE"},
    original_name="Schöne Rechnung.pdf",
)


@pytest.mark.parametrize("details", [DETAILS, Details()], ids=["all of them", "none"])
def test_what_a_kind_needs_comes_back_as_it_was(
    thread: Thread, alice: User, details: Details
) -> None:
    reply = queued(thread, alice, details=details)

    assert Outgoing.objects.get(pk=reply.pk).details == details


def test_the_column_holds_plain_json_without_what_is_empty(thread: Thread, alice: User) -> None:
    reply = queued(thread, alice, details=Details(documents={"7": "invoice.pdf"}))

    with connection.cursor() as cursor:
        cursor.execute("SELECT details FROM inbox_outgoing WHERE id = %s", [reply.pk])
        assert json.loads(cursor.fetchone()[0]) == {"documents": {"7": "invoice.pdf"}}


def test_a_dump_of_a_row_can_be_loaded(thread: Thread, alice: User) -> None:
    dump = serializers.serialize("json", [queued(thread, alice, details=DETAILS)])

    loaded = next(iter(serializers.deserialize("json", dump)))
    loaded.save()

    assert Outgoing.objects.get().details == DETAILS


def test_every_field_of_a_form_is_in_its_row(thread: Thread, alice: User) -> None:
    columns = {
        "topic_type": "REASON_CODE",
        "topic_value": "7",
        "topic_label": "Late delivery",
        "email_subject": "Your lamp",
        "seen_message_id": 41,
    }

    about = {"thread": None, "kind": "order_message", "subject_id": "MV-1"}

    queued(thread, alice, **columns, **about, actions=ActionsWhenSent(snoozes_hours=4))

    reply = Outgoing.objects.get()
    assert {name: getattr(reply, name) for name in columns} == columns
    assert (reply.actions, reply.destination) == (
        ActionsWhenSent(snoozes_hours=4),
        Destination(thread.marketplace, "order_message", None, "MV-1"),
    )


def test_undo_lasts_as_long_as_its_author_wants(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply, _is_new = queue.add(new_outgoing(thread), by=alice, undo_seconds=20)

    assert reply.undo_until is not None
    assert timedelta() < reply.undo_until - timezone.now() <= timedelta(seconds=20)

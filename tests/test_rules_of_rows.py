"""PostgreSQL enforces the rules for rows for every writer; forms explain them."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.db.models import ForeignKey, Index, Model, Q, UniqueConstraint
from django.utils import timezone

from inbox.models import (
    Access,
    Attachment,
    BulkChange,
    BulkRow,
    CannedReply,
    Draft,
    Event,
    Marketplace,
    Message,
    Note,
    Notification,
    Outgoing,
    OutgoingFile,
    Thread,
    User,
    Visit,
)
from inbox.services.ops import holds

NOW = timezone.now()

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Marketplace:
    return Marketplace.objects.create(name="Nord", slug="nord", base_url="https://nord.example")


@pytest.fixture
def thread(shop: Marketplace) -> Thread:
    return Thread.objects.create(marketplace=shop, mirakl_id="t", last_message_at=NOW)


@pytest.fixture
def reply(thread: Thread) -> Outgoing:
    """Waits to be sent."""
    return Outgoing.objects.create(marketplace=thread.marketplace, thread=thread, body="Yes.")


def in_rome(**more: Any) -> dict[str, Any]:
    return {"calendar_zone": "Europe/Rome", **more}


def of_kind(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "thread": None, "subject_id": "1", **more}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"alert_hours": 25}, "alert_before_limit"),
        ({"alert_hours": 0}, "limit_is_of_hours"),
        ({"reply_limit_hours": 721}, "limit_is_of_hours"),
        ({"role": "nobody"}, "marketplace_has_role"),
        ({"limit_sign": "<"}, "limit_has_signs"),
        ({"alert_sign": ""}, "limit_has_signs"),
        ({"reply_rule": "most"}, "replies_have_rule"),
        ({"reply_rule": "share_min"}, "share_is_of_its_rule"),
        ({"reply_share": 95}, "share_is_of_its_rule"),
        ({"reply_rule": "share_min", "reply_share": 101}, "share_is_of_its_rule"),
        ({"score_window": "year"}, "score_has_window"),
        ({"calendar_kind": "never"}, "calendar_has_time"),
        (in_rome(calendar_kind="days", working_days=[]), "calendar_has_time"),
        (in_rome(calendar_kind="hours", opening_hours=[""] * 7), "calendar_has_time"),
        ({"calendar_kind": "days"}, "calendar_has_zone"),
        ({"working_days": [7]}, "calendar_has_weekdays"),
        ({"opening_hours": ["09:00-18:00"]}, "calendar_has_weekdays"),
    ],
)
def test_a_marketplace(shop: Marketplace, change: dict[str, Any], rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule):
        Marketplace.objects.filter(pk=shop.pk).update(**change)


@pytest.mark.parametrize("change", [{"status": "closed", "snoozed_until": NOW}, {"status": "gone"}])
def test_a_thread(thread: Thread, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="closed_is_not_snoozed"):
        Thread.objects.filter(pk=thread.pk).update(**change)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"thread": None}, "outgoing_is_about_its_kind"),
        ({"subject_id": "1"}, "outgoing_is_about_its_kind"),
        ({"kind": "order_thread", "subject_id": "1"}, "outgoing_is_about_its_kind"),
        ({"kind": "novel"}, "outgoing_is_about_its_kind"),
        (of_kind("order_thread", subject_id=""), "outgoing_is_about_its_kind"),
        ({"body": ""}, "outgoing_has_text"),
        (of_kind("document", body="Text"), "outgoing_has_text"),
        ({"state": "sent"}, "outgoing_is_settled_or_not"),
        ({"settled_at": NOW}, "outgoing_is_settled_or_not"),
        ({"state": "lost"}, "outgoing_is_settled_or_not"),
        ({"state": "sending", "sending_at": NOW, "attempts": 1}, "outgoing_sending_has_lease"),
        ({"state": "sending", "lease_until": NOW, "attempts": 1}, "outgoing_sending_has_lease"),
        ({"state": "sending", "lease_until": NOW, "sending_at": NOW}, "outgoing_sending_has_lease"),
        ({"state": "unconfirmed", "sending_at": NOW}, "outgoing_unconfirmed_has_lease"),
        ({"absent_at": NOW}, "outgoing_absent_was_missing"),
        (
            {"absent_at": NOW, "missing_since": NOW, "asked_at": NOW},
            "outgoing_absent_was_missing",
        ),
        (of_kind("order_message"), "outgoing_has_subject_line"),
        (of_kind("order_thread", email_subject="Lamp"), "outgoing_has_subject_line"),
        ({"then_closes": True, "then_snoozes_hours": 2}, "outgoing_closes_or_snoozes"),
        ({"message_id": "7"}, "outgoing_with_id_was_sent"),
        ({"created_thread_id": "7"}, "outgoing_with_id_was_sent"),
        (
            {"state": "failed", "settled_at": NOW, "message_id": "7"},
            "outgoing_with_id_was_sent",
        ),
    ],
)
def test_a_reply(reply: Outgoing, change: dict[str, Any], rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule):
        Outgoing.objects.filter(pk=reply.pk).update(**change)


@pytest.mark.parametrize(
    "change",
    [
        of_kind("service"),
        of_kind("document", body=""),
        of_kind("operator_thread", subject_id=""),
        of_kind("order_message", email_subject="Your lamp"),
        {"state": "sent", "settled_at": NOW, "message_id": "7"},
        {"missing_since": NOW, "absent_at": NOW},
        {"missing_since": NOW, "asked_at": NOW},
        {"then_closes": True},
        {"state": "sending", "lease_until": NOW, "sending_at": NOW, "attempts": 1},
        {"state": "failed", "settled_at": NOW},
    ],
)
def test_a_reply_as_it_may_be(reply: Outgoing, change: dict[str, Any]) -> None:
    assert Outgoing.objects.filter(pk=reply.pk).update(**change) == 1


def test_no_more_of_a_file_is_sent_than_there_is(reply: Outgoing) -> None:
    with pytest.raises(IntegrityError, match="outgoing_sent_is_within_size"):
        OutgoingFile.objects.create(outgoing=reply, name="a.pdf", size=3, bytes_sent=4)


@pytest.mark.parametrize(
    ("does", "rule"),
    [
        ({"closes": True, "snoozes_hours": 2}, "canned_closes_or_snoozes"),
        ({"snoozes_hours": 0}, "canned_snoozes_an_hour"),
    ],
)
def test_a_canned_reply(does: dict[str, Any], rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule):
        CannedReply.objects.create(name="Bye", body="Bye.", **does)


@pytest.mark.parametrize(
    ("change", "rule"),
    [({"done": 3}, "done_is_within_total"), ({"undone_at": NOW}, "undone_was_finished")],
)
def test_a_bulk_change(change: dict[str, Any], rule: str) -> None:
    ada = User.objects.create_user("ada")

    with pytest.raises(IntegrityError, match=rule):
        BulkChange.objects.create(by=ada, verb="closed", total=2, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"address": "/orders/nord/1/threads/new/"},
        {"subject_id": "1"},
        {"thread": None},
        {"thread": None, "address": "/orders/nord/1/threads/new/"},
        {"kind": "order_thread"},
        {"kind": "order_thread", "thread": None},
        {"kind": "document", "thread": None, "address": "/orders/nord/1/documents/new/"},
    ],
    ids=str,
)
def test_a_draft_is_of_a_thread_or_of_a_form(thread: Thread, change: dict[str, Any]) -> None:
    ada = User.objects.create_user("ada")
    draft = Draft.objects.create(user=ada, marketplace=thread.marketplace, thread=thread)

    with pytest.raises(IntegrityError, match="draft_is_of_thread_or_form"):
        Draft.objects.filter(pk=draft.pk).update(**change)


@pytest.mark.parametrize("kind", ["failed", "mentioned"])
def test_a_failure_alone_names_a_reply(thread: Thread, reply: Outgoing, kind: str) -> None:
    ada = User.objects.create_user("ada")
    named = reply if kind == "mentioned" else None

    with pytest.raises(IntegrityError, match="failure_is_of_a_reply"):
        Notification.objects.create(user=ada, kind=kind, thread=thread, outgoing=named)


def test_a_role_is_known(shop: Marketplace) -> None:
    group = Group.objects.create(name="Team")
    with pytest.raises(IntegrityError, match="access_has_role"):
        Access.objects.create(group=group, marketplace=shop, role="boss")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            Marketplace(name="S", slug="s", alert_hours=30),
            ("The alert must come before the limit."),
        ),
        (
            CannedReply(name="Bye", body="Bye.", closes=True, snoozes_hours=2),
            "A conversation can't be both closed and snoozed.",
        ),
        (CannedReply(name="Bye", body="Bye.", snoozes_hours=0), "Snooze for at least one hour."),
    ],
    ids=["marketplace", "both", "no hour"],
)
def test_forms_say_it_in_words(row: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        row.full_clean(exclude=["base_url"])


def test_a_reply_that_a_restored_desk_does_not_find_can_be_found_absent(reply: Outgoing) -> None:
    holds.hold()

    reply.refresh_from_db()
    assert (reply.state, reply.lease_until is not None) == ("unconfirmed", True)


@pytest.fixture
def parts(thread: Thread, reply: Outgoing) -> None:
    """A row of each kind that belongs to the thread."""
    shop, ada = thread.marketplace, User.objects.create_user("ada")
    message, _alone = (
        Message.objects.create(marketplace=shop, thread=thread, mirakl_id=name, created_at=NOW)
        for name in ("with a file", "without")
    )
    Attachment.objects.create(marketplace=shop, message=message, mirakl_id="a")
    Event.record(Event.Verb.CLOSED, marketplace=shop, thread=thread)
    Draft.objects.create(user=ada, marketplace=shop, thread=thread)
    connection.check_constraints()


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("model", [Message, Attachment, Event, Outgoing, Draft])
def test_a_part_of_a_thread_has_its_marketplace(model: type[Model]) -> None:
    other = Marketplace.objects.create(name="S", slug="s", base_url="https://s.example")
    model._default_manager.filter(pk=model._default_manager.latest("pk").pk).update(
        marketplace=other
    )

    with pytest.raises(IntegrityError, match=f"{model._meta.model_name}_is_of_marketplace"):
        connection.check_constraints()


def first_columns(model: type[Model]) -> set[str]:
    """Returns the columns that an index of all rows begins with, or of all that have a value."""
    keys = [
        (one.fields[0].removeprefix("-"), one.condition)
        for one in [*model._meta.indexes, *model._meta.constraints]
        if isinstance(one, Index | UniqueConstraint) and one.fields
    ]
    return {name for name, of in keys if not of or of == Q(**{f"{name}__isnull": False})}


LARGE = [Attachment, BulkRow, Event, Message, Note, Thread, Visit]


@pytest.mark.parametrize("model", LARGE, ids=lambda one: one.__name__)
def test_a_large_table_has_one_index_for_each_foreign_key(model: type[Model]) -> None:
    keys = [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]

    own = {field.name for field in keys if vars(field)["db_index"]}

    assert not own & first_columns(model)
    assert {field.name for field in keys} <= own | first_columns(model)

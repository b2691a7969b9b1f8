"""Spans are written with the messages, and say who answered, how long it took and by when."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from inbox.models import Marketplace, Message, Outgoing, Span, Thread, User
from inbox.services.backfills import spans
from inbox.services.insight.spans import reset_deadlines
from inbox.services.mirror import sync
from inbox.services.outbox import confirmation, delivery
from tests.reading import ago, as_moment, message, thread_of
from tests.reading import store_record as store
from tests.writing import Mirakl, later, queued


def rows() -> list[tuple[Any, ...]]:
    return list(Span.objects.order_by("asked_at", "asker").values_list())


def limit(span: Span) -> datetime:
    assert span.limit_at is not None
    return span.limit_at


def test_a_conversation_has_a_row_for_each_wait(maison: Marketplace) -> None:
    asked, answered, asked_again = ago(hours=30), ago(hours=28), ago(hours=2)
    thread = store(
        maison,
        message("m1", "CUSTOMER", asked),
        message("m2", "SHOP", answered),
        message("m3", "CUSTOMER", asked_again),
    )

    first, waiting = Span.objects.order_by("asked_at")

    assert (first.asked_at, first.ended_at) == (as_moment(asked), as_moment(answered))
    assert (first.ended_by, first.answer_id, first.seconds) == ("reply", "m2", 7200)
    assert (first.ordinal, first.is_first_reply, first.is_from_desk) == (1, True, False)
    assert (waiting.asked_at, waiting.ended_at, waiting.ordinal) == (
        as_moment(asked_again),
        None,
        2,
    )
    assert limit(waiting) == thread.due_at == waiting.asked_at + timedelta(hours=24)


def test_the_same_answer_writes_nothing_anew(maison: Marketplace) -> None:
    sent = [message("m1", "CUSTOMER", ago(hours=30)), message("m2", "SHOP", ago(hours=28))]
    store(maison, *sent)
    before = rows()

    store(
        maison, *sent, topic={"type": "FREE_TEXT", "value": "The lamp"}, date_updated=ago(hours=1)
    )

    assert rows() == before


def test_rebuilding_changes_nothing(maison: Marketplace, mirakl: Mirakl) -> None:
    sync.refresh([maison])
    before = rows()
    assert before

    spans.rebuild()

    assert rows() == before


def test_spans_lost_are_rebuilt(maison: Marketplace, mirakl: Mirakl) -> None:
    sync.refresh([maison])
    before = [row[1:] for row in rows()]
    Span.objects.all().delete()

    spans.rebuild()

    assert [row[1:] for row in rows()] == before


def test_mirakls_earlier_start_counts(maison: Marketplace) -> None:
    needed = ago(hours=5)
    sent = message("m1", "CUSTOMER", ago(hours=2))
    told = thread_of(sent)["metadata"] | {"shop_reply_needed_since": needed}

    thread = store(maison, sent, metadata=told)

    assert limit(Span.objects.get()) == thread.due_at == as_moment(needed) + timedelta(hours=24)


def test_an_open_wait_without_a_clock_on_its_row_has_no_limit(maison: Marketplace) -> None:
    sent = message("m1", "CUSTOMER", ago(hours=2))
    told = thread_of(sent)["metadata"]

    thread = store(maison, sent, metadata=told | {"shop_reply_needed_since": None})
    assert (thread.due_at, Span.objects.get().limit_at) == (None, None)
    thread = store(maison, sent, metadata=told)
    assert limit(Span.objects.get()) == thread.due_at


def test_an_open_wait_follows_the_limit_and_a_judged_one_does_not(maison: Marketplace) -> None:
    store(maison, message("m1", "CUSTOMER", ago(hours=30)))
    store(maison, message("m2", "CUSTOMER", ago(hours=14)), id="thread-2")
    missed, waiting = Span.objects.order_by("asked_at")

    maison.reply_limit_hours, maison.alert_hours = 12, 10
    maison.save()
    reset_deadlines(maison)

    before = limit(missed)
    for span in (missed, waiting):
        span.refresh_from_db()
    assert limit(missed) == before
    assert limit(waiting) == waiting.asked_at + timedelta(hours=12)
    assert limit(waiting) == waiting.thread.due_at


def test_a_late_answer_keeps_the_limit_it_missed(maison: Marketplace) -> None:
    sent = [message("m1", "CUSTOMER", ago(hours=30))]
    store(maison, *sent)
    before = limit(Span.objects.get())
    maison.reply_limit_hours = 48
    maison.save()

    store(maison, *sent, message("m2", "SHOP", ago(hours=1)))

    span = Span.objects.get()
    assert limit(span) == span.judged_at == before
    assert span.ended_at is not None


@pytest.fixture
def asked(thread: Thread, mirakl: Mirakl, maison: Marketplace) -> Thread:
    """The thread, after its customer has written again."""
    mirakl.customer_writes(thread.mirakl_id, "Any news?")
    sync.open_thread(maison, thread.mirakl_id, force=True)
    return thread


def test_the_author_is_known_by_the_reply(
    asked: Thread, alice: User, mirakl: Mirakl, maison: Marketplace
) -> None:
    delivery.deliver(queued(asked, alice).pk)

    sync.open_thread(maison, asked.mirakl_id, force=True)

    span = Span.objects.get(thread=asked, ended_by="reply", author=alice)
    assert span.is_from_desk


def test_the_author_of_an_unconfirmed_reply_is_credited_later(
    asked: Thread, alice: User, mirakl: Mirakl, maison: Marketplace
) -> None:
    mirakl.fails("M12", drop="after")
    reply = delivery.deliver(queued(asked, alice).pk)
    mirakl.recovers()
    sync.open_thread(maison, asked.mirakl_id, force=True)
    answered = Span.objects.filter(thread=asked).latest("asked_at")
    assert (answered.ended_by, answered.is_from_desk) == ("reply", False)
    later(reply, seconds=6)

    reply = confirmation.confirm(reply)

    assert reply.state == Outgoing.State.SENT
    answered.refresh_from_db()
    assert (answered.is_from_desk, answered.author) == (True, alice)


def test_a_deleted_author_does_not_become_elsewhere(
    asked: Thread, alice: User, mirakl: Mirakl, maison: Marketplace
) -> None:
    delivery.deliver(queued(asked, alice).pk)
    sync.open_thread(maison, asked.mirakl_id, force=True)

    Outgoing.objects.update(author=None)
    alice.delete()

    span = Span.objects.get(thread=asked, answer_id=Outgoing.objects.get().message_id)
    assert (span.is_from_desk, span.author) == (True, None)


def test_old_waits_are_history_and_stay_so(maison: Marketplace) -> None:
    Marketplace.objects.update(connected_at=timezone.now() - timedelta(days=365))
    maison.refresh_from_db()
    store(
        maison,
        message("m1", "CUSTOMER", ago(days=15)),
        message("m2", "SHOP", ago(days=14)),
        message("m3", "CUSTOMER", ago(days=13)),
    )
    assert [one.is_history for one in Span.objects.order_by("asked_at")] == [True, False]

    Message.objects.update(seen_at=timezone.now() - timedelta(days=14))
    spans.rebuild()

    assert not Span.objects.filter(is_history=True).exists()


def test_waits_from_before_the_connection_are_history(maison: Marketplace) -> None:
    store(maison, message("m1", "CUSTOMER", ago(hours=2)))

    assert Span.objects.get().is_history


def test_a_beginning_that_is_read_later_numbers_the_waits(maison: Marketplace) -> None:
    newest = message("m3", "CUSTOMER", ago(hours=3))
    told = thread_of(newest)["metadata"] | {"total_count": 3}
    store(maison, newest, metadata=told)
    assert Span.objects.get().ordinal is None

    earlier = [message("m1", "CUSTOMER", ago(hours=9)), message("m2", "SHOP", ago(hours=8))]
    store(maison, *earlier, newest)

    assert list(Span.objects.order_by("asked_at").values_list("ordinal", flat=True)) == [1, 2]


def test_an_operator_who_does_not_count_has_no_limit(maison: Marketplace) -> None:
    maison.counts_operator = False
    maison.save()

    store(maison, message("m1", "OPERATOR", ago(hours=2), to=[{"type": "SHOP"}]))

    span = Span.objects.get()
    assert (span.asker, span.limit_at) == ("OPERATOR", None)


def test_working_time_is_the_calendars(maison: Marketplace) -> None:
    maison.calendar_kind, maison.calendar_zone = "days", "UTC"
    maison.working_days = list(range(7))
    maison.closed_dates = [as_moment(ago(days=day)).date() for day in range(3, 8)]
    maison.save()

    asked = as_moment(ago(days=9))
    replied = (asked + timedelta(days=7)).isoformat()
    store(maison, message("m1", "CUSTOMER", asked.isoformat()), message("m2", "SHOP", replied))

    span = Span.objects.get()
    assert span.seconds == 7 * 86400
    assert span.working_seconds == 2 * 86400
    assert limit(span) == span.asked_at + timedelta(days=1)


def test_a_message_without_a_date_is_in_no_span(maison: Marketplace) -> None:
    store(maison, message("m1", "CUSTOMER", "1970-01-01T00:00:00Z"))

    assert not Span.objects.exists()


def test_a_storefront_has_no_spans(maison_front: Marketplace) -> None:
    store(maison_front, message("m1", "SHOP", ago(hours=2)))

    assert not Span.objects.exists()


def test_an_end_before_the_beginning_is_refused(maison: Marketplace) -> None:
    store(maison, message("m1", "CUSTOMER", ago(hours=2)), message("m2", "SHOP", ago(hours=1)))

    with pytest.raises(IntegrityError, match="span_ended_somehow"):
        Span.objects.update(ended_at=timezone.now() - timedelta(days=1))


def test_the_migration_tells_how_far_it_is(
    maison: Marketplace, mirakl: Mirakl, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    sync.refresh([maison])
    before = [row[1:] for row in rows()]
    Span.objects.all().delete()
    migration = import_module("inbox.migrations.0014_build_figures")
    monkeypatch.setattr(migration, "EVERY", 1)
    monkeypatch.setattr("inbox.services.backfills.spans.STEP", 20)

    migration.build(None, None)

    assert [row[1:] for row in rows()] == before
    total = Thread.objects.count()
    assert f"20 of {total} conversations" in capsys.readouterr().out

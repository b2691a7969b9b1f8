"""Deadlines of rows: by the marketplace's calendar, and after it has changed."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox import mirakl as client
from inbox.mirakl.decoding import decode
from inbox.models import Marketplace, Thread
from inbox.pages.clock import clock_of
from inbox.services import reply_clock
from inbox.services.marketplaces import accounts, clients
from inbox.services.mirror.upsert import store_threads
from inbox.templatetags.desk import reply_tone
from tests.reading import ago, as_moment, message, thread_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
ROME = {"calendar_kind": "days", "calendar_zone": "Europe/Rome"}


@pytest.fixture
def shop() -> Marketplace:
    return Marketplace.objects.create(name="Nord", slug="nord", base_url="https://nord.example")


def in_utc(shop: Marketplace, asked: datetime | None = None, /, **changes: Any) -> Marketplace:
    """Sets a calendar of all days but the one after `asked`."""
    closed = [(asked + A_DAY).date()] if asked else []
    calendar = {"calendar_kind": "days", "calendar_zone": "UTC", "working_days": [*range(7)]}
    Marketplace.objects.filter(pk=shop.pk).update(**calendar | {"closed_dates": closed} | changes)
    return Marketplace.objects.get(pk=shop.pk)


def store(shop: Marketplace, *messages: dict[str, Any], **changes: Any) -> Thread:
    record = json.dumps(thread_of(*messages, **changes)).encode()
    read = decode(client.Thread, record)
    assert read is not None
    store_threads(shop, [read])
    return Thread.objects.get(marketplace=shop)


def waiting(shop: Marketplace, since: datetime, **fields: Any) -> Thread:
    fields = {"shop_reply_needed_since": since, "due_at": since + 24 * HOUR} | fields
    return Thread.objects.create(marketplace=shop, mirakl_id="T1", last_message_at=since, **fields)


def due(thread: Thread) -> datetime | None:
    thread.refresh_from_db()
    return thread.due_at


def test_a_message_that_is_read_is_due_in_working_time(shop: Marketplace) -> None:
    asked = ago(minutes=1)

    thread = store(in_utc(shop, as_moment(asked)), message("m1", "CUSTOMER", asked))

    assert thread.due_at == as_moment(asked) + 48 * HOUR


def test_a_new_calendar_moves_open_deadlines(shop: Marketplace) -> None:
    now = timezone.now()
    thread = waiting(shop, now)

    reply_clock.reset_deadlines(in_utc(shop, now))
    later = due(thread)
    Marketplace.objects.update(calendar_kind="always")
    reply_clock.reset_deadlines(Marketplace.objects.get())

    assert later == now + 48 * HOUR
    assert due(thread) == now + 24 * HOUR


def test_the_earlier_start_counts_in_a_calendar_too(shop: Marketplace) -> None:
    now = timezone.now()
    thread = waiting(shop, now, waiting_since=now - HOUR)

    reply_clock.reset_deadlines(in_utc(shop, now - HOUR))

    assert due(thread) == now + 47 * HOUR


def test_an_operators_own_clock_is_reset(shop: Marketplace) -> None:
    now = timezone.now()
    thread = waiting(shop, now, waiting_since=now - HOUR)

    reply_clock.reset_deadlines(in_utc(shop, now - HOUR, role="operator"))

    assert due(thread) == now + 47 * HOUR


def test_who_was_answered_gets_no_deadline(shop: Marketplace) -> None:
    thread = waiting(shop, timezone.now(), shop_reply_needed_since=None, due_at=None)

    reply_clock.reset_deadlines(in_utc(shop))

    assert due(thread) is None


def test_a_shorter_limit_moves_what_is_open(shop: Marketplace) -> None:
    """L9: asked at nine, 24 hours become 12 at ten."""
    asked = timezone.now() - HOUR
    thread = waiting(shop, asked)
    shop.reply_limit_hours = 12

    reply_clock.reset_deadlines(shop)

    assert due(thread) == asked + 12 * HOUR


@pytest.mark.parametrize("hours", [-1, 1], ids=["over", "open"])
def test_a_holiday_entered_too_late_moves_only_what_is_open(hours: int, shop: Marketplace) -> None:
    """L29: what was judged as missed stays so."""
    before = timezone.now() + hours * HOUR
    thread = waiting(shop, before - 24 * HOUR)

    reply_clock.reset_deadlines(in_utc(shop, before - A_DAY))

    moved = due(thread)
    assert moved is not None
    assert (moved > before) == (hours == 1)


def test_a_deadline_that_has_passed_stays_when_the_conversation_is_read_again(
    shop: Marketplace,
) -> None:
    asked = message("m1", "CUSTOMER", ago(hours=25))
    missed = store(shop, asked).due_at
    Marketplace.objects.update(reply_limit_hours=48)

    again = store(Marketplace.objects.get(), asked, message("m2", "CUSTOMER", ago(hours=1)))

    assert again.due_at == missed == as_moment(asked["date_created"]) + 24 * HOUR


def test_a_new_wait_has_a_new_deadline(shop: Marketplace) -> None:
    asked = message("m1", "CUSTOMER", ago(hours=25))
    store(shop, asked)
    answer, again = message("m2", "SHOP", ago(hours=2)), message("m3", "CUSTOMER", ago(hours=1))

    thread = store(shop, asked, answer, again)

    assert thread.due_at == as_moment(again["date_created"]) + 24 * HOUR


def test_it_says_when_no_working_time_is_left(shop: Marketplace) -> None:
    closed = in_utc(shop, shut_from=timezone.now() - A_DAY)

    thread = store(closed, message("m1", "CUSTOMER", ago(minutes=1)))

    assert thread.due_at is None
    assert "no working time in the coming year" in clock_of(thread).title


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("always", "24 hours after the message."),
        ("days", "24 hours after the message, on working days."),
        ("hours", "24 working hours after the message."),
    ],
)
def test_the_clock_says_what_counts(kind: str, words: str, shop: Marketplace) -> None:
    thread = waiting(in_utc(shop, calendar_kind=kind), timezone.now())

    assert words in clock_of(thread).title


# -- the operator's messages ----------------------------------------------


@pytest.mark.parametrize("counts", [True, False])
def test_an_operators_message_counts_or_not(counts: bool, shop: Marketplace) -> None:
    shop.counts_operator = counts
    asked = [message("m1", "OPERATOR", ago(hours=3)), message("m2", "CUSTOMER", ago(hours=2))]
    asked[0]["to"] = [{"type": "SHOP", "display_name": "Shop"}]

    thread = store(shop, *asked)

    first = asked[0 if counts else 1]["date_created"]
    assert thread.waiting_since == as_moment(first)


def test_a_message_of_an_operator_who_does_not_count_starts_no_clock(shop: Marketplace) -> None:
    shop.counts_operator = False
    asked = message("m1", "OPERATOR", ago(hours=3), to=[{"type": "SHOP"}])

    assert store(shop, asked).waiting_since is None


def test_conversations_are_read_again_when_operators_begin_to_count(shop: Marketplace) -> None:
    read = {"answer_digest": b"read", "with_operator": True}
    thread = waiting(shop, timezone.now(), **read)

    reply_clock.read_clocks_again(shop)

    thread.refresh_from_db()
    assert bytes(thread.answer_digest) == b""


# -- a closed shop (A01) --------------------------------------------------


def test_a_closed_shop_has_no_working_time(agent: Client, maison: Marketplace) -> None:
    in_utc(maison, shop_id=2202)
    clients.set_credential(maison, kind="key", key="sandbox-group-bright")
    thread = waiting(maison, timezone.now())

    agent.get("/marketplaces/maison-verte/account/")

    maison.refresh_from_db()
    assert maison.shut_from is not None
    assert maison.shut_to is not None
    assert due(thread) == maison.shut_to + 24 * HOUR


def test_a_closure_is_noted_once(shop: Marketplace) -> None:
    account = accounts.Account("Shop", 1, "CLOSE", "", "EUR", timezone.now(), None, None)

    for _ in range(2):
        accounts.note_closure(Marketplace.objects.get(), account)
    accounts.note_closure(shop, None)

    assert Marketplace.objects.get().calendar_version == 2


# -- the average at its limit ---------------------------------------------


@pytest.mark.parametrize(
    ("sign", "hours", "tone"),
    [(">", 24, "soon"), (">=", 24, "overdue"), (">=", 20, "soon"), (">", 24.01, "overdue")],
)
def test_an_average_of_exactly_the_limit(
    sign: str, hours: float, tone: str, shop: Marketplace
) -> None:
    """L43: over, or at least?"""
    shop.limit_sign = sign

    assert reply_tone(hours * HOUR, shop) == tone


def test_a_calendar_in_rome_skips_its_holidays(shop: Marketplace) -> None:
    Marketplace.objects.update(**ROME, holidays_of="IT")
    asked = datetime(2026, 12, 4, 16, 0, tzinfo=UTC)
    rome = Marketplace.objects.get()

    found = reply_clock.compute_due_at(rome, asked)
    rome.closed_dates = [date(2026, 12, 7)]
    later = reply_clock.compute_due_at(rome, asked)

    assert (found, later) == (asked + 3 * A_DAY, asked + 5 * A_DAY)

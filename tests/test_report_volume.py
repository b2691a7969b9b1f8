"""Messages, conversations, the backlog and the outbox in reports, counted in plain Python."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from inbox.models import Event, Marketplace, Message, MirrorState, Outgoing, Span, Thread, User
from inbox.services.backfills import beginnings
from inbox.services.insight.backlog import list_moments
from inbox.services.insight.periods import Period
from inbox.services.insight.report_filter import ReportFilter
from inbox.services.insight.spans import credit_author
from tests.reading import ago, message, store_record
from tests.reporting import Report, new_thread, utc, wait

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db
HOUR = 3600


@pytest.fixture(autouse=True)
def _team_in_paris(settings: "Settings") -> None:
    settings.TIME_ZONE = "Europe/Paris"


@pytest.fixture
def lead(bob: User, client: Client, maison: Marketplace) -> Report:
    MirrorState.objects.update(refreshed_at=timezone.now())
    client.force_login(bob)
    return Report(client)


def sent_reply(maison: Marketplace, message_id: str, author: User, *, thread: Thread) -> Outgoing:
    return Outgoing.objects.create(
        marketplace=maison,
        body="Hello",
        author=author,
        state="sent",
        settled_at=timezone.now(),
        message_id=message_id,
        thread=thread,
    )


@pytest.fixture
def talks(maison: Marketplace, alice: User) -> None:
    """One by the customer, answered from here and elsewhere; one by us; one old."""
    first = message("m1", "CUSTOMER", ago(days=3))
    sent_reply(maison, "m2", alice, thread=store_record(maison, first))
    store_record(
        maison,
        first,
        message("m2", "SHOP", ago(days=2, hours=5)),
        message("m3", "CUSTOMER", ago(days=2, hours=4)),
        message("m4", "SHOP", ago(days=2, hours=3)),
    )
    store_record(maison, message("n1", "SHOP", ago(days=4)), id="thread-2")
    store_record(maison, message("o1", "CUSTOMER", ago(days=90)), id="thread-3")


COUNTS = {
    "messages_in_count": "2",
    "messages_out_count": "3",
    "messages_out_desk_count": "1",
    "messages_out_elsewhere_count": "2",
    "new_conversations_count": "2",
    "handled_conversations_count": "2",
}


@pytest.mark.usefixtures("talks")
def test_messages_and_conversations_are_counted_by_side(lead: Report) -> None:
    lead.open("volume")

    assert {name: lead.value(name) for name in COUNTS} == COUNTS
    assert lead.value("new_conversations_count", "asker", "CUSTOMER") == "1"
    assert lead.value("new_conversations_count", "asker", "SHOP") == "1"
    senders = [row["sender"] for row in lead.table(lead.url("messages_in_count"))]
    assert senders == ["CUSTOMER", "CUSTOMER"]


@pytest.mark.usefixtures("talks")
def test_the_backfill_finds_what_storing_wrote(lead: Report) -> None:
    Thread.objects.update(began_at=None, began_by="")
    Message.objects.update(is_from_desk=False)

    beginnings.fill()

    lead.open("volume")
    assert {name: lead.value(name) for name in COUNTS} == COUNTS


@pytest.mark.usefixtures("talks")
def test_a_reply_recognised_later_is_from_the_desk(
    lead: Report, maison: Marketplace, bob: User
) -> None:
    thread = Thread.objects.get(mirakl_id="thread-2")

    credit_author(sent_reply(maison, "n1", bob, thread=thread))

    lead.open("volume", agent="bob")
    assert lead.value("messages_out_desk_count") == lead.value("messages_out_count") == "1"
    assert lead.value("messages_in_count") == "0"


@pytest.mark.usefixtures("talks")
def test_a_decision_handles_a_conversation(
    lead: Report, maison: Marketplace, alice: User, bob: User
) -> None:
    thread = Thread.objects.get(mirakl_id="thread-3")
    by_hand = {"marketplace": maison, "thread": thread}
    for verb, by in (("closed", alice), ("reopened", None), ("noted", bob)):
        event = Event.objects.create(**by_hand, verb=verb, by=by)
        Event.objects.filter(pk=event.pk).update(at=timezone.now() - timedelta(days=2))

    lead.open("volume")
    assert lead.value("handled_conversations_count") == "3"
    lead.open("volume", agent="bob")
    assert lead.value("handled_conversations_count") == "0"


@pytest.mark.parametrize(("days", "points"), [(2, 49), (20, 121), (60, 61)])
def test_the_backlog_of_each_hour_is_that_of_its_waits(
    days: int, points: int, lead: Report, maison: Marketplace
) -> None:
    end = utc("2026-11-02T00:00")
    for number in range(120):
        asked = end - timedelta(hours=number * 11.7)
        open_for = None if number % 17 == 3 else number * 5431 % (70 * HOUR)
        wait(maison, asked, open_for, thread=new_thread(maison, asked))
    wait(maison, utc("2026-10-31T10:00"), HOUR)  # Counts at ten, no longer at eleven
    first = utc("2026-10-31T00:00") - timedelta(days=days - 1)

    lead.open("volume", **{"from": f"{first:%Y-%m-%d}", "to": "2026-10-31"})

    shown = [one for one in lead.figures if one.metric == "backlog_count" and one.by == "hour"]
    assert len(shown) == points
    spans = list(Span.objects.values_list("asked_at", "ended_at"))
    for one in shown:
        at = datetime.fromisoformat(one.key)
        assert int(one.value) == sum(a <= at and (e is None or e > at) for a, e in spans), one
    assert lead.rows(shown[-2].url) == int(shown[-2].value)


@pytest.mark.parametrize(
    ("first", "last", "zone"),
    [
        ("2026-10-20", "2026-11-15", "Europe/Paris"),
        ("2026-03-10", "2026-04-05", "Europe/Paris"),
        ("2018-10-20", "2018-12-20", "America/Sao_Paulo"),
    ],
)
def test_the_backlogs_days_begin_at_midnight_after_a_change_of_clocks(
    first: str, last: str, zone: str, settings: "Settings"
) -> None:
    settings.TIME_ZONE = zone
    days = date.fromisoformat(first), date.fromisoformat(last)
    period = Period.of_days(*days, timezone.now())
    chosen = ReportFilter(period, [], timezone.now(), MultiValueDict())

    moments = list_moments(chosen)

    assert moments[0] == period.begin
    assert moments[-1] == period.end
    assert {one.begin for one in period.by_day()} <= set(moments)


def test_the_outbox_is_counted_by_what_happened(
    lead: Report, maison: Marketplace, alice: User
) -> None:
    thread = new_thread(maison, timezone.now())
    for number, verbs in enumerate((["failed", "resent", "failed"], ["unconfirmed"], ["undone"])):
        reply = sent_reply(maison, f"x{number}", alice, thread=thread)
        about = {"reply": str(reply.token)}
        for verb in verbs:
            Event.objects.create(marketplace=maison, thread=thread, verb=verb, about=about)

    lead.open("delivery", period="today")

    assert lead.value("replies_failed_count") == "1"
    assert lead.value("replies_unconfirmed_count") == "1"
    assert lead.value("replies_sent_again_count") == "1"
    assert lead.value("replies_undone_count") == "1"
    rows = lead.table(lead.url("replies_failed_count"))
    assert [row["author"] for row in rows] == ["alice"]
    lead.open("team", period="today")
    assert lead.value("replies_failed_count", "agent", "alice") == "1"


def test_old_waits_stand_apart(lead: Report, maison: Marketplace) -> None:
    wait(maison, timezone.now() - timedelta(days=40), is_history=True)

    lead.open()

    assert lead.value("waiting_now_history_count") == "1"
    assert lead.rows(lead.url("waiting_now_history_count")) == 1
    assert lead.value("waiting_now_count") == "0"


def test_those_who_wait_longest_stand_beside_the_quick_replies(
    lead: Report, maison: Marketplace
) -> None:
    now = timezone.now()
    for _number in range(3):
        wait(maison, now - timedelta(days=2), HOUR)
    for _number in range(2):
        wait(maison, now - timedelta(days=5))
    wait(maison, now - timedelta(minutes=10))

    lead.open("time")

    assert lead.value("waiting_longest_count") == "2"
    assert lead.rows(lead.url("waiting_longest_count")) == 2

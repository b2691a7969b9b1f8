"""Canned replies in reports: which were used, how much of them was sent, who asked again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import CannedReply, Marketplace, MirrorState, Outgoing, Thread, User
from inbox.services.composing.placeholders import count_kept
from tests.builders import post_reply
from tests.reporting import Report, new_thread, wait

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Hello Claire, your parcel is on its way.", 1),
        ("Hello Claire,\n\nyour  parcel is on its way. Kind regards", 1),
        ("Hello Claire, your parcel is here.", pytest.approx(19 / 27)),
        ("Something else", 0),
        ("", 0),
    ],
)
def test_what_is_kept_is_counted_in_characters(sent: str, kept: float) -> None:
    body = "Hello {{ customer.first_name }}, your parcel is on its way."

    assert count_kept(body, sent) == kept


def test_placeholders_alone_have_no_share() -> None:
    assert count_kept("{{ order.id }} {{ agent.name }}", "4711 Alice") is None


@pytest.mark.django_db
def test_a_reply_names_the_canned_reply_that_it_began_with(agent: Client, waiting: Thread) -> None:
    later = CannedReply.objects.create(name="A later one", body="Goodbye.")
    first = CannedReply.objects.create(name="On its way", body="It left this {{ order.date }}!")

    post_reply(agent, waiting, canned=[str(first.pk), str(later.pk)])

    reply = Outgoing.objects.get()
    assert reply.canned == first
    assert reply.canned_kept == pytest.approx(10 / 11)


@pytest.mark.django_db
def test_canned_replies_are_counted_each_with_its_rows(
    maison: Marketplace, bob: User, client: Client
) -> None:
    now = timezone.now()
    MirrorState.objects.update(refreshed_at=now)
    greeting, other = (CannedReply.objects.create(name=name, body="Hi") for name in "AB")
    for number, (canned, kept) in enumerate([(greeting, 1.0), (greeting, 0.5), (other, 0.0)]):
        sent_at = now - (10 - number) * DAY
        thread = new_thread(maison, sent_at)
        Outgoing.objects.create(
            marketplace=maison,
            thread=thread,
            body="Hi",
            author=bob,
            state="sent",
            settled_at=sent_at,
            message_id=f"m{number}",
            canned=canned,
            canned_kept=kept,
        )
        if number == 1:
            wait(maison, sent_at + DAY, 60, thread=thread)
    client.force_login(bob)
    report = Report(client)

    report.open("canned")

    assert report.value("canned_used_count") == "3"
    assert report.value("canned_kept_share") == "0.5"
    assert report.value("canned_followed_share") == "0.333333"
    key = str(greeting.pk)
    assert report.value("canned_kept_share", "canned", key) == "0.75"
    (shown,) = [
        one for one in report.figures if (one.metric, one.key) == ("canned_used_count", key)
    ]
    assert [row["canned_reply"] for row in report.table(shown.url)] == ["A", "A"]

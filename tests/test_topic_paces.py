"""How many minutes an answer takes, by topic, and what waits for one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from inbox.models import Marketplace, Span, Thread, TopicPace, User
from inbox.services.insight.topic_paces import Reply, find_minutes, measure_paces
from tests.measuring import answered

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 1, 14, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def test_an_answer_takes_the_time_between_two_replies() -> None:
    def reply(author: int, minutes: float, topic: str = "parcel") -> Reply:
        return Reply(author, NOW + minutes * MINUTE, NOW - HOUR, 1, topic)

    at = [reply(1, minutes) for minutes in (0, 3, 6, 10, 90, 91, 95)]
    of_another = [reply(2, 96)]

    assert find_minutes([*at, *of_another]) == {(1, "parcel"): 3}
    assert find_minutes(at[:5]) == {}


def waiting(marketplace: Marketplace, name: str, topic: str) -> Thread:
    return Thread.objects.create(
        marketplace=marketplace,
        mirakl_id=name,
        topic_value=topic,
        last_message_at=timezone.now(),
        due_at=timezone.now() + HOUR,
    )


def test_what_waits_follows_the_measured_pace(nordhaus: Marketplace, alice: User) -> None:
    before = waiting(nordhaus, "before", "parcel")
    other = waiting(nordhaus, "other", "refund")
    for index in range(6):
        at = timezone.now() - HOUR - index * 2 * MINUTE
        answered(before, at, hours=5, topic="parcel", is_from_desk=True, author=alice)

    measure_paces()
    after = waiting(nordhaus, "after", "parcel")
    minutes = dict(Thread.objects.values_list("mirakl_id", "reply_minutes"))
    assert minutes == {"before": 2, "other": 5, "after": 2}

    Thread.objects.filter(pk=other.pk).update(topic_value="parcel")
    other.refresh_from_db()
    assert other.reply_minutes == 2

    Span.objects.all().delete()
    measure_paces()
    after.refresh_from_db()
    assert (after.reply_minutes, TopicPace.objects.count()) == (5, 0)

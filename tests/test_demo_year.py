"""The demo's year: read from the sandbox, with the work of its team, as reports count it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import httpx
import pytest
from django.utils import timezone

from inbox.management import demo_work, demo_year
from inbox.management.commands import demo_data
from inbox.models import Event, Marketplace, Message, Outgoing, Span, Thread, User
from inbox.sandbox import server
from inbox.services.insight.spans import store_spans
from inbox.services.mirror.history import load_history_step
from inbox.services.triage.status import close_thread
from tests.recounting import recount_thread

pytestmark = pytest.mark.django_db

DAYS = 30
SAMPLE = 60
KEYS = {"maison-verte": "sandbox-shop-maison", "nordhaus": "sandbox-shop-nordhaus"}
Waits = list[tuple[datetime, datetime | None]]


@pytest.fixture(scope="module")
def past() -> Iterator[server.Running]:
    with server.running(threads=9, history_days=DAYS) as sandbox:
        yield sandbox


def at_the_sandbox(past: server.Running, slug: str, thread: str) -> dict[str, Waits]:
    headers = {"Authorization": KEYS[slug]}
    address = f"{past.url}/api/inbox/threads/{thread}"
    shape = httpx.get(address, headers=headers, trust_env=False).raise_for_status().json()
    found = {asker: recount_thread(shape, asker) for asker in ("CUSTOMER", "OPERATOR")}
    return {asker: waits for asker, waits in found.items() if waits}


def at_the_desk(thread: Thread) -> dict[str, Waits]:
    found: dict[str, Waits] = {}
    for span in thread.spans.order_by("asked_at"):
        found.setdefault(span.asker, []).append((span.asked_at, span.ended_at))
    return found


def columns(spans: Any) -> list[dict[str, Any]]:
    return list(spans.order_by("pk").values())


def test_it_is_a_year_of_a_desk_that_was_connected_all_along(past: server.Running) -> None:
    demo_data.load(past.url)
    now = timezone.now()
    for slug in demo_year.begin(DAYS, now):
        demo_year.tell(slug, now)
    demo_year.finish()

    made = past.sandbox.state.shown().marketplaces
    for slug in KEYS:
        marketplace = Marketplace.objects.get(slug=slug)
        own = [one.id for one in made[slug].threads.values() if one.shop.id == marketplace.shop_id]
        threads = Thread.objects.filter(marketplace=marketplace)
        assert set(threads.values_list("mirakl_id", flat=True)) == set(own)
        for thread in threads.order_by("mirakl_id")[: SAMPLE // len(KEYS)]:
            assert at_the_desk(thread) == at_the_sandbox(past, slug, thread.mirakl_id)

    assert_spans_have_their_authors()
    assert_work_has_its_dates()


def assert_spans_have_their_authors() -> None:
    replied = Span.objects.filter(ended_by="reply", marketplace__role="seller")
    of_desk = replied.exclude(author=None)
    authors = Counter(of_desk.values_list("author__username", flat=True))
    waits = {
        name: median(replied.filter(author__username=name).values_list("seconds", flat=True))
        for name in demo_year.SELLERS_TEAM
    }

    assert not Span.objects.filter(is_history=True).exists()
    assert 0.78 < of_desk.count() / replied.count() < 0.92
    assert min(authors[name] for name in demo_year.SELLERS_TEAM) > 10
    assert waits["ada"] < waits["cleo"]
    assert not User.objects.get(username="ada").has_usable_password()
    # The desk's own building of spans changes nothing.
    for marketplace in Marketplace.objects.in_inbox():
        before = columns(Span.objects.filter(marketplace=marketplace))
        store_spans(marketplace, list(Thread.objects.filter(marketplace=marketplace)))
        assert columns(Span.objects.filter(marketplace=marketplace)) == before


def assert_work_has_its_dates() -> None:
    sent = Outgoing.objects.filter(state="sent")
    messages = dict(Message.objects.values_list("mirakl_id", "created_at"))
    verbs = Counter(Event.objects.values_list("verb", flat=True))
    closed = Thread.objects.filter(status="closed")

    assert sent.count() > 200
    for reply in sent:
        assert reply.created_at < messages[reply.message_id] < reply.created_at + timedelta(hours=1)
    assert Event.objects.filter(at__lt=timezone.now() - timedelta(days=DAYS - 7)).exists()
    assert not Event.objects.filter(at__gt=timezone.now()).exists()
    assert verbs["sent"] == sent.count()
    for verb in ("queued", "assigned", "closed", "reopened", "tagged", "undone", "failed"):
        assert verbs[verb]
    assert closed.count() > 0.5 * Thread.objects.count()
    assert not closed.filter(due_at__isnull=False).exists()
    assert not closed.filter(last_message_at__gt=timezone.now() - demo_work.QUIET).exists()


def test_what_a_person_did_meanwhile_stays(past: server.Running) -> None:
    demo_data.load(past.url)
    demo_year.begin(DAYS, timezone.now())
    nordhaus = Marketplace.objects.get(slug="nordhaus")
    load_history_step(nordhaus)
    agent = User.objects.get(username="agent")
    thread = Thread.objects.filter(marketplace=nordhaus).latest("last_message_at")
    close_thread(thread, by=agent)

    demo_year.tell("nordhaus", timezone.now())

    assert [event.by for event in thread.events.all()] == [agent]
    assert Thread.objects.get(pk=thread.pk).status == "closed"
    assert Outgoing.objects.exclude(thread=thread).exists()

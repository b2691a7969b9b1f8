"""A thread's page reads M10, an order's page its threads, and the history page the next step."""

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from inbox.models import Attachment, Marketplace, Message, MirrorState, Participant, Thread, User
from inbox.services.mirror import history, sync
from inbox.services.mirror.history import load_history_step
from tests.reading import ago, at_once, message, page_of, thread_of
from tests.writing import Mirakl

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db(transaction=True)


def longest_of(mirakl: Mirakl) -> str:
    threads = mirakl.threads(limit="100")
    longest: str = max(threads, key=lambda thread: thread["metadata"]["total_count"])["id"]
    return longest


# -- a thread -------------------------------------------------------------


def test_it_reads_a_thread_once_and_whole(maison: Marketplace, mirakl: Mirakl) -> None:
    thread_id = longest_of(mirakl)

    opened = sync.open_thread(maison, thread_id)

    assert opened.thread is not None
    assert opened.freshness.state == "fresh"
    assert opened.thread.messages.count() == opened.thread.message_count == 300
    assert len(mirakl.calls("M10")) == 1


def test_it_keeps_what_messages_carry(maison: Marketplace, mirakl: Mirakl) -> None:
    attached = [{"id": "a1", "name": "lamp.png", "size": 2048}]
    sent = message("m1", "CUSTOMER", ago(hours=2), attachments=attached)
    mirakl.fails("M10", status=200, body=thread_of(sent))

    thread = sync.open_thread(maison, "thread-1").thread

    assert thread is not None
    stored = Message.objects.get()
    assert (stored.body, stored.sender_side, stored.is_ours) == ("Words of m1", "CUSTOMER", False)
    assert stored.recipients == [Participant("SHOP", display_name="Shop")]
    attachment = Attachment.objects.get()
    assert (attachment.mirakl_id, attachment.name, attachment.size) == ("a1", "lamp.png", 2048)
    assert thread.has_attachments


def test_what_the_desk_decided_stays(maison: Marketplace, mirakl: Mirakl, alice: User) -> None:
    sync.refresh([maison])
    until = timezone.now() + timedelta(days=1)
    changed = Thread.objects.order_by("pk")[:1]
    Thread.objects.filter(pk__in=changed).update(assignee=alice, snoozed_until=until)

    thread = sync.open_thread(maison, Thread.objects.get(assignee=alice).mirakl_id).thread

    assert thread is not None
    assert (thread.assignee, thread.snoozed_until) == (alice, until)
    thread.refresh_from_db()
    assert (thread.assignee, thread.snoozed_until) == (alice, until)


@pytest.mark.parametrize("status", Thread.Status.values)
def test_it_is_returned_as_it_stands_in_the_mirror(
    status: str, maison: Marketplace, mirakl: Mirakl, alice: User
) -> None:
    sync.refresh([maison])
    first = Thread.objects.by_newest()[0]
    Thread.objects.filter(pk=first.pk).update(assignee=alice, status=status)
    mirakl.customer_writes(first.mirakl_id, "One more question.")

    thread = sync.open_thread(maison, first.mirakl_id).thread

    assert thread is not None
    stored = Thread.objects.get(pk=first.pk)
    names = [field.attname for field in Thread._meta.concrete_fields if field.name != "search"]
    assert {name: getattr(thread, name) for name in names} == {
        name: getattr(stored, name) for name in names
    }


def test_an_answer_about_another_thread_is_not_shown(maison: Marketplace, mirakl: Mirakl) -> None:
    sync.refresh([maison])
    first, second = Thread.objects.by_newest()[:2]
    answer = thread_of(message("m1", "CUSTOMER", ago(hours=1)), id=second.mirakl_id)
    mirakl.fails("M10", status=200, body=answer)

    thread = sync.open_thread(maison, first.mirakl_id).thread

    assert thread == first


def test_displays_a_moment_apart_share_the_answer(maison: Marketplace, mirakl: Mirakl) -> None:
    thread_id = longest_of(mirakl)
    sync.open_thread(maison, thread_id)

    sync.open_thread(maison, thread_id)
    assert len(mirakl.calls("M10")) == 1

    sync.open_thread(maison, thread_id, force=True)
    assert len(mirakl.calls("M10")) == 2


def test_a_later_display_reads_again(maison: Marketplace, mirakl: Mirakl) -> None:
    thread_id = longest_of(mirakl)
    sync.open_thread(maison, thread_id)
    Thread.objects.update(read_at=timezone.now() - timedelta(seconds=4))

    sync.open_thread(maison, thread_id)

    assert len(mirakl.calls("M10")) == 2


def test_an_inbox_display_does_not_pass_for_a_thread_read(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([maison])
    thread = Thread.objects.get(message_count=300)
    assert thread.messages.count() == 100

    sync.open_thread(maison, thread.mirakl_id)

    assert thread.messages.count() == 300


def test_it_shows_the_mirror_when_mirakl_does_not_answer(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([maison])
    thread = Thread.objects.by_newest()[0]
    mirakl.fails("M10", status=500)

    opened = sync.open_thread(maison, thread.mirakl_id)

    assert opened.thread == thread
    assert opened.freshness.state == "down"
    assert "responded since" in opened.freshness.words


def test_a_thread_that_is_here_is_late_after_its_deadline_and_nothing_is_held_against_it(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([maison])
    thread = Thread.objects.by_newest()[0]
    mirakl.fails("M10", latency_ms=5000)

    opened = sync.open_thread(maison, thread.mirakl_id, deadline=0.1)

    assert (opened.thread, opened.freshness.state) == (thread, "late")
    assert opened.freshness.as_of == maison.mirror.refreshed_at
    assert maison.mirror.failures == 0


def test_a_thread_that_is_not_here_is_waited_for(maison: Marketplace, mirakl: Mirakl) -> None:
    mirakl.fails("M10", latency_ms=500)

    opened = sync.open_thread(maison, longest_of(mirakl), deadline=0.1)

    assert opened.thread is not None
    assert opened.freshness.state == "fresh"


def test_one_that_is_late_after_a_rest_may_be_asked_again(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([maison])
    thread_id = Thread.objects.by_newest()[0].mirakl_id
    MirrorState.objects.update(failures=3, retry_at=ago(minutes=1))
    maison.refresh_from_db()
    mirakl.fails("M10", latency_ms=5000, times=1)
    sync.open_thread(maison, thread_id, deadline=0.1)

    opened = sync.open_thread(maison, thread_id)

    assert opened.freshness.state == "fresh"


def test_one_that_fails_within_its_deadline_is_down(maison: Marketplace, mirakl: Mirakl) -> None:
    sync.refresh([maison])
    mirakl.fails("M10", status=500)

    opened = sync.open_thread(maison, Thread.objects.by_newest()[0].mirakl_id, deadline=5)

    assert opened.freshness.state == "down"


def test_a_thread_that_nobody_knows_is_none(maison: Marketplace) -> None:
    opened = sync.open_thread(maison, "no-such-thread")

    assert (opened.thread, opened.freshness.state) == (None, "gone")
    assert maison.mirror.failures == 0


def test_a_thread_that_mirakl_no_longer_shows_stays(maison: Marketplace) -> None:
    thread = Thread.objects.create(
        marketplace=maison, mirakl_id="withdrawn", last_message_at=timezone.now()
    )

    opened = sync.open_thread(maison, "withdrawn")

    assert opened.thread == thread
    assert opened.freshness.words == "Maison Verte no longer shows this conversation."


def test_a_good_answer_ends_a_failure(maison: Marketplace, mirakl: Mirakl) -> None:
    mirakl.fails("M10", status=500, times=1)
    sync.open_thread(maison, longest_of(mirakl))
    assert maison.mirror.failures == 1

    sync.open_thread(maison, longest_of(mirakl))

    maison.refresh_from_db()
    assert (maison.mirror.failures, maison.mirror.failing_since) == (0, None)


# -- an order -------------------------------------------------------------


def test_it_asks_for_the_threads_of_an_order(maison: Marketplace, mirakl: Mirakl) -> None:
    about = mirakl.threads(entity_type="MMP_ORDER")[0]
    order_id = about["entities"][0]["id"]

    threads, freshness = sync.fetch_order_threads(maison, order_id)

    (call,) = [call for call in mirakl.calls("M11") if "entity_id" in call["query"]]
    query = parse_qs(call["query"])
    assert (query["entity_type"], query["entity_id"]) == (["MMP_ORDER"], [order_id])
    assert freshness.state == "fresh"
    assert about["id"] in [thread.mirakl_id for thread in threads]
    assert all(thread.entity_id == order_id for thread in threads)


def test_it_shows_an_orders_mirrored_threads_when_mirakl_does_not_answer(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([maison])
    thread = Thread.objects.filter(entity_type="MMP_ORDER")[0]
    mirakl.fails("M11", status=500)

    threads, freshness = sync.fetch_order_threads(maison, thread.entity_id)

    assert thread in threads
    assert freshness.state == "down"


# -- the history ----------------------------------------------------------


def load_all(marketplace: Marketplace) -> int:
    steps = 1
    while not load_history_step(marketplace).done:
        steps += 1
    return steps


@pytest.mark.usefixtures("small_pages")
def test_the_first_display_leaves_the_past_for_later(maison: Marketplace) -> None:
    (freshness,) = sync.refresh([maison])

    assert freshness.state == "fresh"
    assert (maison.mirror.history, maison.mirror.history_loaded) == ("loading", 5)
    assert Thread.objects.count() == 5


@pytest.mark.usefixtures("small_pages")
def test_it_loads_the_history_step_by_step(maison: Marketplace, mirakl: Mirakl) -> None:
    everything = {thread["id"] for thread in mirakl.threads(limit="100")}
    sync.refresh([maison])

    progress = load_history_step(maison)
    assert (progress.loaded, progress.done, progress.words) == (10, False, "")

    load_all(maison)
    assert set(Thread.objects.values_list("mirakl_id", flat=True)) == everything
    assert maison.mirror.history_loaded == len(everything)
    oldest = Thread.objects.order_by("updated_at")[0].updated_at
    assert maison.mirror.history_reached_at == oldest


@pytest.mark.usefixtures("small_pages")
def test_the_history_may_begin_before_any_display(maison: Marketplace) -> None:
    load_all(maison)

    assert maison.mirror.high_water_at == Thread.objects.order_by("-updated_at")[0].updated_at


@pytest.mark.usefixtures("small_pages")
def test_two_tabs_that_load_skip_nothing_and_count_nothing_twice(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    everything = len(mirakl.threads(limit="100"))
    sync.refresh([maison])

    at_once(2, lambda: load_all(Marketplace.objects.get()))

    maison.refresh_from_db()
    assert Thread.objects.count() == maison.mirror.history_loaded == everything


@pytest.mark.usefixtures("small_pages")
def test_an_expired_token_begins_the_history_again_and_keeps_what_is_here(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([maison])
    load_history_step(maison)
    mark = maison.mirror.high_water_at
    MirrorState.objects.update(history_token="expired")

    progress = load_history_step(maison)

    assert (progress.loaded, progress.done) == (10, False)
    assert maison.mirror.high_water_at == mark
    load_all(maison)
    assert Thread.objects.count() == len(mirakl.threads(limit="100"))


@pytest.mark.usefixtures("small_pages")
def test_a_step_that_fails_says_why_and_goes_on_from_there(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([maison])
    mirakl.fails("M11", status=500, times=1)

    failed = load_history_step(maison)
    assert (failed.loaded, failed.done) == (5, False)
    assert "Maison Verte hasn't responded" in failed.words

    assert load_history_step(maison).loaded == 10


def test_a_token_that_stands_still_is_no_history(maison: Marketplace, mirakl: Mirakl) -> None:
    mirakl.fails("M11", status=200, body=page_of(thread_of(), next_page_token="again"))
    sync.refresh([maison])

    progress = load_history_step(maison)

    assert "invalid responses" in progress.words


@pytest.mark.usefixtures("every_display_asks")
def test_an_empty_marketplace_has_a_history_as_soon_as_it_has_threads(
    maison: Marketplace, mirakl: Mirakl, settings: "Settings"
) -> None:
    mirakl.fails("M11", status=200, body=page_of(), times=1)
    sync.refresh([maison])
    assert (maison.mirror.history, maison.mirror.high_water_at) == ("done", None)

    (freshness,) = sync.refresh([maison])

    assert freshness.state == "fresh"
    assert maison.mirror.high_water_at is not None
    assert history.load_history_step(maison).done

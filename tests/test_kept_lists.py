"""Rows of a queue that are shown again are not built, and never shown when they have changed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from unittest import mock

import pytest
from django.db.models import F
from django.http import QueryDict
from django.utils import timezone, translation

from inbox import kept
from inbox.models import Draft, Marketplace, Outgoing, Tag, Thread, User, Visit
from inbox.pages import thread_list, thread_rows
from inbox.pages.viewer import Viewer
from inbox.services.marketplaces import reasons
from inbox.services.people import presence
from inbox.services.search.thread_list import InboxFilters

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    kept._rows.clear()


@pytest.fixture
def row(maison: Marketplace, alice: User, bob: User) -> Thread:
    """Due in a day, of Bob's, tagged, and not seen by Alice; another one is snoozed."""
    Thread.objects.create(
        marketplace=maison,
        mirakl_id="asleep",
        preview="Later",
        message_count=1,
        last_message_at=NOW,
        snoozed_until=NOW + timedelta(minutes=1),
    )
    thread = Thread.objects.create(
        marketplace=maison,
        mirakl_id="one",
        topic_value="Parcel",
        customer_name="Nora",
        preview="Where is it?",
        message_count=1,
        last_message_at=NOW - timedelta(hours=1),
        due_at=NOW + timedelta(hours=3, minutes=30),
        assignee=bob,
    )
    thread.tags.add(Tag.objects.create(name="Late parcel", is_for_all=True))
    return thread


def show(user: User) -> str:
    viewer = Viewer(user)
    filters = InboxFilters({"view": "all"}, marketplaces=viewer.in_inbox, user=user)
    found = thread_list.thread_list(viewer, QueryDict(""), filters, filters.marketplaces)
    return kept.fragments("inbox/_row.html", found.rows, list_query="", view="all")


def change_tag(**change: str) -> Callable[[Thread], object]:
    return lambda row: row.tags.update(**change)


def change_thread(**change: object) -> Callable[[Thread], object]:
    return lambda row: Thread.objects.filter(pk=row.pk).update(**change)


def change_marketplace(**change: object) -> Callable[[Thread], object]:
    return lambda row: Marketplace.objects.filter(pk=row.marketplace_id).update(**change)


def bob_is_there(row: Thread) -> None:
    assert row.assignee
    presence.record_presence(row, row.assignee, presence.VIEWING)


def alice_reads(row: Thread) -> None:
    alice = User.objects.get(username="alice")
    Visit.objects.create(user=alice, thread=row, read_until=NOW)


def alice_writes(row: Thread) -> None:
    alice = User.objects.get(username="alice")
    Draft.objects.create(user=alice, marketplace=row.marketplace, thread=row, body="Dear")


def a_reply_fails(row: Thread) -> None:
    Outgoing.objects.create(
        marketplace=row.marketplace, thread=row, body="No", state="failed", settled_at=NOW
    )


@pytest.mark.parametrize(
    "change",
    [
        change_thread(preview="Found it!"),
        change_thread(customer_name="Nora B."),
        change_thread(status="closed"),
        change_thread(has_attachments=True),
        change_thread(assignee=None),
        change_thread(last_message_at=F("last_message_at") - timedelta(days=3)),
        change_thread(topic_value="Parcel lost"),
        lambda row: row.delete(),
        lambda row: User.objects.filter(pk=row.assignee_id).update(first_name="Robert"),
        lambda row: row.tags.clear(),
        change_tag(name="Lost parcel"),
        change_tag(colour="red"),
        change_marketplace(name="Maison Bleue"),
        change_marketplace(slug="maison-bleue"),
        change_marketplace(colour="red"),
        change_marketplace(alert_hours=24),
        change_marketplace(reply_limit_hours=47),
        bob_is_there,
        alice_reads,
        alice_writes,
        a_reply_fails,
    ],
)
def test_a_list_follows_all_that_its_rows_show(
    change: Callable[[Thread], object], row: Thread, alice: User
) -> None:
    before = show(alice)
    assert show(alice) == before

    change(row)

    after = show(alice)
    assert after != before
    kept._rows.clear()
    assert show(alice) == after


@pytest.mark.parametrize(
    "seen",
    [
        lambda: mock.patch.object(timezone, "now", return_value=NOW + timedelta(minutes=2)),
        lambda: mock.patch.object(timezone, "now", return_value=NOW + timedelta(hours=5)),
        lambda: mock.patch.object(timezone, "now", return_value=NOW + timedelta(days=1)),
        lambda: translation.override("de"),
        lambda: timezone.override("Asia/Tokyo"),
        lambda: mock.patch.object(
            reasons, "name_topics", lambda threads, _known: {one.pk: "Named" for one in threads}
        ),
    ],
)
def test_a_list_follows_the_clock_and_its_reader(
    seen: Callable[[], AbstractContextManager[object]], row: Thread, alice: User
) -> None:
    before = show(alice)

    with seen():
        after = show(alice)
        assert after != before
        kept._rows.clear()
        assert show(alice) == after


def test_others_do_not_see_the_marks_of_a_person(row: Thread, alice: User, bob: User) -> None:
    before = show(alice), show(bob)

    alice_writes(row)

    assert show(alice) != before[0]
    assert show(bob) == before[1]


def test_only_changed_rows_are_built_again(row: Thread, alice: User) -> None:
    with (
        mock.patch.object(thread_rows, "_row", wraps=thread_rows._row) as built,
        # The fixture of all tests, which compares, would build them.
        mock.patch.object(kept, "recall", lambda key, *_more: kept._rows.get(key)),
    ):
        show(alice)
        assert built.call_count == 2

        change_thread(preview="Found it!")(row)
        show(alice)

    assert built.call_count == 3


def test_only_so_many_rows_are_kept(
    row: Thread, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept._rows, "most", 2)

    for number in range(4):
        Thread.objects.filter(pk=row.pk).update(preview=f"Number {number}")
        assert f"Number {number}" in show(alice)

    assert len(kept._rows) == 2

"""The rows that open pages follow: which changes write one, and that a reader misses none."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import transaction
from django.utils import timezone

from inbox.models import LiveChange, Notification, Tag, Thread, User
from inbox.models.live_changes import changes_since, cursor_now, sweep
from inbox.models.live_triggers import MOST_THREADS
from inbox.services.mirror import sync
from inbox.services.people import notes, notifications
from inbox.services.triage import assign, status, tags
from tests.worker import environment
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db(transaction=True)


def kinds_of(act: Callable[[], Any]) -> set[tuple[str, int | None, tuple[int, ...]]]:
    """What a reader is told: kind, user, threads."""
    before = cursor_now()
    act()
    rows = changes_since(before).rows
    assert rows is not None
    return {(row.kind, row.user, tuple(row.threads)) for row in rows}


def test_each_action_of_a_colleague_names_its_conversation(waiting: Thread, bob: User) -> None:
    tag = Tag.objects.create(name="damaged")
    changed = {("changed", None, (waiting.pk,))}

    assert kinds_of(lambda: status.close_thread(waiting, by=bob)) == changed
    assert kinds_of(lambda: status.reopen_thread(waiting, by=bob)) == changed
    assert kinds_of(lambda: assign.assign_thread(waiting, to=bob, by=bob)) == changed
    assert kinds_of(lambda: tags.tag_thread(waiting, tag, by=bob)) == changed
    assert kinds_of(lambda: tags.untag_thread(waiting, tag, by=bob)) == changed
    token = uuid.uuid4()
    assert kinds_of(lambda: notes.add(waiting, token=token, body="Seen.", by=bob)) == changed


def test_a_display_that_changes_nothing_says_nothing(waiting: Thread) -> None:
    def shown_again() -> None:
        Thread.objects.update(read_at=None)
        assert sync.open_thread(waiting.marketplace, waiting.mirakl_id).thread

    assert kinds_of(shown_again) == set()


def test_a_new_message_arrives(waiting: Thread, mirakl: Mirakl) -> None:
    def written() -> None:
        mirakl.customer_writes(waiting.mirakl_id, "Any news?")
        Thread.objects.update(read_at=None)
        sync.open_thread(waiting.marketplace, waiting.mirakl_id)

    assert kinds_of(written) == {("arrived", None, (waiting.pk,))}


def test_only_the_person_notified_is_told(waiting: Thread, alice: User, bob: User) -> None:
    told = kinds_of(lambda: notifications.notify_assigned([waiting], alice, by=bob))
    read = kinds_of(lambda: Notification.objects.update(read_at=timezone.now()))

    assert told == read == {("own", alice.pk, ())}


def test_a_change_of_many_conversations_names_none(waiting: Thread, bob: User) -> None:
    Thread.objects.bulk_create(
        Thread(
            marketplace=waiting.marketplace,
            mirakl_id=f"more-{number}",
            last_message_at=timezone.now(),
        )
        for number in range(MOST_THREADS + 1)
    )

    assert kinds_of(lambda: Thread.objects.update(status="closed")) == {("changed", None, ())}


def test_what_is_rolled_back_is_never_told(waiting: Thread, bob: User) -> None:
    def undone() -> None:
        with transaction.atomic():
            status.close_thread(waiting, by=bob)
            transaction.set_rollback(True)

    assert kinds_of(undone) == set()


def test_a_transaction_that_ends_late_is_told_once(waiting: Thread, bob: User) -> None:
    """Its number is lower than that of one which has been read before."""
    first = cursor_now()
    with psycopg.connect(environment()["DATABASE_URL"]) as slow:
        slow.execute("UPDATE inbox_thread SET status = 'closed' WHERE id = %s", [waiting.pk])
        notifications.notify_assigned([waiting], bob, by=None)
        second = changes_since(first)
        slow.commit()
    third = changes_since(second.cursor)
    fourth = changes_since(third.cursor)

    assert [row.kind for row in second.rows or []] == ["own"]
    assert [row.kind for row in third.rows or []] == ["changed"]
    assert fourth.rows == []


@pytest.mark.parametrize("cursor", ["", "x", "1.2:3:", "99999999999.1:1:", "1790000000.9:1:"])
def test_who_brings_no_cursor_of_the_last_minutes_starts_anew(db: None, cursor: str) -> None:
    assert changes_since(cursor).rows is None


def test_who_was_away_for_long_starts_anew(waiting: Thread) -> None:
    at, _dot, snapshot = cursor_now().partition(".")

    assert changes_since(f"{int(at) - 500}.{snapshot}").rows == []
    assert changes_since(f"{int(at) - 700}.{snapshot}").rows is None


def test_rows_are_kept_for_longer_than_anybody_may_be_away(waiting: Thread) -> None:
    LiveChange.objects.update(at=timezone.now() - timedelta(minutes=11))
    sweep()
    assert LiveChange.objects.exists()

    LiveChange.objects.update(at=timezone.now() - timedelta(minutes=16))
    sweep()
    assert not LiveChange.objects.exists()

"""Undo reverts its own change and no later decision."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from inbox.models import Event, Tag, Thread, User
from inbox.services.triage.assign import assign_thread
from inbox.services.triage.changes import KINDS, Change
from inbox.services.triage.snooze import snooze_thread, unsnooze_thread
from inbox.services.triage.status import close_thread, reopen_thread
from inbox.services.triage.tags import tag_thread, untag_thread
from inbox.services.triage.undo import undo_change

Act = Callable[[Thread, User], Change | None]
LATER = timezone.now() + timedelta(days=1)


def acts(people: list[User], tag: Tag) -> dict[str, list[Act]]:
    """The actions by the field they change."""
    return {
        "assignee": [
            lambda thread, by: assign_thread(thread, to=people[0], by=by),
            lambda thread, by: assign_thread(thread, to=people[1], by=by),
            lambda thread, by: assign_thread(thread, to=None, by=by),
        ],
        "status": [
            lambda thread, by: close_thread(thread, by=by),
            lambda thread, by: reopen_thread(thread, by=by),
            lambda thread, by: snooze_thread(thread, until=LATER, by=by),
            lambda thread, by: unsnooze_thread(thread, by=by),
        ],
        "tag": [
            lambda thread, by: tag_thread(thread, tag, by=by),
            lambda thread, by: untag_thread(thread, tag, by=by),
        ],
    }


def state_of(thread: Thread) -> dict[str, Any]:
    thread = Thread.objects.get(pk=thread.pk)
    return {
        "assignee": thread.assignee_id,
        "status": (thread.status, thread.snoozed_until),
        "tag": thread.tags.exists(),
    }


@pytest.mark.parametrize("seed", range(20))
def test_every_later_decision_survives(seed: int, thread: Thread, alice: User, bob: User) -> None:
    drawn = random.Random(seed)  # noqa: S311  which acts, not a secret
    kinds = acts([alice, bob], Tag.objects.create(name="fragile"))
    for several in kinds.values():
        drawn.choice(several)(thread, bob)
    kind = drawn.choice(list(kinds))
    before = state_of(thread)
    done = None
    while done is None:
        done = drawn.choice(kinds[kind])(thread, alice)
    latest = Event.objects.latest("pk").pk
    others = [drawn.choice(kinds[drawn.choice(list(kinds))]) for _ in range(drawn.randint(0, 4))]
    for act in others:
        act(thread, bob)
    decided = {one.verb for one in Event.objects.filter(pk__gt=latest)}
    after = state_of(thread)

    undo_change(thread, done, by=alice)

    is_overruled = any(done.verb in verbs and decided & verbs for verbs in KINDS)
    assert state_of(thread) == (after if is_overruled else after | {kind: before[kind]})

"""What the head of a thread offers: who could take it, how long it could sleep, its tags."""

from collections.abc import Iterable
from typing import Any

from inbox.models import Tag, Thread, User
from inbox.models.desk import TagQuerySet
from inbox.pages.viewer import Viewer
from inbox.services.triage import snooze_choices


def toolbar(viewer: Viewer, thread: Thread) -> dict[str, Any]:
    worn = list(thread.tags.all())
    may_triage = viewer.may_answer(thread.marketplace)
    return {
        "may_triage": may_triage,
        "worn": worn,
        "people": me_first(thread.marketplace.answerers(), viewer.user) if may_triage else [],
        "other_tags": _others(thread, worn) if may_triage else [],
        "naps": snooze_choices.offered(),
    }


def me_first(people: Iterable[User], me: User) -> list[User]:
    """In their order otherwise."""
    return sorted(people, key=lambda one: one.pk != me.pk)


def _others(thread: Thread, worn: Iterable[Tag]) -> TagQuerySet:
    """Tags of its marketplace that it does not have yet."""
    return Tag.objects.on([thread.marketplace]).exclude(pk__in=[tag.pk for tag in worn])

"""What the head of a thread offers: who could take it, how long it could sleep, its tags."""

from collections.abc import Iterable
from typing import Any

from inbox.htmx import DeskRequest
from inbox.models import Tag, Thread
from inbox.models.desk import TagQuerySet
from inbox.services import naps
from inbox.views.access import may_answer


def toolbar(request: DeskRequest, thread: Thread) -> dict[str, Any]:
    worn = list(thread.tags.all())
    may_triage = may_answer(request, thread.marketplace)
    return {
        "may_triage": may_triage,
        "worn": worn,
        "people": thread.marketplace.answerers() if may_triage else [],
        "other_tags": _others(thread, worn) if may_triage else [],
        "naps": naps.offered(),
    }


def _others(thread: Thread, worn: Iterable[Tag]) -> TagQuerySet:
    """Tags of its marketplace that it does not have yet."""
    return Tag.objects.on([thread.marketplace]).exclude(pk__in=[tag.pk for tag in worn])

"""What the head of a thread offers: who could take it, how long it could sleep, its tags."""

from typing import Any

from inbox.htmx import DeskRequest
from inbox.models import Tag, Thread
from inbox.services import naps
from inbox.views.access import may_answer


def toolbar(request: DeskRequest, thread: Thread) -> dict[str, Any]:
    worn = list(thread.tags.all())
    may_triage = may_answer(request, thread.marketplace)
    return {
        "may_triage": may_triage,
        "worn": worn,
        "people": thread.marketplace.answerers() if may_triage else [],
        "other_tags": Tag.objects.exclude(pk__in=[tag.pk for tag in worn]) if may_triage else [],
        "naps": naps.offered(),
    }

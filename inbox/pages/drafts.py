"""The viewer's drafts on a thread."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.timezone import now

from inbox.models import Draft, Thread
from inbox.models.drafts import Mode
from inbox.models.prepared import prepared
from inbox.pages.viewer import Viewer


@dataclass(frozen=True)
class Drafts:
    """`looked_at` is right before they were read: later saves are missing."""

    reply: Draft | None
    note: Draft | None
    looked_at: str


def drafts_on(viewer: Viewer, thread: Thread) -> Drafts:
    looked_at = now().isoformat()
    found = {one.kind: one for one in _drafts(user=viewer.user.pk, thread=thread.pk)}
    return Drafts(found.get(Mode.REPLY), found.get(Mode.NOTE), looked_at)


@prepared
def _drafts(*, user: int, thread: int) -> QuerySet[Draft]:
    return Draft.objects.filter(user=user, thread=thread)

"""The viewer's drafts on a thread."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils.timezone import now

from inbox.models import Draft, Thread
from inbox.models.drafts import Mode
from inbox.models.prepared import prepared
from inbox.pages.viewer import Viewer

LONGEST_SAVE = timedelta(seconds=2)


@dataclass(frozen=True)
class Drafts:
    """`holds_until`: the versions up to this one are among them, later ones may be missing."""

    reply: Draft | None
    note: Draft | None
    holds_until: str


def now_held() -> str:
    """The version up to which what is read now holds every save.

    A save takes its version before others can see it.
    """
    return (now() - LONGEST_SAVE).isoformat()


def drafts_on(viewer: Viewer, thread: Thread) -> Drafts:
    holds_until = now_held()
    found = {one.kind: one for one in _drafts(user=viewer.user.pk, thread=thread.pk)}
    return Drafts(found.get(Mode.REPLY), found.get(Mode.NOTE), holds_until)


@prepared
def _drafts(*, user: int, thread: int) -> QuerySet[Draft]:
    return Draft.objects.filter(user=user, thread=thread)

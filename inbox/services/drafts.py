"""Drafts: kept while they are typed, gone with the reply they became."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from inbox.models import Draft, Reply, Thread
from inbox.models.drafts import Mode


@transaction.atomic
def keep(
    thread: Thread, *, user: User, body: str, recipients: list[str], token: UUID | None
) -> Draft | None:
    """Store what has been typed so far; None where nothing is left to keep.

    `token` is the form's. A save that comes after its reply was sent (the two race in the browser)
    must not bring the text back: somebody would send it again.
    """
    draft = None
    if body.strip():
        draft, _created = Draft.objects.update_or_create(
            user=user,
            thread=thread,
            mode=Mode.REPLY,
            defaults={"body": body, "recipients": recipients},
        )
    else:
        Draft.objects.of(user, thread).delete()
    # After the write, whose row `discard` waits for: one of the two sees the other.
    if token and Reply.objects.filter(token=token).exists():
        Draft.objects.of(user, thread).delete()
        return None
    return draft


def discard(thread: Thread, user: User) -> None:
    Draft.objects.of(user, thread).delete()

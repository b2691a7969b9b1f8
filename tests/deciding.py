"""Shared by tests of the outbox's pages: a failed reply, and actions on it."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from tests.builders import HTMX
from tests.writing import change, queued

if TYPE_CHECKING:
    from django.test import Client

    from inbox.models import Outgoing, Thread, User


def failed(thread: "Thread", by: "User", /, **changes: Any) -> "Outgoing":
    reply = queued(thread, by, **changes)
    change(
        reply, state="failed", error="Maison Verte rejected this reply", settled_at=timezone.now()
    )
    reply.refresh_from_db()
    return reply


def patient(user: "User") -> None:
    from inbox.models import User

    User.objects.filter(pk=user.pk).update(undo_seconds=5)


def on_page(thread: "Thread") -> dict[str, str]:
    return HTMX | {"HX-Current-URL": f"http://testserver{thread.get_absolute_url()}?view=all"}


def act(client: "Client", reply: "Outgoing", action: str, headers: Any = None, **form: str) -> Any:
    return client.post(f"{reply.get_absolute_url()}{action}/", form, headers=headers)

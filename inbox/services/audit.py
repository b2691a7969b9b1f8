"""Records in the audit log what people do, and where from: `audit.record`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Thread
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, models, transaction

from helpdesk.logs import request_id
from inbox.models import AuditEntry

Kind = AuditEntry.Kind


@dataclass(frozen=True)
class Actor:
    """Who acts, by primary key, and the address of their browser. By default the desk itself."""

    person: int | None = None
    address: str = ""


# Asked only when something is recorded: finding the person may take a query.
_actor: ContextVar[Callable[[], Actor]] = ContextVar("actor", default=Actor)


@contextmanager
def acting(actor: Callable[[], Actor]) -> Iterator[None]:
    """What is recorded inside was done by that actor."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def record(
    kind: Kind,
    *,
    about: models.Model | None = None,
    by: AbstractBaseUser | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry in the current transaction: it counts if that is committed.

    `by` is the one who acts unless the request tells it. `details` hold ids, names of fields and
    values that may be recorded; never a secret, a text of a message or a customer's name.
    """
    actor = _actor.get()()
    AuditEntry.objects.create(
        kind=kind,
        by=by.pk if by else actor.person,
        address=actor.address,
        request=request_id.get(),
        target=about._meta.label_lower if about else "",
        target_id=about.pk if about else None,
        details=dict(details or {}),
    )


def record_apart(kind: Kind, **what: Any) -> None:
    """Like `record`, for failures: it stays if the current transaction is rolled back."""
    if not _is_within_transaction():
        record(kind, **what)
        return
    actor, request = _actor.get()(), request_id.get()

    def write() -> None:
        request_id.set(request)
        try:
            with acting(lambda: actor):
                record(kind, **what)
        finally:
            connection.close()

    # A thread of its own has a connection of its own.
    thread = Thread(target=write)
    thread.start()
    thread.join()


def record_reading(thread: models.Model) -> None:
    """Record who opens a conversation, where AUDIT_READING asks for it."""
    if settings.AUDIT_READING:
        record(Kind.READ, about=thread)


def _is_within_transaction() -> bool:
    try:
        with transaction.atomic(durable=True):
            return False
    except RuntimeError:
        return True

"""Django's sessions in the database, read with their use by one prepared query.

A session ends `SESSION_SECONDS` after its first use, however often it is written, and after
`IDLE_SECONDS` without use.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils import timezone

from inbox.models import SessionUse, User
from inbox.models.prepared import prepared, prepared_update

# Of a session in steady use, so seldom is the use written.
WRITTEN_EACH = timedelta(minutes=1)
Stored = tuple[str, datetime | None, datetime | None]


class SessionStore(DatabaseStore):
    """Its name is Django's, and part of each signature: sessions of Django's store stay valid."""

    last_used_at: datetime | None = None

    def load(self) -> dict[str, Any]:
        now = timezone.now()
        for data, began_at, last_used_at in _stored(key=self.session_key or "", now=now):
            if not is_over(began_at, last_used_at, now):
                self.last_used_at = last_used_at
                return dict(self.decode(data))
        self._session_key = None
        return {}


def is_over(began_at: datetime | None, last_used_at: datetime | None, now: datetime) -> bool:
    """Whether it has lasted, or rested, too long; a session that has not been used yet has not."""
    if began_at is None or last_used_at is None:
        return False
    is_old = now - began_at > timedelta(seconds=settings.SESSION_COOKIE_AGE)
    is_idle = now - last_used_at > timedelta(seconds=settings.IDLE_SECONDS)
    return is_old or (is_idle and settings.IDLE_SECONDS > 0)


def without_ended(keys: Collection[str], now: datetime) -> QuerySet[Session]:
    """Of these sessions those that go on."""
    lasting = now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    goes_on = Q(use__began_at__gt=lasting)
    if settings.IDLE_SECONDS:
        goes_on &= Q(use__last_used_at__gt=now - timedelta(seconds=settings.IDLE_SECONDS))
    rows = Session.objects.filter(pk__in=keys, expire_date__gt=now)
    return rows.filter(goes_on | Q(use=None))


def record_use(session: SessionStore, user: User, *, address: str, user_agent: str) -> None:
    """At most once a minute."""
    now, key = timezone.now(), session.session_key or ""
    if session.last_used_at and now - session.last_used_at < WRITTEN_EACH:
        return
    if session.last_used_at:
        _used(key=key, address=address, now=now)
        return
    first = SessionUse(
        session_id=key,
        user=user,
        address=address,
        user_agent=user_agent[:300],
        began_at=now,
        last_used_at=now,
    )
    SessionUse.objects.bulk_create([first], ignore_conflicts=True)


def sessions_of(user: User) -> list[SessionUse]:
    """The last used first."""
    now = timezone.now()
    found = SessionUse.objects.filter(user=user, session__expire_date__gt=now)
    return [one for one in found if not is_over(one.began_at, one.last_used_at, now)]


def end(user: User, pk: int) -> None:
    """End one of the user's sessions."""
    _end(SessionUse.objects.filter(user=user, pk=pk))


def end_others(user: User, own: str) -> None:
    """End all sessions of the user but one."""
    _end(SessionUse.objects.filter(user=user).exclude(session=own))


def _end(uses: QuerySet[SessionUse]) -> None:
    Session.objects.filter(pk__in=list(uses.values_list("session", flat=True))).delete()


def sweep() -> None:
    """Delete sessions that have ended, and what is left of others."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    SessionUse.objects.exclude(session__in=Session.objects.all()).delete()


@prepared
def _stored(*, key: str, now: datetime) -> QuerySet[Session, Stored]:
    valid = Session.objects.filter(session_key=key, expire_date__gt=now)
    return valid.values_list("session_data", "use__began_at", "use__last_used_at")


@prepared_update
def _used(*, key: str, address: str, now: datetime) -> tuple[QuerySet[SessionUse], dict[str, Any]]:
    rows = SessionUse.objects.filter(session=key)
    return rows, {"address": address, "last_used_at": now}

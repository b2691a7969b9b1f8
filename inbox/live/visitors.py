"""Who the cookies of open streams belong to, and what these users may see: for all at once."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from inbox.models import Marketplace, User
from inbox.services.people import duties
from inbox.services.people.sessions import without_ended


@dataclass(frozen=True)
class Visitor:
    """A user who is logged in, and the marketplaces they may see; by primary key."""

    user: int
    marketplaces: frozenset[int]


def find_visitors(sessions: Collection[str]) -> dict[str, Visitor]:
    """By key of the session; without ended sessions. Four queries for any number.

    As Django's `get_user`, which would replace a session signed with an older key.
    """
    rows = without_ended(sessions, timezone.now())
    stored = {row.session_key: SessionStore().decode(row.session_data) for row in rows}
    people = duties.with_demands(User.objects.all()).in_bulk(
        {one[SESSION_KEY] for one in stored.values() if SESSION_KEY in one}
    )
    theirs = {
        key: user
        for key, session in stored.items()
        if (user := people.get(int(session.get(SESSION_KEY, 0)))) and _holds(session, user)
    }
    visible = Marketplace.objects.visible_to_each(list({*theirs.values()}))
    return {key: Visitor(user.pk, visible[user.pk]) for key, user in theirs.items()}


def _holds(session: dict[str, Any], user: User) -> bool:
    """Whether the user may log in, has done what is demanded, and has the session's password."""
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    known = session.get(HASH_SESSION_KEY, "")
    return (
        user.is_active
        and duties.duty_of(user, session) is None
        and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and any(constant_time_compare(known, one) for one in hashes)
    )

"""Presence: who has which thread open, and who is typing; kept in Redis while pages report it.

Without Redis nothing breaks: presence is then empty.
"""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from redis import RedisError

from helpdesk.workers import client
from inbox.models import LiveChange, Thread, User
from inbox.models.light_rows import Listed
from inbox.models.prepared import prepared_insert

VIEWING, WRITING, AWAY, GONE = "viewing", "writing", "away", "gone"
STATES = (VIEWING, WRITING, AWAY, GONE)
# Two heartbeats may be missed. Browsers slow hidden pages down to one a minute.
LASTS_SECONDS = {VIEWING: 90, WRITING: 90, AWAY: 150}
LONGEST_SECONDS = max(LASTS_SECONDS.values())
STAMP = re.compile(rf"(?P<state>{VIEWING}|{WRITING}|{AWAY}) (?P<until>[0-9]{{1,12}})", re.ASCII)


@dataclass(frozen=True)
class PersonPresent:
    user: User
    state: str

    @property
    def words(self) -> str:
        words = {
            VIEWING: _("%(who)s is viewing this"),
            WRITING: _("%(who)s is typing"),
            AWAY: _("%(who)s has this open in another tab"),
        }
        return words[self.state] % {"who": self.user.display_name}


@dataclass(frozen=True)
class Stay:
    """A user in a thread of a marketplace; all by primary key."""

    thread: int
    marketplace: int
    user: int
    state: str


def record_presence(thread: Thread, user: User, state: str) -> None:
    record_stays([Stay(thread.pk, thread.marketplace_id, user.pk, state)])


def record_stays(stays: Sequence[Stay]) -> None:
    """Stores them for the next minutes, in one round trip. Open pages hear of each that is news."""
    before = _ask_redis(lambda redis: _stamp(redis, stays))
    news = [
        one
        for one, stamp in zip(stays, before or (), strict=False)
        if _state_of(stamp) != one.state
    ]
    if len(news) == 1:
        _store_change(marketplace=news[0].marketplace, threads=[news[0].thread])
        return
    LiveChange.objects.bulk_create(
        _change(marketplace=one.marketplace, threads=[one.thread]) for one in news
    )


def _change(*, marketplace: int, threads: list[int]) -> LiveChange:
    kind = LiveChange.Kind.PRESENT
    return LiveChange(kind=kind, marketplace_id=marketplace, threads=threads)


# A page that opens stores one.
_store_change = prepared_insert(_change)


def _stamp(redis: Any, stays: Sequence[Stay]) -> list[str | None]:
    """Returns the stamps before."""
    with redis.pipeline() as commands:
        for one in stays:
            commands.hget(_key(one.thread), one.user)
        for one in stays:
            if one.state == GONE:
                commands.hdel(_key(one.thread), one.user)
                continue
            until = time.time() + LASTS_SECONDS[one.state]
            commands.hset(_key(one.thread), one.user, f"{one.state} {until:.0f}")
            commands.expire(_key(one.thread), LONGEST_SECONDS)
            commands.set(_flag(one.thread), 1, LONGEST_SECONDS)
        found: list[str | None] = commands.execute()[: len(stays)]
    return found


def _state_of(stamp: str | None) -> str:
    read = STAMP.fullmatch(stamp or "")
    return read["state"] if read and float(read["until"]) > time.time() else GONE


def people_present(threads: Sequence[Listed], *, but: User) -> dict[int, list[PersonPresent]]:
    """Other users by thread, those typing first; two round trips for all of the threads."""
    stamps = _ask_redis(lambda redis: _read_stamps(redis, [thread.pk for thread in threads])) or {}
    states = {
        thread_pk: still
        for thread_pk, found in stamps.items()
        if (still := {pk: state for pk, state in _still_valid(found) if pk != but.pk})
    }
    users = User.objects.in_bulk({pk for of_one in states.values() for pk in of_one})
    return {
        thread_pk: sorted(
            (PersonPresent(users[pk], state) for pk, state in of_one.items() if pk in users),
            key=lambda one: (one.state != WRITING, one.state == AWAY, one.user.display_name),
        )
        for thread_pk, of_one in states.items()
    }


def _read_stamps(redis: Any, pks: Sequence[int]) -> dict[int, dict[str, str]]:
    """By thread; most have none."""
    flags = redis.mget(map(_flag, pks)) if pks else []
    flagged = [pk for pk, flag in zip(pks, flags, strict=True) if flag]
    with redis.pipeline(transaction=False) as commands:
        for pk in flagged:
            commands.hgetall(_key(pk))
        return dict(zip(flagged, commands.execute(), strict=True))


def _still_valid(found: dict[str, str]) -> Iterable[tuple[int, str]]:
    """Skips entries that `record_presence` did not write: other programs may write to Redis."""
    for pk, stamp in found.items():
        state = _state_of(stamp)
        if state != GONE and pk.isdecimal():
            yield int(pk), state


def _key(thread_pk: int) -> str:
    return f"helpdesk:presence:{thread_pk}"


def _flag(thread_pk: int) -> str:
    """Exists while the thread has stamps: all flags are read by one command."""
    return f"helpdesk:present:{thread_pk}"


def _ask_redis(question: Callable[[Any], Any]) -> Any:
    try:
        return question(client())
    except RedisError:
        return None

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
from inbox.models import Thread, User

VIEWING, WRITING, AWAY, GONE = "viewing", "writing", "away", "gone"
STATES = (VIEWING, WRITING, AWAY, GONE)
# Two heartbeats may be missed. Browsers slow hidden pages down to one a minute.
LASTS_SECONDS = {VIEWING: 50, WRITING: 50, AWAY: 150}
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


def record_presence(thread: Thread, user: User, state: str) -> None:
    if state == GONE:
        _ask_redis(lambda redis: redis.hdel(_key(thread.pk), user.pk))
        return
    value = f"{state} {time.time() + LASTS_SECONDS[state]:.0f}"

    def stamp(redis: Any) -> None:
        with redis.pipeline() as commands:
            commands.hset(_key(thread.pk), user.pk, value)
            commands.expire(_key(thread.pk), LONGEST_SECONDS)
            commands.execute()

    _ask_redis(stamp)


def people_present(threads: Sequence[Thread], *, but: User) -> dict[int, list[PersonPresent]]:
    """Other users by thread, those typing first; one round trip for all of the threads."""
    stamps = _ask_redis(lambda redis: _read_stamps(redis, [thread.pk for thread in threads])) or []
    states = {
        thread.pk: still
        for thread, found in zip(threads, stamps, strict=False)
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


def _read_stamps(redis: Any, pks: Iterable[int]) -> Any:
    with redis.pipeline(transaction=False) as commands:
        for pk in pks:
            commands.hgetall(_key(pk))
        return commands.execute()


def _still_valid(found: dict[str, str]) -> Iterable[tuple[int, str]]:
    """Skips entries that `record_presence` did not write: other programs may write to Redis."""
    now = time.time()
    for pk, stamp in found.items():
        read = STAMP.fullmatch(stamp)
        if read and pk.isdecimal() and float(read["until"]) > now:
            yield int(pk), read["state"]


def _key(thread_pk: int) -> str:
    return f"helpdesk:presence:{thread_pk}"


def _ask_redis(question: Callable[[Any], Any]) -> Any:
    try:
        return question(client())
    except RedisError:
        return None

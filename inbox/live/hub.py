"""The hub: asks PostgreSQL once a second for all open streams, and tells each what it may know.

Nothing that wakes it can be missed, and no stream holds a connection. PgBouncer, a restart of
PostgreSQL, and one of the hub cost a delay, never an event: a stream brings its cursor along.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from django.db import Error, connection
from redis import RedisError

from helpdesk import live
from inbox.live.streams import Stream, event
from inbox.live.visitors import Visitor, find_visitors
from inbox.models import Thread
from inbox.models.live_changes import Difference, Row, changes_since
from inbox.services.live_news import Counts, Moved, news_of, news_on
from inbox.services.people import presence
from inbox.services.people.presence import Stay

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

ASK_EVERY = 1.0
# A sign of life. Before it, the rights of all streams are checked.
BEAT_EVERY = 20.0
# Streams that may begin within a second; others come back a little later.
MOST_BEGUN = 50
MOST_STREAMS = 5000
RANK = (presence.WRITING, presence.VIEWING, presence.AWAY)


class Full(Exception):
    """Too many streams, or too many at once."""


class Hub:
    def __init__(self) -> None:
        self.streams: dict[str, Stream] = {}
        # Set by the first stream: what it holds.
        self.cursor = ""
        self._counts = Counts()
        self._begun = 0
        # One thread, so one connection.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")

    # -- the loop -------------------------------------------------------------

    async def run(self, is_ending: Callable[[], bool]) -> None:
        beat_at = time.monotonic() + BEAT_EVERY
        await self._in_thread(_say_alive, 0)
        while not is_ending():
            await asyncio.sleep(ASK_EVERY)
            self._begun = 0
            try:
                await self._ask()
                if time.monotonic() >= beat_at:
                    beat_at = time.monotonic() + BEAT_EVERY
                    await self._beat()
            except Error as error:
                # The streams stay. Without a beat their readers take to asking the desk.
                log.warning("the database does not answer: %s", type(error).__name__)
            except Exception:
                log.exception("a change was not told")
        self.end()

    def end(self) -> None:
        for stream in self.streams.values():
            stream.end(event("again"))

    async def _ask(self) -> None:
        if not self.cursor:
            return
        difference = await self._in_thread(changes_since, self.cursor)
        rows = difference.rows
        touched = {row.marketplace for row in rows or () if row.marketplace}
        moved = await self._in_thread(self._counts.update, touched & self._watched())
        # From here on they are told: nothing fails in between.
        self.cursor = difference.cursor
        if rows is None:
            for stream in self.streams.values():
                stream.send(event("resync", cursor=self.cursor))
        elif rows:
            self._tell(rows, moved)

    def _watched(self) -> set[int]:
        return {pk for one in self.streams.values() for pk in one.visitor.marketplaces}

    def _tell(self, rows: list[Row], moved: Moved) -> None:
        """Each audience's event is encoded once."""
        encoded: dict[frozenset[int], bytes] = {}
        for stream in self.streams.values():
            user, marketplaces = stream.visitor.user, stream.visitor.marketplaces
            if marketplaces not in encoded:
                counts = self._counts.of_all(moved.shared & marketplaces)
                told = news_on(marketplaces, rows, counts)
                encoded[marketplaces] = event("news", told, cursor=self.cursor) if told else b""
            mine = self._counts.count_mine(user, moved.mine.get(user, set()) & marketplaces)
            own = news_of(user, rows, mine)
            if piece := encoded[marketplaces] + (event("news", own) if own else b""):
                stream.send(piece)

    async def _beat(self) -> None:
        # Others may begin meanwhile: they have just been checked.
        streams = [*self.streams.values()]
        visitors = await self._in_thread(find_visitors, {one.session for one in streams})
        for stream in streams:
            if stream.session not in visitors:
                stream.end(event("bye"))
                continue
            stream.visitor = visitors[stream.session]
        # Clocks run out and snoozes end without a change of a row.
        self._tell([], await self._in_thread(self._counts.update, self._watched()))
        stays = [*_stays_in(self.streams.values()).values()]
        await self._in_thread(presence.record_stays, stays)
        for stream in self.streams.values():
            stream.send(event("beat", cursor=self.cursor))
        await self._in_thread(_say_alive, len(self.streams))

    # -- streams --------------------------------------------------------------

    async def begin(self, session: str, cursor: str) -> Stream | None:
        """A stream with its first events; None if no user is logged in.

        Raises Full.
        """
        self._begun += 1
        if self._begun > MOST_BEGUN or len(self.streams) >= MOST_STREAMS:
            raise Full
        visitor = (await self._in_thread(find_visitors, {session})).get(session)
        if visitor is None:
            return None
        await self._in_thread(self._counts.update, visitor.marketplaces - {*self._counts.shared})
        stream = Stream(session, visitor)
        # From here on the loop sends it each change; the changes that it missed come first.
        since = await self._in_thread(changes_since, cursor)
        self.cursor = self.cursor or since.cursor
        self.streams[stream.name] = stream
        stream.send(self._hello(stream, since))
        return stream

    def _hello(self, stream: Stream, since: Difference) -> bytes:
        user, marketplaces = stream.visitor.user, stream.visitor.marketplaces
        counts = self._counts.of_all(marketplaces)
        mine = self._counts.count_mine(user, marketplaces)
        told = {"stream": stream.name, "counts": counts, "mine": mine}
        hello = event("hello", told, cursor=since.cursor)
        if since.rows is None:
            return hello + event("resync")
        news = news_on(marketplaces, since.rows, {}) | news_of(user, since.rows, {})
        return hello + (event("news", news) if news else b"")

    async def leave(self, stream: Stream) -> None:
        await self.show(stream, {})
        self.streams.pop(stream.name, None)

    # -- who is where ---------------------------------------------------------

    async def show(self, stream: Stream, states: dict[int, str]) -> None:
        """The tabs of a browser show these threads now."""
        before = _stays_in(self._streams_of(stream.visitor))
        unknown = states.keys() - stream.here.keys()
        places = await self._in_thread(_marketplaces_of, unknown) if unknown else {}
        places |= {pk: one.marketplace for pk, one in stream.here.items()}
        stream.here = {
            pk: Stay(pk, places[pk], stream.visitor.user, state)
            for pk, state in states.items()
            if places.get(pk) in stream.visitor.marketplaces
        }
        after = _stays_in(self._streams_of(stream.visitor))
        gone = [replace(before[pk], state=presence.GONE) for pk in before.keys() - after.keys()]
        moved = [one for key, one in after.items() if before.get(key) != one]
        if gone or moved:
            await self._in_thread(presence.record_stays, [*gone, *moved])

    def _streams_of(self, visitor: Visitor) -> list[Stream]:
        return [one for one in self.streams.values() if one.visitor.user == visitor.user]

    # -- the database ---------------------------------------------------------

    async def _in_thread(self, ask: Callable[..., Answer], *values: object) -> Answer:
        def answer() -> Answer:
            try:
                return ask(*values)
            except Error:
                connection.close()
                raise

        return await asyncio.get_running_loop().run_in_executor(self._thread, answer)


def _say_alive(streams: int) -> None:
    try:
        live.beat(streams)
    except RedisError:
        log.warning("no Redis: this process and the presence of users are not shown")


def _marketplaces_of(threads: Iterable[int]) -> dict[int, int]:
    return dict(Thread.objects.filter(pk__in=threads).values_list("pk", "marketplace"))


def _stays_in(streams: Iterable[Stream]) -> dict[tuple[int, int], Stay]:
    """What each user does in each thread: in several browsers, the most that they do in one."""
    found: dict[tuple[int, int], Stay] = {}
    for stay in (stay for stream in streams for stay in stream.here.values()):
        key = (stay.user, stay.thread)
        if key not in found or RANK.index(stay.state) < RANK.index(found[key].state):
            found[key] = stay
    return found

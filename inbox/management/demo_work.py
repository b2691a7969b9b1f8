"""What the demo's team did during the year: replies, decisions and tags, as the desk keeps them.

What is done with a message depends on its id only, so every start of the demo tells the same.
"""

import random
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model

from inbox.models import (
    CannedReply,
    Event,
    Marketplace,
    Message,
    Outgoing,
    Tag,
    Thread,
    User,
)
from inbox.models.structs import Participant
from inbox.services import error_texts

Verb, State = Event.Verb, Outgoing.State
# Younger messages may belong to replies that are being sent.
SETTLED = timedelta(hours=1)
QUIET = timedelta(days=7)
FORGOTTEN = timedelta(days=20)
FROM_DESK, FAILED, UNCONFIRMED, UNDONE = 0.85, 0.012, 0.006, 0.01
CLOSED_MEANWHILE, CLOSED_AT_LAST, CLOSED_LATER, TAGGED = 0.12, 0.8, 0.9, 0.4
FAILED_FOR_GOOD = 0.25
FROM_CANNED = 0.3
# Replies within hours are mostly those of the first in the team.
SOON_HOURS = 3
WEIGHTS = (6, 5, 3, 3, 2)
TAGS = {
    "21": "cancellation",
    "22": "defect",
    "23": "lost parcel",
    "24": "invoice",
    "25": "return",
    "30": "before the order",
    "31": "before the order",
}
OTHER_TAG = "vip"
# What could not be sent.
LATE = {
    "fr": "Nous vérifions et revenons vers vous très vite.",
    "de": "Wir prüfen das und melden uns umgehend.",
    "en": "We are looking into it and will write again shortly.",
}


@dataclass
class Work:
    """The rows of some threads, before they are written."""

    replies: list[Outgoing] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    tagged: list[tuple[Thread, Tag]] = field(default_factory=list)
    changed: list[Thread] = field(default_factory=list)


@dataclass(frozen=True)
class Desk:
    """Who works on a marketplace, from quick to slow, with which tags."""

    marketplace: Marketplace
    team: list[User]
    tags: dict[str, Tag]
    now: datetime
    canned: Sequence[CannedReply] = ()


def lay(threads: Sequence[Thread], desk: Desk) -> None:
    """Lay the work in those of these threads in which nobody has worked yet."""
    found = _messages(threads, desk.now)
    worked = set(Event.objects.filter(thread__in=threads).values_list("thread", flat=True))
    work = Work()
    for thread in threads:
        if thread.pk in found and thread.pk not in worked:
            _Shift(work, thread, desk).go_through(found[thread.pk])
    _store(desk.marketplace, work)


def make_tags() -> dict[str, Tag]:
    names = {*TAGS.values(), OTHER_TAG}
    return {name: Tag.objects.get_or_create(name=name)[0] for name in sorted(names)}


def _messages(threads: Sequence[Thread], now: datetime) -> dict[int, list[Message]]:
    found = defaultdict[int, list[Message]](list)
    rows = Message.objects.filter(thread__in=threads, created_at__lt=now - SETTLED)
    for message in rows.defer("search", "search_text").order_by("created_at", "pk"):
        found[message.thread_id].append(message)
    return found


class _Shift:
    """One thread's work, message by message."""

    def __init__(self, work: Work, thread: Thread, desk: Desk) -> None:
        self.work, self.thread, self.desk = work, thread, desk
        self.marketplace, self.team, self.now = desk.marketplace, desk.team, desk.now
        self.author: User | None = None
        self.is_closed = False

    def go_through(self, messages: list[Message]) -> None:
        waits_since: datetime | None = None
        for number, message in enumerate(messages):
            self.random = self._source(message.mirakl_id)
            if message.sender_side != self.marketplace.our_side:
                waits_since = waits_since or message.created_at
                self._reopen(message)
            else:
                is_last = number == len(messages) - 1
                self._answer(message, waits_since or message.created_at, is_last=is_last)
                waits_since = None
        latest = messages[-1].created_at
        if self._is_quiet(latest) and not self.is_closed and self._happens(CLOSED_LATER):
            self._close(latest + timedelta(days=1), self.author or self.random.choice(self.team))
        is_forgotten = self.thread.due_at is not None and latest < self.now - FORGOTTEN
        if is_forgotten and waits_since and self._happens(FAILED_FOR_GOOD):
            self._fail_for_good(latest)
        self._tag(messages[0].created_at)
        self.thread.assignee = self.author
        self.thread.status = Thread.Status.CLOSED if self.is_closed else Thread.Status.OPEN
        self.work.changed.append(self.thread)

    def _answer(self, message: Message, since: datetime, *, is_last: bool) -> None:
        if not self._happens(FROM_DESK) or not message.body:
            return
        author = self._pick_author(message.created_at - since)
        reply = self._sent(message, author)
        self._tell_sending(reply, author)
        if author != self.author:
            self._record(Verb.ASSIGNED, reply.queued_at, author, to=author.pk)
            self.author = author
        is_over = is_last and self._is_quiet(message.created_at)
        if self._happens(CLOSED_AT_LAST if is_over else CLOSED_MEANWHILE * (not is_last)):
            reply.then_closes = True
            self._close(message.created_at + timedelta(seconds=2), author)

    def _is_quiet(self, at: datetime) -> bool:
        return at < self.now - QUIET and self.thread.due_at is None

    def _pick_author(self, waited: timedelta) -> User:
        weights = WEIGHTS[: len(self.team)]
        if waited > timedelta(hours=SOON_HOURS):
            weights = weights[::-1]
        return self.random.choices(self.team, weights)[0]

    def _sent(self, message: Message, author: User) -> Outgoing:
        at = message.created_at
        reply = self._written(
            message.body, at - timedelta(seconds=12), author, list(message.recipients)
        )
        reply.state, reply.message_id = State.SENT, message.mirakl_id
        reply.sending_at = at - timedelta(seconds=2)
        reply.settled_at = at + timedelta(seconds=1)
        if self.desk.canned and self._happens(FROM_CANNED):
            reply.canned = self.random.choice(self.desk.canned)
            reply.canned_kept = round(self.random.triangular(0.5, 1, 0.97), 3)
        return reply

    def _written(
        self, body: str, at: datetime, author: User, recipients: list[Participant]
    ) -> Outgoing:
        reply = Outgoing(
            token=uuid.UUID(int=self.random.getrandbits(128), version=4),
            marketplace=self.marketplace,
            thread=self.thread,
            body=body,
            recipients=recipients,
            author=author,
            attempts=1,
            created_at=at,
            queued_at=at,
        )
        self.work.replies.append(reply)
        return reply

    def _tell_sending(self, reply: Outgoing, author: User) -> None:
        """Its events; a few were undone, failed or were unconfirmed before they were sent."""
        luck = self.random.random()
        if luck < UNDONE:
            self._undo(reply, author)
        elif luck < UNDONE + FAILED:
            self._tell(reply, Verb.FAILED, self._delay(reply), None)
            self._tell(reply, Verb.RESENT, reply.queued_at, author)
        elif luck < UNDONE + FAILED + UNCONFIRMED:
            self._tell(reply, Verb.UNCONFIRMED, self._delay(reply), None)
        self._tell(reply, Verb.QUEUED, reply.created_at, author)
        self._tell(reply, Verb.SENT, reply.queued_at + timedelta(seconds=13), None)

    def _delay(self, reply: Outgoing) -> datetime:
        """It was written earlier. Returns when its first attempt ended."""
        minutes = self.random.uniform(3, 20)
        reply.created_at -= timedelta(minutes=minutes)
        return reply.created_at + timedelta(seconds=20)

    def _undo(self, reply: Outgoing, author: User) -> None:
        """The author took it back and wrote it again."""
        at = reply.created_at - timedelta(minutes=2)
        undone = self._unsent(reply.body, at, author)
        undone.state, undone.settled_at = State.DISCARDED, at + timedelta(seconds=7)
        self._tell(undone, Verb.UNDONE, undone.settled_at, author)

    def _fail_for_good(self, asked_at: datetime) -> None:
        """Some of those who got no answer: it was never sent, and nobody has seen that."""
        author, at = self.team[-1], asked_at + timedelta(hours=3)
        reply = self._unsent(LATE.get(self.marketplace.language, LATE["en"]), at, author)
        failed_at = at + timedelta(seconds=30)
        if self._happens(0.5):
            reply.state, reply.settled_at, verb = State.FAILED, failed_at, Verb.FAILED
            columns = error_texts.outrun().columns
        else:
            reply.state, reply.lease_until, verb = State.UNCONFIRMED, failed_at, Verb.UNCONFIRMED
            reply.missing_since, reply.absent_at = failed_at, failed_at + timedelta(minutes=1)
            columns = error_texts.absence(self.marketplace).columns
        reply.error, reply.error_values = columns["error"], columns["error_values"]
        self._tell(reply, verb, failed_at, None)

    def _unsent(self, body: str, at: datetime, author: User) -> Outgoing:
        customer = [one for one in self.thread.authorized_participants if one.type == "CUSTOMER"]
        reply = self._written(body, at, author, customer)
        reply.sending_at = at
        self._tell(reply, Verb.QUEUED, at, author)
        return reply

    def _close(self, at: datetime, by: User) -> None:
        self._record(Verb.CLOSED, at, by)
        self.is_closed = True

    def _reopen(self, message: Message) -> None:
        if self.is_closed:
            self._record(Verb.REOPENED, message.created_at, None)
            self.is_closed = False

    def _tag(self, at: datetime) -> None:
        if self.author and self._source(self.thread.mirakl_id).random() < TAGGED:
            tag = self.desk.tags[TAGS.get(self.thread.topic_value, OTHER_TAG)]
            self._record(Verb.TAGGED, at + timedelta(minutes=30), self.author, tag=tag.pk)
            self.work.tagged.append((self.thread, tag))

    def _happens(self, share: float) -> bool:
        return self.random.random() < share

    def _source(self, mirakl_id: str) -> random.Random:
        return random.Random(f"{self.marketplace.slug} {mirakl_id}")  # noqa: S311  repeatable

    def _tell(self, reply: Outgoing, verb: str, at: datetime, by: User | None) -> None:
        self._record(verb, at, by, reply=str(reply.token))

    def _record(self, verb: str, at: datetime, by: User | None, **about: Any) -> None:
        event = Event(marketplace=self.marketplace, thread=self.thread, verb=verb)
        event.by, event.about, event.at = by, about, at
        self.work.events.append(event)


def _store(marketplace: Marketplace, work: Work) -> None:
    with _dated(Outgoing, "created_at"), _dated(Event, "at"):
        Outgoing.objects.bulk_create(work.replies)
        Event.objects.bulk_create(sorted(work.events, key=lambda one: one.at))
    by_state = defaultdict[tuple[int | None, str], list[int]](list)
    for thread in work.changed:
        by_state[thread.assignee_id, thread.status].append(thread.pk)
    for (assignee, status), pks in by_state.items():
        Thread.objects.filter(pk__in=pks).update(assignee=assignee, status=status)
    row = Thread.tags.through
    row.objects.bulk_create([row(thread_id=one.pk, tag_id=tag.pk) for one, tag in work.tagged])
    for tag in {tag for _thread, tag in work.tagged}:
        tag.marketplaces.add(marketplace)


@contextmanager
def _dated(model: type[Model], name: str) -> Iterator[None]:
    """Rows keep the date they are made with, which is else the moment of their storing."""
    column = model._meta.get_field(name)
    column.auto_now_add = False  # type: ignore[union-attr]
    try:
        yield
    finally:
        column.auto_now_add = True  # type: ignore[union-attr]

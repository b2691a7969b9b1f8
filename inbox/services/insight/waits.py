"""The waits of a thread, found in its messages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

CUSTOMER, OPERATOR, SHOP = "CUSTOMER", "OPERATOR", "SHOP"
ASKERS = {CUSTOMER, OPERATOR, SHOP}
REPLY, NO_REPLY_NEEDED = "reply", "no_reply_needed"


class SentMessage(NamedTuple):
    """A message with Mirakl's own date. `to`: the sides it is addressed to, if Mirakl names any."""

    at: datetime
    side: str
    to: frozenset[str]
    id: str
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Wait:
    asker: str
    asked_at: datetime
    last_asked_at: datetime
    messages_in: int
    first_seen_at: datetime | None
    ordinal: int | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    answer_id: str = ""
    is_first_reply: bool = False


def find_waits(
    messages: Iterable[SentMessage],
    declared: Iterable[datetime],
    our_side: str,
    *,
    has_beginning: bool,
) -> list[Wait]:
    """All waits by their beginning. `declared`: when no reply was said to be needed.

    `has_beginning`: the thread's first message is among `messages`. Each side waits by itself: a
    message of ours ends the waits of those it is addressed to. Of messages of the same time, the
    other side's comes first.
    """
    found = _Waits()
    steps: list[tuple[datetime, int, SentMessage | None]] = [
        *((one.at, int(one.side == our_side), one) for one in messages),
        *((moment, 2, None) for moment in declared),
    ]
    for at, _rank, message in sorted(steps, key=lambda step: (step[0], step[1], _id(step[2]))):
        if message is None:
            found.end(at, NO_REPLY_NEEDED)
        elif message.side == our_side:
            found.end(at, REPLY, to=message.to, answer_id=message.id)
        elif not message.to or our_side in message.to:
            found.add(message)
    began = min(messages, key=lambda one: (one.at, one.side == our_side), default=None)
    waits = sorted([*found.ended, *found.open.values()], key=lambda one: (one.asked_at, one.asker))
    if not has_beginning or began is None:
        return waits
    return _numbered(waits, is_ours=began.side == our_side)


class _Waits:
    def __init__(self) -> None:
        self.open: dict[str, Wait] = {}
        self.ended: list[Wait] = []

    def add(self, message: SentMessage) -> None:
        asker = message.side if message.side in ASKERS else CUSTOMER
        if wait := self.open.get(asker):
            self.open[asker] = replace(
                wait, last_asked_at=message.at, messages_in=wait.messages_in + 1
            )
        else:
            self.open[asker] = Wait(asker, message.at, message.at, 1, message.seen_at)

    def end(
        self, at: datetime, by: str, *, to: frozenset[str] = frozenset(), answer_id: str = ""
    ) -> None:
        for asker in [one for one in self.open if not to or one in to]:
            wait = self.open.pop(asker)
            self.ended.append(replace(wait, ended_at=at, ended_by=by, answer_id=answer_id))


def _id(message: SentMessage | None) -> str:
    return message.id if message else ""


def _numbered(waits: Sequence[Wait], *, is_ours: bool) -> list[Wait]:
    numbered = [
        replace(wait, ordinal=number) for number, wait in enumerate(waits, start=1 + is_ours)
    ]
    if is_ours:
        return numbered
    replied = next((at for at, one in enumerate(numbered) if one.ended_by == REPLY), None)
    if replied is not None and all(one.ended_by for one in numbered[:replied]):
        numbered[replied] = replace(numbered[replied], is_first_reply=True)
    return numbered

"""When a conversation was settled, found in its messages and closings."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from inbox.services.insight.waits import SentMessage

# A message of theirs within this time takes a closing back.
A_WEEK = timedelta(days=7)
# An answer settles if nobody writes within this time.
SILENCE = timedelta(hours=72)
# A reply that closes its conversation may be dated later than the closing: by another clock.
CLOCKS_DIFFER = timedelta(minutes=1)


class StatusChange(NamedTuple):
    """A closing or reopening; `by` is None where the desk did it by itself."""

    at: datetime
    is_closing: bool
    by: int | None


@dataclass(frozen=True)
class Settlement:
    """`begun_at`: the first message of theirs since the settlement before."""

    resolved_at: datetime
    begun_at: datetime | None
    by: int | None
    replies: int
    messages: int
    followed_at: datetime | None
    was_thanked: bool


@dataclass(frozen=True)
class Talk:
    """A conversation's messages, oldest first; `thanks` are the ids of those that only thank."""

    messages: Sequence[SentMessage]
    our_side: str
    thanks: Collection[str]

    def is_ours(self, message: SentMessage) -> bool:
        return message.side == self.our_side

    def asks(self, message: SentMessage) -> bool:
        """Whether it is theirs and says more than thanks."""
        return not self.is_ours(message) and message.id not in self.thanks

    def next_of_theirs(self, after: datetime, until: datetime) -> list[SentMessage]:
        its = (one for one in self.messages if after < one.at <= until)
        return [one for one in its if not self.is_ours(one)]


def find_closings(talk: Talk, changes: Sequence[StatusChange]) -> Iterator[Settlement]:
    """All closings but those that were taken back, or that followed nothing but thanks."""
    since: datetime | None = None
    for number, change in enumerate(changes):
        if not change.is_closing or _was_taken_back(change, changes[number + 1 :]):
            continue
        found = _settle(talk, since, change.at, change.by, A_WEEK)
        if found.messages or since is None:
            yield found
            if found.followed_at is None:
                since = change.at


def find_quiet_answers(talk: Talk) -> Iterator[Settlement]:
    """Answers after which nobody wrote for three days."""
    since: datetime | None = None
    for number, message in enumerate(talk.messages):
        if not talk.is_ours(message):
            continue
        later = (one for one in talk.messages[number + 1 :] if one.id not in talk.thanks)
        following = next(later, None)
        if following and following.at - message.at <= SILENCE:
            continue
        found = _settle(talk, since, message.at, None, SILENCE)
        if found.begun_at is not None:
            yield found
        since = message.at


def _was_taken_back(closing: StatusChange, later: Sequence[StatusChange]) -> bool:
    """A person reopened it soon: it was closed by mistake."""
    following = next(iter(later), None)
    return (
        following is not None
        and not following.is_closing
        and following.by is not None
        and following.at - closing.at <= A_WEEK
    )


def _settle(
    talk: Talk, since: datetime | None, at: datetime, by: int | None, within: timedelta
) -> Settlement:
    later = talk.next_of_theirs(at, at + within)
    theirs = [one for one in _between(talk, since, at) if talk.asks(one)]
    begin = since and since + CLOCKS_DIFFER
    replies = [one for one in _between(talk, begin, at + CLOCKS_DIFFER) if talk.is_ours(one)]
    return Settlement(
        resolved_at=at,
        begun_at=theirs[0].at if theirs else None,
        by=by,
        replies=len(replies),
        messages=len(theirs) + len(replies),
        followed_at=next((one.at for one in later if talk.asks(one)), None),
        was_thanked=any(one.id in talk.thanks for one in later),
    )


def _between(talk: Talk, since: datetime | None, until: datetime) -> Iterable[SentMessage]:
    return (one for one in talk.messages if (since is None or one.at > since) and one.at <= until)

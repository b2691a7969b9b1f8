"""The page of replies that failed or are unconfirmed."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.models import Outgoing
from inbox.models.outgoing import OutgoingQuerySet
from inbox.pages.timeline import weight_of_reply
from inbox.services.marketplaces import reasons
from inbox.stretches import stretch_of

PAGE_SIZE = 25


@dataclass(frozen=True)
class OutboxRow:
    """`topic` is that of the reply's thread, if it has one."""

    reply: Outgoing
    topic: str


@dataclass(frozen=True)
class OutboxPage:
    """`next_after` is the cursor of the following rows; None at the end."""

    rows: Sequence[OutboxRow]
    next_after: int | None


def outbox_page(found: OutgoingQuerySet) -> OutboxPage:
    """The newest of these replies."""
    newest = list(found.complete().order_by("-pk")[: PAGE_SIZE + 1])
    part = stretch_of(newest, "after", None, most=PAGE_SIZE, weight=weight_of_reply)
    topics = reasons.find_topics([one.thread for one in part.shown if one.thread])
    return OutboxPage(
        rows=[OutboxRow(one, topics.get(one.thread_id or 0, "")) for one in part.shown],
        next_after=part.shown[-1].pk if part.left else None,
    )

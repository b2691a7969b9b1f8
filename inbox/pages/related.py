"""Blocks beside a thread: related conversations, and its activity."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.models import Thread
from inbox.models.threads import ThreadQuerySet
from inbox.pages.activity import ActivityLine, list_activity
from inbox.services.marketplaces import reasons

MOST = 10


@dataclass(frozen=True)
class RelatedRow:
    thread: Thread
    topic: str


@dataclass(frozen=True)
class RelatedPage:
    """One block: order, customer or activity. `search` finds all of its conversations."""

    block: str
    topic: str
    rows: Sequence[RelatedRow] = ()
    changes: Sequence[ActivityLine] = ()
    has_more: bool = False
    search: str = ""


def activity_page(current: Thread) -> RelatedPage:
    topic = reasons.find_topic(current)
    return RelatedPage("activity", topic, changes=list_activity(current))


def related_page(current: Thread, block: str, threads: ThreadQuerySet) -> RelatedPage:
    found = list(threads.for_rows().by_newest()[: MOST + 1])
    topics = reasons.find_topics([current, *found])
    name = current.customer_name.replace('"', " ")
    return RelatedPage(
        block,
        topics[current.pk],
        rows=[RelatedRow(one, topics[one.pk]) for one in found[:MOST]],
        has_more=len(found) > MOST,
        search=f'from:"{name}" marketplace:{current.marketplace.slug}',
    )

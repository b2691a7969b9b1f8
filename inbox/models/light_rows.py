"""Rows of a list as the database sent them, before their threads are made.

A list is mostly shown again as it was a moment ago: threads would be made for nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from inbox.models.marketplaces import Marketplace
from inbox.models.prepared import Fetched
from inbox.models.threads import Thread

READ = (
    *("marketplace_id", "topic_type", "topic_value", "entity_type", "preview", "message_count"),
    *("last_sender_is_ours", "last_message_at", "due_at", "reply_minutes"),
    *("snoozed_until", "shop_reply_needed_since", "id"),
)


class LightThread(NamedTuple):
    """The columns that are read of a row whose thread is not made; `values` are all that it has."""

    values: tuple[Any, ...]
    fetched: Fetched[Thread]
    marketplace: Marketplace
    marketplace_id: int
    topic_type: str
    topic_value: str
    entity_type: str
    preview: str
    message_count: int
    last_sender_is_ours: bool
    last_message_at: datetime
    due_at: datetime | None
    reply_minutes: int
    snoozed_until: datetime | None
    shop_reply_needed_since: datetime | None
    pk: int


Listed = Thread | LightThread


def light_threads(
    fetched: Fetched[Thread], marketplaces: Iterable[Marketplace]
) -> list[LightThread]:
    if not fetched.rows:
        return []
    known = {one.pk: one for one in marketplaces}
    pick = itemgetter(*(fetched.names.index(name) for name in READ))
    picked = ((values, pick(values)) for values in fetched.rows)
    return [LightThread(values, fetched, known[read[0]], *read) for values, read in picked]


def make_threads(rows: Sequence[Listed]) -> list[Thread]:
    """The threads of the rows, those not made yet among them."""
    return list(_made(rows))


def _made(rows: Sequence[Listed]) -> Iterator[Thread]:
    for fetched, some in groupby(rows, key=lambda row: getattr(row, "fetched", None)):
        if fetched is None:
            yield from some  # type: ignore[misc]
            continue
        listed = list(some)
        for thread, row in zip(fetched.make([one.values for one in listed]), listed, strict=True):  # type: ignore[union-attr]
            thread.marketplace = row.marketplace
            yield thread

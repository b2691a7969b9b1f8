"""The messages of conversations, as figures read them."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from inbox.models import Marketplace, Message
from inbox.models.codes import get_side
from inbox.models.counting import BEGINNING
from inbox.models.prepared import prepared
from inbox.services import database_clock
from inbox.services.insight.waits import SentMessage

# What was this old when it was first read is history.
SEEN_WITHIN = timedelta(days=14)


def is_history(marketplace: Marketplace, sent_at: datetime, seen_at: datetime | None) -> bool:
    """Whether it was sent before the marketplace was connected, or long before it was read."""
    connected = marketplace.connected_at
    is_before = connected is not None and sent_at < connected
    return is_before or (seen_at is not None and sent_at < seen_at - SEEN_WITHIN)


def read_messages(threads: list[int]) -> tuple[dict[int, list[SentMessage]], datetime]:
    """Messages with a date of Mirakl's by thread, and the database's time."""
    found = defaultdict[int, list[SentMessage]](list)
    sent = _sent(threads=threads)
    for thread, at, side, recipients, mirakl_id, seen_at, _now in sent:
        to = frozenset(get_side(one.type) for one in recipients)
        message = SentMessage(at, get_side(side), to, mirakl_id, seen_at)
        found[thread].append(message)
    return found, sent[0][-1] if sent else BEGINNING


@prepared
def _sent(*, threads: list[int]) -> QuerySet[Message, tuple[Any, ...]]:
    dated = Message.objects.filter(thread__in=threads, is_dated=True).order_by()
    return dated.values_list(
        "thread",
        "created_at",
        "sender_type",
        "recipients",
        "mirakl_id",
        "seen_at",
        database_clock.NOW,
    )

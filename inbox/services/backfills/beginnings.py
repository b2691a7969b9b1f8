"""Fills in when and by whom conversations were begun, and which messages the desk has sent."""

from django.db import connection, transaction
from django.db.models import QuerySet

from inbox.models import Outgoing, Thread
from inbox.services.backfills import steps

STEP = 1_000
# Of conversations whose messages are all stored. Of equal times, the other side's comes first.
BEGINNINGS = """
UPDATE inbox_thread SET began_at = first.created_at, began_by = first.side
FROM (
    SELECT DISTINCT ON (message.thread_id) message.thread_id, message.created_at,
        replace(message.sender_type, '_USER', '') AS side,
        count(*) OVER (PARTITION BY message.thread_id) AS stored
    FROM inbox_message message JOIN inbox_marketplace marketplace
        ON marketplace.id = message.marketplace_id
    WHERE message.thread_id = ANY(%s)
    ORDER BY message.thread_id, message.created_at,
        replace(message.sender_type, '_USER', '') = CASE marketplace.role
            WHEN 'operator' THEN 'OPERATOR' WHEN 'front' THEN 'CUSTOMER' ELSE 'SHOP' END
) AS first
WHERE inbox_thread.id = first.thread_id AND stored >= message_count
"""
SENT = """
UPDATE inbox_message SET is_from_desk = true FROM inbox_outgoing sent
WHERE sent.id = ANY(%s) AND sent.message_id <> '' AND inbox_message.mirakl_id = sent.message_id
    AND inbox_message.marketplace_id = sent.marketplace_id
"""


def fill() -> None:
    steps.run(fill_beginnings, credit_desk)


def fill_beginnings(after: int) -> int | None:
    return _run(BEGINNINGS, Thread.objects.filter(pk__gt=after))


def credit_desk(after: int) -> int | None:
    """Mark the messages that the desk has sent."""
    return _run(SENT, Outgoing.objects.filter(pk__gt=after))


@transaction.atomic
def _run(statement: str, rows: QuerySet[Thread] | QuerySet[Outgoing]) -> int | None:
    """Run it for the next rows; returns like a `Step`."""
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:STEP])
    with connection.cursor() as cursor:
        cursor.execute(statement, [pks])
    return pks[-1] if pks else None

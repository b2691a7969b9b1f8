"""The average reply time of A01 and A21, from the sandbox's own conversations.

The vendor calls it the average time in which a shop answers a customer's message about an order.
What counts when a customer writes twice is left open, so the marketplaces differ.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from inbox.sandbox.world import CUSTOMER, SHOP, Marketplace, Shop, Thread

# Marketplaces that count from the last message before the answer; others count from the first.
FROM_THE_LAST = {"nordhaus"}
DAYS = {
    "LAST_MONTH": 30,
    "LAST_THREE_MONTHS": 91,
    "LAST_SIX_MONTHS": 182,
    "LAST_YEAR": 365,
    "ALL_SINCE_BEGINNING": 36_500,
}


def average_delay(
    market: Marketplace, shop: Shop, period: str, until: datetime, channel: str | None = None
) -> int | None:
    """Whole seconds, of the answers in the period before `until`; None if there are none."""
    since = until - timedelta(days=DAYS[period])
    is_from_last = market.slug in FROM_THE_LAST
    found = [
        (answered - asked).total_seconds()
        for thread in list(market.threads.values())
        if thread.entity.type == "MMP_ORDER" and thread.shop.id == shop.id
        if channel in (None, thread.channel)
        for asked, answered in _answers(thread, is_from_last=is_from_last)
        if since <= answered < until
    ]
    return int(sum(found) / len(found)) if found else None


def _answers(thread: Thread, *, is_from_last: bool) -> Iterator[tuple[datetime, datetime]]:
    """When the customer asked, and when the shop answered."""
    asked = None
    for message in sorted(thread.messages, key=lambda one: one.sent_at):
        sender, readers = message.sender.party.type, {party.type for party in message.to}
        if sender == CUSTOMER and SHOP in readers:
            asked = message.sent_at if is_from_last or asked is None else asked
        elif sender == SHOP and CUSTOMER in readers and asked:
            yield asked, message.sent_at
            asked = None

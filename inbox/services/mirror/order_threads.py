"""Data of an order, kept on its conversations so that search finds them by it."""

from collections.abc import Iterable

from django.db import transaction

from inbox import mirakl
from inbox.models import Marketplace, Thread
from inbox.models.threads import ThreadQuerySet
from inbox.services import languages
from inbox.services.locks import lock_marketplace
from inbox.services.mirror import mapping
from inbox.text import storable

# Of one order; more are not kept.
MOST_THREADS, MOST_NUMBERS, LONGEST_NUMBER = 50, 50, 60
# Columns that the search text is made of.
READ = [
    *("customer_name", "organization_name", "shop_name", "marketplace__role"),
    *("topic_type", "topic_value", "entities", "tracking_numbers"),
]


def store_facts(marketplace: Marketplace, order: mirakl.Order) -> None:
    """The tracking number and the customer's language from OR11."""
    store_numbers(marketplace, order.order_id, [order.shipping_tracking])
    store_language(marketplace, order.order_id, order.customer.locale or "")


def store_numbers(marketplace: Marketplace, order_id: str, numbers: Iterable[str | None]) -> None:
    """Make the order's conversations searchable by tracking numbers."""
    told = [number for one in numbers if (number := storable(one, LONGEST_NUMBER).strip())]
    if not told or not _lacking(marketplace, order_id, told):
        return
    with transaction.atomic():
        # Storing threads from Mirakl fills the same search texts.
        lock_marketplace(marketplace)
        lacking = _lacking(marketplace, order_id, told)
        for thread in lacking:
            thread.tracking_numbers = _joined(thread, told)
            mapping.fill_search(thread)
        Thread.objects.bulk_update(lacking, ["tracking_numbers", "search_text"])


def _lacking(marketplace: Marketplace, order_id: str, told: list[str]) -> list[Thread]:
    found = _threads_on(marketplace, order_id).select_related("marketplace").only(*READ)
    some = found.order_by("pk")[:MOST_THREADS]
    return [one for one in some if _joined(one, told) != one.tracking_numbers]


def _joined(thread: Thread, told: list[str]) -> str:
    each = dict.fromkeys([*thread.tracking_numbers.split("\n"), *told])
    return "\n".join(list(filter(None, each))[:MOST_NUMBERS])


def store_language(marketplace: Marketplace, order_id: str, locale: str) -> None:
    """Set the customer's language where their messages have not told it."""
    if code := languages.code_called(locale):
        _threads_on(marketplace, order_id).filter(language="").update(language=code)


def _threads_on(marketplace: Marketplace, order_id: str) -> ThreadQuerySet:
    return Thread.objects.filter(
        marketplace=marketplace, entity_type="MMP_ORDER", entity_id=order_id
    )

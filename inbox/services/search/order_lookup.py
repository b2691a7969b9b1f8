"""Find an order by its number: in the mirror, or at Mirakl (OR11)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from inbox import mirakl
from inbox.models import Marketplace, Thread
from inbox.services import error_texts
from inbox.services.marketplaces import clients, locales, orders
from inbox.services.search import query_language

# More orders with the same number are not listed.
MOST_FOUND = 20
# Number of threads in which the latest orders are looked up.
RECENT_THREADS = 60
RECENT_ORDERS = 8


@dataclass(frozen=True)
class OrderKey:
    """An order, by its marketplace and Mirakl's id; `customer` is a name, or empty."""

    marketplace: Marketplace
    order_id: str
    customer: str = ""


@dataclass(frozen=True)
class Lookup:
    """The orders with a number; if there is none, `words` say what to do."""

    found: list[OrderKey] = field(default_factory=list)
    words: str = ""


def known_orders(number: str, marketplaces: Collection[Marketplace]) -> list[OrderKey]:
    """Orders with exactly this number that have a thread in the mirror."""
    return _orders_of(query_language.find_threads_on(number, marketplaces)[:MOST_FOUND], MOST_FOUND)


def recent_orders(marketplaces: Collection[Marketplace]) -> list[OrderKey]:
    """The orders of the latest threads, newest first."""
    threads = Thread.objects.filter(marketplace__in=marketplaces, entity_type="MMP_ORDER")
    latest = threads.select_related("marketplace").by_newest()[:RECENT_THREADS]
    return _orders_of(latest, RECENT_ORDERS)


def _orders_of(threads: Iterable[Thread], most: int) -> list[OrderKey]:
    by_id: dict[tuple[int, str], OrderKey] = {}
    for thread in threads:
        one = OrderKey(thread.marketplace, thread.entity_id, thread.customer_name)
        by_id.setdefault((thread.marketplace_id, thread.entity_id), one)
    return list(by_id.values())[:most]


def look_up_order(marketplace: Marketplace, number: str) -> Lookup:
    """OR11 by id, then by the reference that the customer knows."""
    try:
        order = orders.fetch_order(marketplace, number)
        found = [order] if order else _by_reference(marketplace, number)
    except mirakl.MiraklError as error:
        return Lookup(words=error_texts.not_shown(error, marketplace))
    if not found:
        words = _("%(name)s can't find order %(number)s. Check the order number.")
        return Lookup(words=words % {"name": marketplace.name, "number": number})
    return Lookup([OrderKey(marketplace, one.order_id) for one in found])


def _by_reference(marketplace: Marketplace, number: str) -> list[mirakl.Order]:
    client = clients.build_client(marketplace)
    found = client.orders.fetch_by_reference(
        number, locale=locales.get_reader_locale(), timeout=orders.PATIENCE_SECONDS
    )
    return found[:MOST_FOUND]

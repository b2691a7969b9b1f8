"""An order as Mirakl tells it (OR11), with its documents (OR72), for the page that shows it."""

import logging
from dataclasses import dataclass, field

import redis
from django.core.cache import cache
from django.utils.translation import gettext as _

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services import attachments, gateway

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 5
# Words that are filled in are wanted at once: what is not told by then is missing.
HASTE_SECONDS = 2
# A page asks about one order in several places, a moment apart.
FRESH_SECONDS = 60
REST_SECONDS = 20
# Nobody changes the language they order in.
LOCALE_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Panel:
    """`order` is None where it cannot be shown, and `words` say why."""

    order: mirakl.Order | None = None
    documents: list[mirakl.Document] = field(default_factory=list)
    words: str = ""
    documents_words: str = ""


def panel(marketplace: Marketplace, order_id: str) -> Panel:
    """One OR11, and one OR72 where the key may ask it. What fails says so, and fails alone."""
    try:
        client = gateway.client_for(marketplace)
        orders = client.orders.fetch([order_id], timeout=PATIENCE_SECONDS)
    except mirakl.MiraklError as error:
        return Panel(words=words_for(error, marketplace))
    order = next((one for one in orders if one.order_id == order_id), None)
    if order is None:
        return Panel(words=_("%(name)s does not know this order.") % {"name": marketplace.name})
    _keep(marketplace, order_id, order)
    try:
        documents = client.documents.fetch([order_id], timeout=PATIENCE_SECONDS)
    except mirakl.MiraklError as error:
        return Panel(order, documents_words=words_for(error, marketplace))
    return Panel(order, documents)


def told(marketplace: Marketplace, order_id: str) -> mirakl.Order | None:
    """What OR11 says of it, asked unless a display has just done so; None where it does not."""
    key = _key(marketplace, order_id)
    try:
        kept = cache.get(key)
    except redis.RedisError:
        kept = None
    if kept is not None:
        return kept or None
    try:
        client = gateway.client_for(marketplace)
        orders = client.orders.fetch([order_id], timeout=HASTE_SECONDS)
    except mirakl.MiraklError as error:
        log.info("an order of %s is not told: %s", marketplace.slug, type(error).__name__)
        orders = []
    found = next((one for one in orders if one.order_id == order_id), None)
    _keep(marketplace, order_id, found)
    return found


def locale_of(marketplace: Marketplace, order_id: str) -> str:
    """The customer's, as far as a display of the order has told it today; nobody is asked."""
    try:
        return str(cache.get(f"{_key(marketplace, order_id)}:locale") or "")
    except redis.RedisError:
        return ""


def _keep(marketplace: Marketplace, order_id: str, order: mirakl.Order | None) -> None:
    key = _key(marketplace, order_id)
    try:
        cache.set(key, order or False, FRESH_SECONDS if order else REST_SECONDS)
        if order and order.customer.locale:
            cache.set(f"{key}:locale", order.customer.locale, LOCALE_SECONDS)
    except redis.RedisError:
        log.warning("No cache: an order is asked for again")


def _key(marketplace: Marketplace, order_id: str) -> str:
    return f"order:{marketplace.pk}:{order_id.encode().hex()}"


def stream_document(marketplace: Marketplace, document_id: int) -> attachments.Streamed:
    """A document of an order (OR73), to be saved. Raises attachments.Unavailable."""
    return attachments.stream(
        marketplace, lambda client: client.documents.download(document_ids=[document_id])
    )


def words_for(error: mirakl.MiraklError, marketplace: Marketplace) -> str:
    """Why a part of a page cannot be shown, and what to do about it."""
    match error:
        case mirakl.BadCredentials() | mirakl.Forbidden():
            words = _("%(name)s does not show this to our key. Ask an admin.")
        case mirakl.RateLimited():
            words = _("%(name)s asks us to wait a little. Try again in a minute.")
        case _:
            words = _("%(name)s did not answer. Try again in a minute.")
    return words % {"name": marketplace.name}

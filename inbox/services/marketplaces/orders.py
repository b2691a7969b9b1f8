"""An order from Mirakl (OR11) with its documents (OR72), for the page that shows it."""

import logging
from dataclasses import dataclass, field, replace
from functools import partial

from django.conf import settings
from django.utils.translation import gettext as _

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services import error_texts, optional_cache
from inbox.services.marketplaces import (
    clients,
    documents,
    downloads,
    erasure_marks,
    locales,
    order_amounts,
    reasons,
    shared_answers,
)
from inbox.services.marketplaces.order_amounts import Bill
from inbox.services.marketplaces.shared_answers import AnswerKey

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 5
# For placeholders, which are filled in at once: a value that takes longer is missing.
HASTE_SECONDS = 2
# After a failure, no call for this long, unless a user presses "Try again".
REST_SECONDS = 20
# The language of an order does not change.
LOCALE_SECONDS = 24 * 3600
# Nothing has been shipped of an order in one of these states.
UNSENT = {"STAGING", "WAITING_ACCEPTANCE", "WAITING_DEBIT", "WAITING_DEBIT_PAYMENT", "REFUSED"}


@dataclass(frozen=True)
class OrderPanel:
    """`order` and its `bill` are None if they cannot be shown; then `words` say why.

    `is_unknown`: Mirakl has answered that there is no such order.
    """

    order: mirakl.Order | None = None
    bill: Bill | None = None
    has_parts: bool = False
    documents: list[mirakl.Document] = field(default_factory=list)
    # The marketplace's names of its document types, by code.
    document_labels: dict[str, str] = field(default_factory=dict)
    words: str = ""
    is_unknown: bool = False
    documents_words: str = ""


@dataclass(frozen=True)
class FoundOrder:
    """OR11's answer: an order, or that there is none."""

    order: mirakl.Order | None


def build_panel(marketplace: Marketplace, order_id: str) -> OrderPanel:
    """One call of OR11, and of OR72 if permitted. A failure is shown, and affects no other part."""
    try:
        order = fetch_order(marketplace, order_id)
    except mirakl.MiraklError as error:
        return OrderPanel(words=error_texts.not_shown(error, marketplace))
    if order is None:
        words = erasure_marks.describe(marketplace, order_id) or (
            _("%(name)s can't find this order.") % {"name": marketplace.name}
        )
        return OrderPanel(words=words, is_unknown=True)
    bill = order_amounts.build_bill(order, get_reason_labels(marketplace, order))
    shown = OrderPanel(order, bill, has_parts(marketplace, order))
    try:
        client = clients.build_client(marketplace)
        found = client.documents.fetch([order_id], timeout=PATIENCE_SECONDS)
    except mirakl.MiraklError as error:
        return replace(shown, documents_words=error_texts.not_shown(error, marketplace))
    labels = {one.code: one.label for one in documents.list_types(marketplace)} if found else {}
    return replace(shown, documents=found, document_labels=labels)


def has_parts(marketplace: Marketplace, order: mirakl.Order) -> bool:
    """Whether parcels, returns and an evaluation can be fetched."""
    return order.order_state not in UNSENT and not marketplace.is_storefront


def fetch_order(
    marketplace: Marketplace,
    order_id: str,
    *,
    timeout: float = PATIENCE_SECONDS,
    rest_for: float = 0,
) -> mirakl.Order | None:
    """The order from OR11; None if there is none, or its customer was erased.

    Displays a moment apart share one call.

    Its labels are in the reader's language. Raises MiraklError. For `rest_for` seconds after a
    failure Mirakl is not called again.
    """
    if erasure_marks.is_erased_order(marketplace, order_id):
        return None
    asked = _question(marketplace, order_id, locales.get_reader_locale(), rest_for)
    ask = partial(_ask, marketplace, order_id, timeout)
    order = shared_answers.get_shared_answer(asked, ask, wait=timeout).order
    return None if order and erasure_marks.is_of_erased(marketplace, order) else order


def _question(
    marketplace: Marketplace, order_id: str, locale: str, rest_for: float = 0
) -> AnswerKey[FoundOrder]:
    return shared_answers.build_key(
        marketplace,
        "order",
        FoundOrder,
        order_id,
        locale,
        fresh_for=settings.INBOX_FRESH_SECONDS,
        kept_for=REST_SECONDS,
        rest_for=rest_for,
    )


def forget_order(marketplace: Marketplace, order_id: str) -> None:
    """Drop the cached order after a change by us: the next display fetches it again."""
    for locale, _name in settings.LANGUAGES:
        optional_cache.release(_question(marketplace, order_id, locale).key)


def fetch_order_quickly(marketplace: Marketplace, order_id: str) -> mirakl.Order | None:
    """The order if Mirakl answers quickly, else None."""
    try:
        return fetch_order(marketplace, order_id, timeout=HASTE_SECONDS, rest_for=REST_SECONDS)
    except mirakl.MiraklError as error:
        log.info("an order of %s is not told: %s", marketplace.slug, type(error).__name__)
        return None


def get_reason_labels(marketplace: Marketplace, order: mirakl.Order) -> order_amounts.Label:
    """The labels of RE01, which is called only if the order has a reason to look up."""
    if any(line.refunds or line.cancelations for line in order.order_lines):
        return reasons.get_labels(marketplace)
    return reasons.no_label


def get_cached_locale(marketplace: Marketplace, order_id: str) -> str:
    """The customer's locale, if a display of the order has cached it today; makes no call."""
    return optional_cache.get(_locale_key(marketplace, order_id), str) or ""


def _ask(marketplace: Marketplace, order_id: str, timeout: float) -> FoundOrder:
    client = clients.build_client(marketplace)
    orders = client.orders.fetch([order_id], locale=locales.get_reader_locale(), timeout=timeout)
    order = next((one for one in orders if one.order_id == order_id), None)
    if order and order.customer.locale:
        locale = order.customer.locale
        optional_cache.put(_locale_key(marketplace, order_id), locale, LOCALE_SECONDS)
    return FoundOrder(order)


def _locale_key(marketplace: Marketplace, order_id: str) -> str:
    return f"locale:{marketplace.pk}:{order_id.encode().hex()}"


def stream_document(
    marketplace: Marketplace, document_id: int, *, size: int = 0
) -> downloads.Streamed:
    """A document of an order (OR73), to be saved. Raises downloads.Unavailable.

    `size` is OR72's, in bytes; 0 if it sent none.
    """
    return downloads.stream(
        marketplace,
        lambda client: client.documents.download(document_ids=[document_id]),
        size=size,
    )

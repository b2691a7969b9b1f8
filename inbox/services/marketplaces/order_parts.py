"""Parts of an order beside OR11: parcels (ST11), returns (RT11) and evaluation (OR51).

A page fetches each part separately, and each fails separately.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from inbox import mirakl
from inbox.models import Marketplace
from inbox.models.codes import return_reason
from inbox.services import error_texts, optional_cache
from inbox.services.marketplaces import (
    clients,
    erasure_marks,
    locales,
    order_amounts,
    orders,
    reasons,
    shared_answers,
)
from inbox.services.marketplaces.order_amounts import ServiceBill

T = TypeVar("T")
Fetch = Callable[[mirakl.MiraklClient], list[T]]

PATIENCE_SECONDS = 5
FRESH_SECONDS = 60
# RT11 may not be called more often.
RETURNS_FRESH_SECONDS = 5 * 60
# A missing feature or permission is not fixed at once: remember it for this long.
REFUSED_SECONDS = 15 * 60
# Mirakl's own message follows it.
FORBIDDEN, ABSENT = "forbidden:", "absent"
NOT_THERE = {404, 405, 410}


@dataclass(frozen=True)
class Part(Generic[T]):
    """Part of an order. If it is missing, `words` say why; if it `has_failed`, a retry may help."""

    found: list[T] = field(default_factory=list)
    words: str = ""
    has_failed: bool = False


def fetch_parcels(
    marketplace: Marketplace, order_id: str, *, timeout: float = PATIENCE_SECONDS
) -> Part[mirakl.Shipment]:
    """The parcels of an order; none if the marketplace has one tracking per order."""

    def fetch(client: mirakl.MiraklClient) -> list[mirakl.Shipment]:
        found = client.orders.fetch_shipments(order_id, timeout=timeout)
        return [one for one in found if one.order_id == order_id]

    return _Asked(marketplace, "parcels", order_id).part(list[mirakl.Shipment], fetch)


def list_parcels(marketplace: Marketplace, order: mirakl.Order) -> list[mirakl.Shipment]:
    """The parcels of an order without a tracking of its own, if Mirakl answers quickly."""
    if order.shipping_tracking or not orders.has_parts(marketplace, order):
        return []
    return fetch_parcels(marketplace, order.order_id, timeout=orders.HASTE_SECONDS).found


@dataclass(frozen=True)
class Returned:
    """A return, with its lines and the labels of its reasons."""

    record: mirakl.Return
    goods: list[str]
    reason: str
    rejection: str


def fetch_returns(marketplace: Marketplace, order_id: str) -> Part[Returned]:
    """The returns of an order. Mirakl lists them by the number of the customer's whole purchase."""
    try:
        order = orders.fetch_order(marketplace, order_id)
    except mirakl.MiraklError as error:
        return Part(words=error_texts.not_shown(error, marketplace), has_failed=True)
    if order is None:
        return Part(words=explain_unknown(marketplace))
    commercial_id = order.commercial_id or order_id

    def fetch(client: mirakl.MiraklClient) -> list[mirakl.Return]:
        found = client.orders.fetch_returns(commercial_id, timeout=PATIENCE_SECONDS)
        # A purchase may hold several orders, one per shop.
        return [one for one in found if one.order_id == order_id]

    asked = _Asked(marketplace, "returns", order_id, fresh_for=RETURNS_FRESH_SECONDS)
    part = asked.part(list[mirakl.Return], fetch)
    return Part(_build_returns(marketplace, order, part.found), part.words, part.has_failed)


def _build_returns(
    marketplace: Marketplace, order: mirakl.Order, found: list[mirakl.Return]
) -> list[Returned]:
    label = reasons.get_labels(marketplace) if found else reasons.no_label
    titles = {line.order_line_id: line.product_title or "" for line in order.order_lines}
    return [
        Returned(
            record=one,
            goods=[
                f"{line.quantity or '–'} × {titles.get(line.order_line_id) or line.order_line_id}"
                for line in one.return_lines
                if line.order_line_id
            ],
            reason=label("RETURN", one.reason_code) or return_reason(one.reason_code),
            rejection=label("RETURN_REJECTION", one.rejection_reason_code)
            or return_reason(one.rejection_reason_code),
        )
        for one in found
    ]


def fetch_evaluation(marketplace: Marketplace, order_id: str) -> Part[mirakl.Evaluation]:
    """The customer's evaluation of an order; empty if there is none."""

    def fetch(client: mirakl.MiraklClient) -> list[mirakl.Evaluation]:
        try:
            locale = locales.get_reader_locale()
            return [
                client.orders.fetch_evaluation(order_id, locale=locale, timeout=PATIENCE_SECONDS)
            ]
        except mirakl.NotFound:
            return []

    return _Asked(marketplace, "evaluation", order_id).part(list[mirakl.Evaluation], fetch)


@dataclass(frozen=True)
class Service:
    record: mirakl.ServiceOrder
    bill: ServiceBill


def fetch_service_order(marketplace: Marketplace, order_id: str) -> Part[Service]:
    """A service order; empty if Mirakl has none with this number."""

    def fetch(client: mirakl.MiraklClient) -> list[mirakl.ServiceOrder]:
        found = client.orders.fetch_service_orders(order_id, timeout=PATIENCE_SECONDS)
        return [one for one in found if one.id == order_id]

    asked = _Asked(marketplace, "service-order", order_id)
    part = asked.part(list[mirakl.ServiceOrder], fetch)
    has_refunds = any(one.refunds for one in part.found)
    label = reasons.get_labels(marketplace) if has_refunds else reasons.no_label
    services = [Service(one, order_amounts.build_service_bill(one, label)) for one in part.found]
    words = part.words or ("" if services else explain_unknown(marketplace))
    return Part(services, words, part.has_failed)


def explain_unknown(marketplace: Marketplace) -> str:
    """Error text if Mirakl has no order with this number."""
    return _("%(name)s can't find this order.") % {"name": marketplace.name}


@dataclass(frozen=True)
class _Asked:
    """Fetches one part of an order, and remembers if the marketplace refuses that kind of call."""

    marketplace: Marketplace
    name: str
    order_id: str
    fresh_for: float = FRESH_SECONDS

    def part(self, kind: type[list[T]], fetch: Fetch[T]) -> Part[T]:
        if words := erasure_marks.describe(self.marketplace, self.order_id):
            return Part(words=words)
        if refusal := optional_cache.get(self._refusal_key, str):
            return self._refused(refusal)
        question = shared_answers.build_key(
            self.marketplace,
            self.name,
            kind,
            self.order_id,
            locales.get_reader_locale(),
            fresh_for=self.fresh_for,
        )
        try:
            found = shared_answers.get_shared_answer(
                question,
                lambda: fetch(clients.build_client(self.marketplace)),
                wait=PATIENCE_SECONDS,
            )
        except mirakl.Forbidden as error:
            return self._refuse(FORBIDDEN + error.message)
        except mirakl.MiraklError as error:
            if isinstance(error, mirakl.Refused) and error.status in NOT_THERE:
                return self._refuse(ABSENT)
            return Part(words=error_texts.not_shown(error, self.marketplace), has_failed=True)
        return Part(found)

    @property
    def _refusal_key(self) -> str:
        name = f"{self.name}-refused"
        return shared_answers.build_key(self.marketplace, name, str, fresh_for=REFUSED_SECONDS).key

    def _refuse(self, refusal: str) -> Part[T]:
        optional_cache.put(self._refusal_key, refusal, REFUSED_SECONDS)
        return self._refused(refusal)

    def _refused(self, refusal: str) -> Part[T]:
        if refusal == ABSENT:
            return Part()
        error = mirakl.Forbidden(status=403, message=refusal.removeprefix(FORBIDDEN))
        return Part(words=error_texts.not_shown(error, self.marketplace))

"""Orders at Mirakl: read, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.mirakl import records, wire
from inbox.mirakl.calls import Calls, Downloading


@dataclass(frozen=True)
class Orders:
    """One account's orders, reached as `client.orders`."""

    _calls: Calls

    def fetch(
        self,
        order_ids: Sequence[str],
        *,
        locale: str | None = None,
        timeout: float | None = None,
    ) -> list[records.Order]:
        """OR11: the orders with these ids, 100 at most. Unknown ones are left out."""
        wire.check_ids("OR11", "order_ids", order_ids)
        params = wire.query(order_ids=order_ids, locale=locale, max=wire.LIST_LENGTH)
        calls, kind = self._calls, records.Order
        return calls.records(kind, "orders", "OR11", "/api/orders", params, timeout).items

    def fetch_by_reference(
        self, reference: str, *, locale: str | None = None, timeout: float | None = None
    ) -> list[records.Order]:
        """OR11: the orders that the customer knows by this number, one for each shop."""
        references = [reference]
        params = wire.query(order_references_for_customer=references, locale=locale)
        calls, kind = self._calls, records.Order
        return calls.records(kind, "orders", "OR11", "/api/orders", params, timeout).items

    def download_picture(self, path: str) -> Downloading:
        """A picture of a product, by its address on the marketplace's own host (OR11)."""
        return self._calls.download("MEDIA", path, {})

    def fetch_shipments(
        self, order_id: str, *, timeout: float | None = None
    ) -> list[records.Shipment]:
        """ST11: the parcels of an order; NotFound if the marketplace has no parcels."""
        params = wire.query(order_id=order_id, limit=wire.LIST_LENGTH)
        calls, kind = self._calls, records.Shipment
        return calls.records(kind, "data", "ST11", "/api/shipments", params, timeout).items

    def fetch_returns(
        self, commercial_id: str, *, timeout: float | None = None
    ) -> list[records.Return]:
        """RT11: the returns of all orders with this commercial id."""
        params = wire.query(order_commercial_id=commercial_id, limit=wire.LIST_LENGTH)
        calls, kind = self._calls, records.Return
        return calls.records(kind, "data", "RT11", "/api/returns", params, timeout).items

    def fetch_evaluation(
        self, order_id: str, *, locale: str | None = None, timeout: float | None = None
    ) -> records.Evaluation:
        """OR51: the customer's evaluation of the order; NotFound if there is none."""
        path, params = f"/api/orders/{wire.segment(order_id)}/evaluation", wire.query(locale=locale)
        return self._calls.record(records.Evaluation, "OR51", path, params, timeout)

    def fetch_service_orders(
        self, order_id: str, *, timeout: float | None = None
    ) -> list[records.ServiceOrder]:
        """SOR11: the service order with this id, or none. For sellers only."""
        params = wire.query(order_id=order_id)
        calls, kind = self._calls, records.ServiceOrder
        return calls.records(kind, "data", "SOR11", "/api/mms/orders", params, timeout).items

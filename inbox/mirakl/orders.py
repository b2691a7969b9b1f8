"""What Mirakl tells about orders: they are read, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.mirakl import records, wire
from inbox.mirakl.calls import Calls


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

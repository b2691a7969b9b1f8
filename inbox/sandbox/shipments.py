"""ST11: the parcels of orders, on the marketplace with several parcels for an order."""

import uuid
from dataclasses import dataclass

from inbox.sandbox import paging, parameters
from inbox.sandbox.call import Call
from inbox.sandbox.dates import iso
from inbox.sandbox.errors import ApiError
from inbox.sandbox.orders import RECEIVED, RECEIVED_AFTER, SHIPPED, SHIPPED_AFTER
from inbox.sandbox.wire import Json
from inbox.sandbox.world import Order, OrderLine

DEFAULT_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Parcel:
    """Each line has its own parcel; the last line ships last."""

    order: Order
    line: OrderLine

    @property
    def status(self) -> str:
        is_behind = self.line.index > 1 and self.order.state == "SHIPPED"
        return "SHIPPING" if is_behind else self.order.state

    @property
    def tracking(self) -> str:
        return f"{self.order.tracking}-{self.line.index}"


def listing(call: Call) -> Json:
    if not call.market.has_parcels:
        raise ApiError(404, "Multi-shipment is not enabled")
    query = {
        "limit": paging.limit(call.request, DEFAULT_LIMIT),
        "orders": parameters.names(call.request, "order_id"),
        "states": parameters.names(call.request, "shipment_state_code"),
        "shop": call.shop_id,
    }
    owner = f"ST11 {call.owner}"
    page, tokens = paging.by_token(
        call.request, call.seal, owner, query, lambda asked: _matching(call, asked)
    )
    return {"data": [_shape(parcel) for parcel in page], **tokens}


def _matching(call: Call, query: Json) -> list[Parcel]:
    """Oldest first."""
    found = [
        Parcel(order, line)
        for order in call.market.orders.values()
        if query["shop"] in (None, order.shop.id)
        if order.tracking and order.state in SHIPPED
        if not query["orders"] or order.id in query["orders"]
        for line in order.lines
    ]
    found = [one for one in found if not query["states"] or one.status in query["states"]]
    return sorted(found, key=lambda one: (one.order.created_at, one.order.id, one.line.index))


def _shape(parcel: Parcel) -> Json:
    order, line = parcel.order, parcel.line
    shape: Json = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, parcel.tracking)),
        "order_id": order.id,
        "created_date": iso(order.created_at + SHIPPED_AFTER),
        "last_updated_date": iso(order.updated_at),
        "status": parcel.status,
        "status_customer_debit": "NO_DEBIT",
        "shipment_lines": [
            {
                "order_line_id": f"{order.id}-{line.index}",
                "offer_sku": line.sku,
                "quantity": line.quantity,
            }
        ],
    }
    if parcel.status == "SHIPPING":
        return shape
    return shape | {
        "shipped_date": iso(order.created_at + SHIPPED_AFTER),
        "tracking": _tracking(parcel),
    }


def _tracking(parcel: Parcel) -> Json:
    order = parcel.order
    arrives = (order.created_at + RECEIVED_AFTER).date().isoformat()
    kind = "DELIVERED" if order.state in RECEIVED else "IN_TRANSIT"
    return {
        "carrier_code": (order.carrier or "").upper().replace(" ", "_"),
        "carrier_name": order.carrier,
        "tracking_number": parcel.tracking,
        "tracking_url": f"https://tracking.demo.invalid/{parcel.tracking}",
        "carrier_expected_delivery_date": {
            "earliest": {"date": arrives},
            "latest": {"date": arrives},
        },
        "milestones": [{"type": kind, "occurrence_date": {"date": arrives, "offset": "Z"}}],
        "validity_status": "VERIFIED",
    }

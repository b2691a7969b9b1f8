"""RT11: the returns of orders. Each refunded line has a return."""

import uuid

from inbox.sandbox import paging, parameters
from inbox.sandbox.call import Call
from inbox.sandbox.dates import iso
from inbox.sandbox.orders import RECEIVED_AFTER
from inbox.sandbox.wire import Json
from inbox.sandbox.world import Order, OrderLine

Returned = tuple[Order, OrderLine]
DEFAULT_LIMIT = 10
REASON = "RETURN_CHANGED_MIND"


def listing(call: Call) -> Json:
    query = {
        "limit": paging.limit(call.request, DEFAULT_LIMIT),
        "commercial_ids": parameters.names(call.request, "order_commercial_id"),
        "states": parameters.names(call.request, "return_state"),
        "shop": call.shop_id,
    }
    owner = f"RT11 {call.owner}"
    page, tokens = paging.by_token(
        call.request, call.seal, owner, query, lambda asked: _matching(call, asked)
    )
    return {"data": [_shape(call, order, line) for order, line in page], **tokens}


def _matching(call: Call, query: Json) -> list[Returned]:
    """Oldest first."""
    found = [
        (order, line)
        for order in call.market.orders.values()
        if query["shop"] in (None, order.shop.id)
        if not query["commercial_ids"] or order.commercial_id in query["commercial_ids"]
        for line in order.lines
        if line.refunded
        if not query["states"] or "RECEIVED" in query["states"]
    ]
    return sorted(found, key=lambda one: (one[0].created_at, one[0].id, one[1].index))


def _shape(call: Call, order: Order, line: OrderLine) -> Json:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{order.id} {line.index}")),
        "order_id": order.id,
        "order_commercial_id": order.commercial_id,
        "state": "RECEIVED",
        "reason_code": REASON,
        "description": "Too large for the room",
        "rma": f"RMA-{order.commercial_id}-{line.index}",
        "method_code": "RETURN_METHOD_BY_MAIL",
        "date_created": iso(order.created_at + RECEIVED_AFTER),
        "last_updated": iso(order.updated_at),
        "documents": [],
        "return_address": {
            "street1": "1 Demo Street",
            "zip_code": "00000",
            "city": call.market.city,
            "country_iso_code": call.market.country,
        },
        "return_lines": [
            {
                "order_line_id": f"{order.id}-{line.index}",
                "quantity": 1,
                "reason_code": REASON,
                "compliance": [{"compliant": True}],
            }
        ],
        "tracking": {
            "carrier_name": "Demo Post",
            "tracking_number": f"RETURN{order.commercial_id[-4:]}",
            "tracking_url": f"https://tracking.demo.invalid/RETURN{order.commercial_id[-4:]}",
        },
    }

"""OR51: a customer's evaluation of an order. Every third received order has one."""

from datetime import timedelta

from inbox.sandbox.call import Call
from inbox.sandbox.dates import iso
from inbox.sandbox.errors import ApiError
from inbox.sandbox.orders import RECEIVED, RECEIVED_AFTER
from inbox.sandbox.wire import Json
from inbox.sandbox.world import Order

PACKED = {"en": "Well packed", "fr": "Bien emballé", "de": "Gut verpackt"}


def read(call: Call, order_id: str) -> Json:
    order = call.order(order_id)
    if not is_evaluated(order):
        raise ApiError(404, f"No evaluation for order [{order_id}]")
    evaluated_at = order.created_at + RECEIVED_AFTER
    shape: Json = {
        "grade": 2 if order.has_incident else 4,
        "comment": "A demo evaluation",
        "customer_id": order.customer.id,
        "firstname": order.customer.first_name,
        "lastname": order.customer.last_name,
        "date": iso(evaluated_at),
        "last_updated_date": iso(evaluated_at),
        "visible": True,
        "assessments": [{"code": "1", "label": PACKED[call.language], "response": "true"}],
    }
    if order.has_invoice:
        answered_at = iso(evaluated_at + timedelta(hours=4))
        shape["reply"] = {"type": "SHOP", "comment": "A demo answer", "date": answered_at}
    return shape


def is_evaluated(order: Order) -> bool:
    return order.state in RECEIVED and order.commercial_id[-1] in "036"

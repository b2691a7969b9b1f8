"""OR11; and OR12, which live instances and the sandbox no longer have."""

from collections.abc import Callable
from datetime import datetime, timedelta

from werkzeug.wrappers import Request, Response

from inbox.sandbox import parameters, pictures, reasons
from inbox.sandbox.answers import json_response
from inbox.sandbox.call import Call
from inbox.sandbox.credentials import SELLER
from inbox.sandbox.dates import iso
from inbox.sandbox.errors import ApiError
from inbox.sandbox.paging import Offset
from inbox.sandbox.wire import Json
from inbox.sandbox.world import Marketplace, Order, OrderLine

Test = Callable[[Order], bool]
COMMISSION = 0.12
ACCEPTED_AFTER, SHIPPED_AFTER, RECEIVED_AFTER = (timedelta(hours=h) for h in (3, 26, 50))
NOT_ACCEPTED = ("STAGING", "WAITING_ACCEPTANCE", "REFUSED", "CANCELED")
SHIPPED = ("SHIPPED", "TO_COLLECT", "RECEIVED", "CLOSED")
RECEIVED = ("RECEIVED", "CLOSED")
STANDARD = {"en": "Standard", "fr": "Standard", "de": "Standardversand"}
PICK_UP = {"en": "Pick-up point", "fr": "Point relais", "de": "Abholpunkt"}
INCIDENT_REASON = "1"


def listing(call: Call) -> Response:
    """OR11: oldest first by default."""
    request = call.request
    tests = _tests(call)
    found = [order for order in call.market.orders.values() if all(test(order) for test in tests)]
    parameters.choice(request, "sort", ("dateCreated",), default="dateCreated")
    newest_first = parameters.choice(request, "order", ("asc", "desc"), default="asc") == "desc"
    found.sort(key=lambda order: (order.created_at, order.id), reverse=newest_first)
    page = Offset.from_request(request)
    rows = [_shape(call, order) for order in page.cut(found)]
    response = json_response({"orders": rows, "total_count": len(found)})
    return page.link(request, len(found), response)


def gone(_call: Call, order_id: str) -> Json:
    """OR12"""
    raise ApiError(410, "OR12 has been removed, use OR11 with order_ids")


def _tests(call: Call) -> list[Test]:
    request = call.request
    tests: list[Test] = [lambda order: call.owns_shop(order.shop)]
    for name, value_of in _LISTS.items():
        if wanted := parameters.names(request, name):
            tests.append(_one_of(value_of, wanted))
    if parameters.flag(request, "only_null_channel", default=False):
        tests.append(lambda order: order.channel is None)
    elif channels := parameters.names(request, "channel_codes"):
        tests.append(_one_of(lambda order: order.channel or "", channels))
    has_incident = parameters.optional_flag(request, "has_incident")
    if has_incident is not None:
        tests.append(lambda order: order.has_incident is has_incident)
    tests.extend(_between(request, "start_date", "end_date", lambda order: order.created_at))
    updated = ("start_update_date", "end_update_date")
    tests.extend(_between(request, *updated, lambda order: order.updated_at))
    return tests


_LISTS: dict[str, Callable[[Order], str]] = {
    "order_ids": lambda order: order.id,
    "commercial_ids": lambda order: order.commercial_id,
    "customer_ids": lambda order: order.customer.id,
    "shop_ids": lambda order: str(order.shop.id),
    "order_state_codes": lambda order: order.state,
    "order_references_for_customer": lambda order: order.commercial_id,
    "order_references_for_seller": lambda order: order.id,
}


def _one_of(value_of: Callable[[Order], str], wanted: list[str]) -> Test:
    return lambda order: value_of(order) in wanted


def _between(
    request: Request, low: str, high: str, date_of: Callable[[Order], datetime]
) -> list[Test]:
    tests: list[Test] = []
    if start := parameters.moment(request, low):
        tests.append(lambda order: date_of(order) >= start)
    if end := parameters.moment(request, high):
        tests.append(lambda order: date_of(order) <= end)
    return tests


def _shape(call: Call, order: Order) -> Json:
    goods = round(sum(line.price for line in order.lines), 2)
    shape: Json = {
        "order_id": order.id,
        "commercial_id": order.commercial_id,
        "order_state": order.state,
        "order_state_reason_code": None,
        "order_state_reason_label": None,
        "order_tax_mode": "TAX_EXCLUDED" if call.market.tax_rate else "TAX_INCLUDED",
        "order_additional_fields": _additional_fields(order),
        "currency_iso_code": call.market.currency,
        "price": goods,
        "shipping_price": order.shipping_price,
        "total_price": round(goods + order.shipping_price, 2),
        "total_commission": round(goods * COMMISSION, 2),
        "payment_type": "DEMO_CARD",
        "payment_workflow": "PAY_ON_ACCEPTANCE",
        "has_customer_message": _has_messages(call.market, order),
        "has_incident": order.has_incident,
        "has_invoice": order.has_invoice,
        "fully_refunded": False,
        "can_cancel": order.state in NOT_ACCEPTED,
        "can_shop_ship": order.state == "SHIPPING",
        "fulfillment": {"center": {"code": "DEFAULT"}},
        "leadtime_to_ship": 2,
        "references": {
            "order_reference_for_customer": order.commercial_id,
            "order_reference_for_seller": order.id,
        },
        "customer": _customer(call, order),
        "order_lines": [_line(call, order, line) for line in order.lines],
    }
    if order.channel:
        label = call.market.channels[order.channel]
        shape["channel"] = {"code": order.channel, "label": label}
    shape |= _dates(order) | _shipping(call, order)
    if call.role != SELLER:
        shape |= {
            "can_evaluate": order.state in RECEIVED,
            "pay_out_psp_code": "NOT_SPECIFIED",
            "shop_id": order.shop.id,
            "shop_name": order.shop.name,
        }
    return shape


def _has_messages(market: Marketplace, order: Order) -> bool:
    return any(
        thread.entity.type == "MMP_ORDER" and thread.entity.id == order.id
        for thread in market.threads.values()
    )


def _dates(order: Order) -> Json:
    accepted = order.state not in NOT_ACCEPTED
    shape: Json = {
        "created_date": iso(order.created_at),
        "last_updated_date": iso(order.updated_at),
        "acceptance_decision_date": iso(order.created_at + ACCEPTED_AFTER) if accepted else None,
        "shipping_deadline": iso(order.created_at + timedelta(days=3)),
        "delivery_date": {
            "earliest": iso(order.created_at + timedelta(days=4)),
            "latest": iso(order.created_at + timedelta(days=8)),
        },
    }
    if accepted:
        shape["customer_debited_date"] = iso(order.created_at + ACCEPTED_AFTER)
    return shape


def _additional_fields(order: Order) -> list[Json]:
    """Additional fields of pick-up orders. Only the value of a list is no text."""
    if not order.is_collected:
        return []
    return [
        {"code": "gift-wrap", "type": "BOOLEAN", "value": "true"},
        {"code": "door-codes", "type": "MULTIPLE_VALUES_LIST", "value": ["12A", "34B"]},
    ]


def _line_fields(order: Order, line: OrderLine) -> list[Json]:
    if not order.is_collected or line.index > 1:
        return []
    return [{"code": "engraving", "type": "STRING", "value": "For Ada & Léo"}]


def _shipping(call: Call, order: Order) -> Json:
    language = call.language
    shape: Json = {
        "shipping_type_code": "REL" if order.is_collected else "STD",
        "shipping_type_label": (PICK_UP if order.is_collected else STANDARD)[language],
        "shipping_zone_code": "DOM",
        "shipping_zone_label": "Domestic",
        "shipping_company": None if call.market.has_parcels else order.carrier,
        "shipping_tracking": None if call.market.has_parcels else order.tracking,
        "shipping_tracking_url": None,
    }
    if order.is_collected:
        shape["shipping_pudo_id"] = f"RELAY-{order.commercial_id[-3:]}"
    if order.carrier and order.tracking and not call.market.has_parcels:
        shape["shipping_carrier_code"] = order.carrier.upper().replace(" ", "_")
        shape["shipping_tracking_url"] = f"https://tracking.demo.invalid/{order.tracking}"
    return shape


def _customer(call: Call, order: Order) -> Json:
    """A shop gets no address before the order is to be shipped; operators always do."""
    customer = order.customer
    shown = order.shows_address or call.role != SELLER
    shape: Json = {
        "customer_id": customer.id,
        "civility": "Neutral",
        "firstname": customer.first_name,
        "lastname": customer.last_name,
        "locale": customer.locale,
        "billing_address": _address(call.market, order) if shown else None,
        "shipping_address": _address(call.market, order) if shown else None,
    }
    if customer.organization:
        shape["organization"] = {
            "organization_id": customer.organization.id,
            "name": customer.organization.name,
        }
    if call.role == SELLER and customer.organization:
        shape["organization"] |= {
            "identification_number": None,
            "tax_identification_number": None,
            "address": None,
        }
    if call.role != SELLER:
        shape["email"] = f"{customer.id.lower()}@customers.demo.invalid"
    return shape


def _address(market: Marketplace, order: Order) -> Json:
    customer = order.customer
    return {
        "firstname": customer.first_name,
        "lastname": customer.last_name,
        "company": customer.organization.name if customer.organization else None,
        "street_1": f"{int(order.commercial_id[-2:]) + 1} Demo Street",
        "zip_code": "00000",
        "city": market.city,
        "country": market.country_name,
        "country_iso_code": market.country,
        "phone": "+00 0000 000000",
    }


def _line(call: Call, order: Order, line: OrderLine) -> Json:
    shape: Json = {
        "order_line_id": f"{order.id}-{line.index}",
        "order_line_index": line.index,
        **_line_state(call, order, line),
        "order_line_additional_fields": _line_fields(order, line),
        "offer_id": line.offer_id,
        "offer_sku": line.sku,
        "offer_state_code": "11",
        "product_title": line.title,
        "product_sku": f"P-{line.sku}",
        "product_medias": [
            {"type": "SMALL", "mime_type": "JPEG", "media_url": pictures.media_url(call, line)}
        ],
        "category_code": "DEMO",
        "category_label": line.category,
        "description": None,
        "quantity": line.quantity,
        "price_unit": line.unit_price,
        "price": line.price,
        "price_additional_info": None,
        "shipping_price": order.shipping_price if line.index == 1 else 0,
        "total_price": round(line.price + (order.shipping_price if line.index == 1 else 0), 2),
        "commission_fee": round(line.price * COMMISSION, 2),
        "total_commission": round(line.price * COMMISSION, 2),
        "can_refund": order.state in SHIPPED,
        "created_date": iso(order.created_at),
        "last_updated_date": iso(order.updated_at),
        "shipped_date": _when(order, SHIPPED, SHIPPED_AFTER),
        "received_date": _when(order, RECEIVED, RECEIVED_AFTER),
        "cancelations": [_cancelation(call, order, line)] if line.has_cancelation else [],
        "refunds": [_refund(call, order, line)] if line.refunded else [],
    }
    if rate := call.market.tax_rate:
        shape["taxes"] = _taxes(line.price, rate)
        shape["shipping_taxes"] = _taxes(shape["shipping_price"], rate)
    return shape if call.role == SELLER else shape | {"can_open_incident": True}


def _line_state(call: Call, order: Order, line: OrderLine) -> Json:
    """If an order has an incident, its first line has it, with the reason."""
    is_at_fault = order.has_incident and line.index == 1
    label = reasons.label("INCIDENT_OPEN", INCIDENT_REASON, call.language)
    return {
        "order_line_state": "INCIDENT_OPEN" if is_at_fault else order.state,
        "order_line_state_reason_code": INCIDENT_REASON if is_at_fault else None,
        "order_line_state_reason_label": label if is_at_fault else None,
    }


def _taxes(amount: float, rate: float) -> list[Json]:
    return [{"code": "VAT", "rate": rate, "amount": round(amount * rate / 100, 2)}]


def _when(order: Order, states: tuple[str, ...], after: timedelta) -> str | None:
    return iso(order.created_at + after) if order.state in states else None


def _cancelation(call: Call, order: Order, line: OrderLine) -> Json:
    """Cancels one of the items."""
    shape: Json = {
        "id": f"{order.id}-C{line.index}",
        "amount": line.unit_price,
        "quantity": 1,
        "reason_code": "34",
        "created_date": iso(order.updated_at),
        "commission_amount": 0,
        "commission_taxes": [],
        "commission_total_amount": 0,
    }
    if rate := call.market.tax_rate:
        shape["taxes"] = _taxes(line.unit_price, rate)
    return shape


def _refund(call: Call, order: Order, line: OrderLine) -> Json:
    """The refund of a first line includes half of the shipping price."""
    shipping = round(order.shipping_price / 2, 2) if line.index == 1 else 0
    shape: Json = {
        "id": f"{order.id}-R{line.index}",
        "order_refund_id": f"{order.id}-R",
        "amount": line.refunded,
        "shipping_amount": shipping,
        "quantity": 0,
        "reason_code": "17",
        "refund_state": "REFUNDED",
        "state": "REFUNDED",
        "created_date": iso(order.updated_at),
        "commission_amount": 0,
        "commission_tax_amount": 0,
        "commission_taxes": [],
        "commission_total_amount": 0,
    }
    if rate := call.market.tax_rate:
        shape["taxes"] = _taxes(line.refunded or 0, rate)
        shape["shipping_taxes"] = _taxes(shipping, rate)
    return shape

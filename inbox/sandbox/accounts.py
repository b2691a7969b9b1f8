"""A01, A21, V01 of a seller; CH11; S20 of an operator."""

from datetime import UTC, datetime, timedelta

from werkzeug.wrappers import Response

from inbox.sandbox import parameters
from inbox.sandbox.answers import json_response
from inbox.sandbox.call import Call
from inbox.sandbox.dates import iso
from inbox.sandbox.errors import ApiError
from inbox.sandbox.paging import Offset
from inbox.sandbox.reply_delay import average_delay
from inbox.sandbox.wire import Json
from inbox.sandbox.world import Marketplace, Shop

OPENED_AT = iso(datetime(2021, 3, 1, 9, 0, tzinfo=UTC))
VERSION = "3.345.12"


def account(call: Call) -> Json:
    """A01. Empty fields are left out; only `suspension_type` is null, as the vendor writes it."""
    shop, market = call.shop, call.market
    return _common(market, shop) | {
        "approval_delay": 5_400,
        "approval_rate": 0.97,
        "default_billing_information": _billing(market, shop),
        "domains": ["PRODUCT", "SERVICE"],
        "evaluations_count": 128,
        "free_shipping": False,
        "grade": 4.6,
        "model": "MARKETPLACE",
        "offers_count": 214,
        "order_messages_response_delay": average_delay(
            market, shop, "ALL_SINCE_BEGINNING", _last_night(call)
        ),
        "orders_count": _orders(market, shop),
        "payment_details": {
            "paid_balance": 18_204.5,
            "payable_balance": 912.3,
            "pending_balance": 154.0,
        },
        "payment_method_mandatory": False,
        "premium": False,
        "pro_details": {"corporate_name": shop.name},
        "shipping": {"lead_time_to_ship": 2},
        "shipping_country": market.country,
        "shop_additional_fields": [],
        "suspension_type": shop.suspension,
        **_closed(call, shop),
    }


def _closed(call: Call, shop: Shop) -> Json:
    """Returns the dates of a shop's holiday."""
    if shop.state != "CLOSE":
        return {}
    today = call.world.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "closed_from": iso(today - timedelta(days=2)),
        "closed_to": iso(today + timedelta(days=5)),
    }


def _billing(market: Marketplace, shop: Shop) -> Json:
    return {
        "default_language": market.locale,
        "id": f"billing-{shop.id}",
        "registration_address": {
            "city": "Demo City",
            "country_iso_code": market.country,
            "street_1": "1 Demo Street",
            "street_2": None,
        },
    }


def _orders(market: Marketplace, shop: Shop) -> int:
    return sum(order.shop.id == shop.id for order in market.orders.values())


def _common(market: Marketplace, shop: Shop) -> Json:
    """Returns the fields that A01 and S20 share."""
    return {
        "shop_id": shop.id,
        "shop_name": shop.name,
        "shop_state": shop.state,
        "currency_iso_code": market.currency,
        "date_created": OPENED_AT,
        "last_updated_date": OPENED_AT,
        "is_professional": True,
        "channels": list(market.channels),
        "contact_informations": {
            "city": "Demo City",
            "country": market.country,
            "email": f"shop-{shop.id}@demo.invalid",
            "firstname": "Demo",
            "lastname": shop.user,
            "street1": "1 Demo Street",
            "zip_code": "00000",
        },
    }


PERIODS = (
    *("LAST_MONTH", "LAST_THREE_MONTHS", "LAST_SIX_MONTHS", "LAST_YEAR"),
    "ALL_SINCE_BEGINNING",
)
# Each figure since the beginning, and the difference of each shorter period.
FIGURES: dict[str, tuple[float, float]] = {
    "approval_delay": (5_400, -600),
    "approval_rate": (0.97, 0.004),
    "auto_refused_rate": (0.01, 0.001),
    "average_cart": (84.15, 1.35),
    "average_cart_with_shipping": (88.4, 1.35),
    "cancelation_rate": (0.021, -0.001),
    "evaluations_count": (128, -28),
    "grade": (4.6, 0.05),
    "incident_rate": (0.012, 0.003),
    "late_shipment_rate": (0.034, 0.006),
    "refund_rate": (0.045, 0.002),
    "return_rate": (0.062, 0.001),
    "shipping_delay": (93_600, -3_600),
    "total_revenue": (148_204.5, -31_000),
    "valid_tracking_rate": (0.94, 0.01),
}
WHOLE = {"approval_delay", "evaluations_count", "shipping_delay"}


def statistics(call: Call) -> Json:
    """A21. The vendor leaves open how an empty figure is written, so the marketplaces differ."""
    periods = _periods(call)
    channel = call.request.args.get("channel_code")
    if channel is not None and channel not in call.market.channels:
        raise ApiError(400, f"Channel with code '{channel}' not found")
    answer: Json = {
        name: [{"period": one, "value": _figure(name, one)} for one in periods] for name in FIGURES
    }
    night = _last_night(call)
    answer["order_messages_response_delay"] = [
        {"period": one, "value": average_delay(call.market, call.shop, one, night, channel)}
        for one in periods
    ]
    answer["orders_count"] = _constant(periods, _orders(call.market, call.shop))
    if channel is None:
        answer["consecutive_refused_orders_count"] = _constant(periods, 0)
        answer["offers_count"] = _constant(periods, 214)
    if call.market.slug == "nordhaus":
        answer["valid_tracking_rate"] = _constant(periods, None)
    if call.market.slug == "bright-street":
        del answer["valid_tracking_rate"]
    shown = {"channel": channel} if channel else {}
    return answer | shown | {"shop_id": call.shop.id, "last_updated_date": iso(night)}


def _periods(call: Call) -> list[str]:
    wanted = parameters.names(call.request, "periods")
    if not set(wanted) <= set(PERIODS):
        raise ApiError(400, f"Parameter [periods] must be among {', '.join(PERIODS)}")
    return [one for one in PERIODS if not wanted or one in wanted]


def _figure(name: str, period: str) -> float:
    overall, step = FIGURES[name]
    value = overall + step * (len(PERIODS) - 1 - PERIODS.index(period))
    return int(value) if name in WHOLE else round(value, 4)


def _constant(periods: list[str], value: int | None) -> list[Json]:
    return [{"period": one, "value": value} for one in periods]


def _last_night(call: Call) -> datetime:
    yesterday = call.world.now() - timedelta(days=1)
    return yesterday.replace(hour=23, minute=45, second=0, microsecond=0)


def version(_call: Call) -> Json:
    """V01"""
    return {"version": VERSION}


def channels(call: Call) -> Json:
    """CH11"""
    return {
        "channels": [
            {"code": code, "label": label, "description": f"Demo channel {label}"}
            for code, label in call.market.channels.items()
        ]
    }


def shops(call: Call) -> Response:
    """S20: in none of our documents; the rows an operator needs to name its shops."""
    wanted = parameters.names(call.request, "shop_ids")
    rows = [
        _common(call.market, shop)
        for shop in call.market.shops.values()
        if not wanted or str(shop.id) in wanted
    ]
    page = Offset.from_request(call.request)
    response = json_response({"shops": page.cut(rows), "total_count": len(rows)})
    return page.link(call.request, len(rows), response)

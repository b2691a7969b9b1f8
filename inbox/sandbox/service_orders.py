"""SOR11: service orders, newest first by default, with seek paging."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from inbox.sandbox import paging, parameters
from inbox.sandbox.call import Call
from inbox.sandbox.dates import iso, parse
from inbox.sandbox.paging import Place
from inbox.sandbox.wire import Json
from inbox.sandbox.world import ServiceOrder

DEFAULT_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Query:
    limit: int
    shop_id: int | None
    lists: dict[str, list[str]]
    oldest_first: bool = False
    after: Place | None = None
    before: Place | None = None


def listing(call: Call) -> Json:
    query = _query(call)
    page, has_previous, has_next = paging.seek(
        lambda backwards, beyond: _matching(call, query, backwards, beyond),
        query.limit,
        after=query.after,
        before=query.before,
    )
    shape: Json = {"data": [_shape(call, order) for order in page]}
    if has_previous:
        there = replace(query, before=_place(page[0]), after=None)
        shape["previous_page_token"] = call.seal.close(asdict(there), _owner(call))
    if has_next:
        there = replace(query, after=_place(page[-1]), before=None)
        shape["next_page_token"] = call.seal.close(asdict(there), _owner(call))
    return shape


def _owner(call: Call) -> str:
    return f"SOR11 {call.owner}"


def _query(call: Call) -> Query:
    token = call.request.args.get("page_token")
    if token is not None:
        return Query(**call.seal.open(token, _owner(call)))
    return Query(
        limit=paging.limit(call.request, DEFAULT_LIMIT),
        shop_id=call.shop_id,
        lists={name: parameters.names(call.request, name) for name in _VALUES},
        oldest_first=parameters.oldest_first(call.request),
    )


_VALUES = {
    "order_id": lambda order: order.id,
    "commercial_order_id": lambda order: order.commercial_id,
    "state": lambda order: order.state,
    "customer_id": lambda order: order.customer.id,
    "service_code": lambda order: order.service.code,
}


def _matching(
    call: Call, query: Query, backwards: bool, beyond: Place | None
) -> Iterator[ServiceOrder]:
    newest_first = query.oldest_first == backwards
    place = (parse(beyond[0]), beyond[1]) if beyond else None
    found = sorted(
        call.market.service_orders.values(),
        key=lambda order: (order.created_at, order.id),
        reverse=newest_first,
    )
    for order in found:
        here = (order.created_at, order.id)
        is_beyond = place is None or (here < place if newest_first else here > place)
        if is_beyond and _matches(query, order):
            yield order


def _matches(query: Query, order: ServiceOrder) -> bool:
    if order.service.shop.id != query.shop_id:
        return False
    return all(not wanted or _VALUES[name](order) in wanted for name, wanted in query.lists.items())


def _place(order: ServiceOrder) -> Place:
    return [iso(order.created_at), order.id]


def _shape(call: Call, order: ServiceOrder) -> Json:
    return {
        "id": order.id,
        "commercial_order_id": order.commercial_id,
        "state": order.state,
        "date_created": iso(order.created_at),
        "date_updated": iso(order.created_at),
        "currency_code": call.market.currency,
        "price": {"type": "FIXED_PRICE", "amount": order.price, "quantity": 1, "options": []},
        "booking": {"type": "NO_BOOKING"},
        "can_evaluate": False,
        "consumption": {"type": "CONFIRMATION_BY_SHOP"},
        "custom_attribute_values": [],
        "has_open_incident": False,
        "location": {"type": "AT_CUSTOMER_LOCATION"},
        "customer": {
            "id": order.customer.id,
            "first_name": order.customer.first_name,
            "last_name": order.customer.last_name,
            "locale": order.customer.locale,
            "billing_address": {
                "first_name": order.customer.first_name,
                "last_name": order.customer.last_name,
                "city": call.market.city,
                "country": call.market.country_name,
            },
        },
        "service": {
            "code": order.service.code,
            "title": order.service.title,
            "category": {"code": "DEMO", "label": "Demo"},
            "model": {"code": "DEMO", "label": "Demo"},
            "custom_attribute_values": [],
        },
        "workflow": {"type": "PAY_ON_ACCEPTANCE"},
    }

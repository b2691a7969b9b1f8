"""Posting messages: M12 replies; OR43, SOR43, SOF43 and M14 open a thread."""

from dataclasses import dataclass
from typing import Any

from inbox.sandbox import incoming, parameters, threads, uploads
from inbox.sandbox.call import Call
from inbox.sandbox.credentials import FRONT, OPERATOR_ROLE, SELLER
from inbox.sandbox.errors import Problems, not_found
from inbox.sandbox.incoming import IncomingMessage
from inbox.sandbox.wire import Json
from inbox.sandbox.world import OPERATOR, SHOP, Customer, Entity, Party, Shop, Thread, Topic

REASONS_OF = {
    "MMP_ORDER": "ORDER_MESSAGING",
    "MMP_OFFER": "OFFER_MESSAGING",
    "MPS_ORDER": "MPS_ORDER_MESSAGING",
    "MPS_SERVICE": "MPS_OFFER_MESSAGING",
    "SELLER_OPERATOR": "MMP_SELLER_MESSAGING",
}
NO_TOPIC = Topic("FREE_TEXT", "")


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of a new thread, and its possible participants."""

    entity: Entity
    shop: Shop
    customer: Customer | None
    authorized: tuple[Party, ...]
    channel: str | None = None


def reply(call: Call, thread_id: str) -> Json:
    """M12. A new topic replaces the whole thread's."""
    data = uploads.json_part(call.request, "message_input")
    thread = threads.visible_thread(call, thread_id)
    problems = Problems()
    sent = IncomingMessage(
        body=incoming.body(data, problems),
        to=incoming.recipients_by_object(call, data, problems, thread.authorized),
        topic=incoming.topic(call, data, problems, REASONS_OF[thread.entity.type]),
        files=uploads.files(call.request),
    )
    incoming.check_room(call, thread, len(sent.files), problems)
    problems.refuse_as_list()
    return incoming.send(call, thread, sent)


def open_on_order(call: Call, order_id: str) -> Json:
    """OR43"""
    data = uploads.json_part(call.request, "thread_input")
    order = call.order(order_id)
    authorized = [order.shop.party, call.market.operator.party]
    if order.customer_may_be_written_to or call.role != SELLER:
        authorized.insert(0, order.customer.party)
    entity = Entity("MMP_ORDER", order.id, order.id)
    return _open(
        call, data, Subject(entity, order.shop, order.customer, tuple(authorized), order.channel)
    )


def open_on_service_order(call: Call, order_id: str) -> Json:
    """SOR43"""
    data = uploads.json_part(call.request, "thread_input")
    order = call.market.service_orders.get(order_id)
    if order is None or not call.owns_shop(order.service.shop):
        raise not_found("Service order", order_id)
    shop, customer = order.service.shop, order.customer
    authorized = (customer.party, shop.party, call.market.operator.party)
    entity = Entity("MPS_ORDER", order.id, order.service.title)
    return _open(call, data, Subject(entity, shop, customer, authorized), service=True)


def open_on_service(call: Call, service_code: str) -> Json:
    """SOF43: only between shop and operator, as its recipients show."""
    data = uploads.json_part(call.request, "thread_input")
    service = call.market.services.get(service_code)
    if service is None or not call.owns_shop(service.shop):
        raise not_found("Service", service_code)
    customer = _asking_customer(call, data)
    authorized: tuple[Party, ...] = (service.shop.party, call.market.operator.party)
    if customer:
        authorized = (customer.party, *authorized)
    entity = Entity("MPS_SERVICE", service.code, service.title)
    return _open(call, data, Subject(entity, service.shop, customer, authorized), service=True)


def _asking_customer(call: Call, data: Json) -> Customer | None:
    """A storefront asks about a service for a customer and names the customer."""
    if call.role != FRONT:
        return None
    named = data.get("customer")
    told = named if isinstance(named, dict) else {}
    problems = Problems()
    for name in ("id", "email", "first_name", "last_name"):
        if not told.get(name):
            problems.add("REQUIRED", f"customer.{name}", f"customer.{name} is required")
    problems.refuse_as_message()
    customer = call.market.customers.get(str(told["id"]))
    if customer is None:
        raise not_found("Customer", str(told["id"]))
    return customer


def open_with_operator(call: Call) -> Json:
    """M14: the recipient is implied. An operator names the shop in `entity.id`; a seller sends no
    id."""
    data = uploads.json_part(call.request, "thread_input")
    problems = Problems()
    entity = data.get("entity")
    if not isinstance(entity, dict) or entity.get("type") != "SELLER_OPERATOR":
        problems.add("INVALID", "entity.type", "entity.type must be SELLER_OPERATOR")
    problems.refuse_as_message()
    shop = call.shop if call.role == SELLER else _shop_named(call, entity)
    other = OPERATOR if call.role == SELLER else SHOP
    authorized = (shop.party, call.market.operator.party)
    subject = Subject(Entity("SELLER_OPERATOR", str(shop.id), shop.name), shop, None, authorized)
    return _open(call, data | {"to": [other]}, subject)


def _shop_named(call: Call, entity: Any) -> Shop:
    named = str(entity.get("id", ""))
    shop = call.market.shops.get(parameters.whole(named) or 0)
    if call.role == OPERATOR_ROLE and shop is None:
        raise not_found("Shop", named)
    assert shop is not None  # noqa: S101  storefronts have no M14
    return shop


def _open(call: Call, data: Json, subject: Subject, *, service: bool = False) -> Json:
    problems = Problems()
    maximum = incoming.SERVICE_BODY_MAXIMUM if service else incoming.BODY_MAXIMUM
    reason_type = REASONS_OF[subject.entity.type]
    sent = IncomingMessage(
        body=incoming.body(data, problems, maximum),
        to=incoming.recipients_by_name(call, data, problems, subject.authorized),
        topic=incoming.required_topic(call, data, problems, reason_type),
        files=uploads.files(call.request),
    )
    thread = _blank(call, subject)
    incoming.check_room(call, thread, len(sent.files), problems)
    problems.refuse_as_message()
    return incoming.send(call, thread, sent)


def _blank(call: Call, subject: Subject) -> Thread:
    now = call.world.now()
    return Thread(
        id=call.world.new_id(),
        topic=NO_TOPIC,
        entity=subject.entity,
        shop=subject.shop,
        customer=subject.customer,
        authorized=subject.authorized,
        channel=subject.channel,
        created_at=now,
        updated_at=now,
    )

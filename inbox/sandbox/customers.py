"""Messages from customers, for tests and for the customer's page."""

from inbox.sandbox.errors import ApiError, not_found
from inbox.sandbox.wire import Json
from inbox.sandbox.world import (
    OPERATOR,
    SHOP,
    Entity,
    Marketplace,
    Message,
    Party,
    Thread,
    Topic,
    World,
    post,
)

DEFAULT_TOPIC = Topic("REASON_CODE", "26")


def write(world: World, data: Json) -> dict[str, str]:
    """`{marketplace, thread_id | order_id, body, topic?, to?}`; `to` defaults to the shop."""
    with world.lock:
        market = _marketplace(world, data)
        body = _text(data, "body")
        to = _recipients(data)
        thread = _thread(world, market, data)
        if thread.customer is None:
            raise ApiError(400, "No customer takes part in this thread")
        message = Message(
            id=world.new_id(),
            body=body,
            sent_at=world.now(),
            sender=thread.customer.sender,
            to=_parties(thread, to),
        )
        post(market, thread, message)
        return {"thread_id": thread.id, "message_id": message.id}


def _marketplace(world: World, data: Json) -> Marketplace:
    market = world.marketplaces.get(str(data.get("marketplace")))
    if market is None:
        raise ApiError(400, f"marketplace is one of {', '.join(world.marketplaces)}")
    return market


def _text(data: Json, name: str) -> str:
    text = data.get(name)
    if not isinstance(text, str) or not text.strip():
        raise ApiError(400, f"{name} is missing")
    return text


def _recipients(data: Json) -> list[str]:
    to = data.get("to") or [SHOP]
    to = [to] if isinstance(to, str) else to
    if not isinstance(to, list) or not all(item in (SHOP, OPERATOR) for item in to):
        raise ApiError(400, "to is a list of SHOP and OPERATOR")
    return to


def _parties(thread: Thread, types: list[str]) -> tuple[Party, ...]:
    parties = [thread.party(party_type) for party_type in dict.fromkeys(types)]
    return tuple(party for party in parties if party)


def _thread(world: World, market: Marketplace, data: Json) -> Thread:
    if thread_id := data.get("thread_id"):
        thread = market.threads.get(str(thread_id))
        if thread is None:
            raise not_found("Thread", thread_id)
        return thread
    return _new_thread(world, market, _text(data, "order_id"), _topic(data))


def _topic(data: Json) -> Topic:
    """Returns the topic from free text or from Mirakl's `{type, value}`."""
    topic = data.get("topic")
    if not topic:
        return DEFAULT_TOPIC
    if isinstance(topic, str):
        return Topic("FREE_TEXT", topic)
    if not isinstance(topic, dict):
        raise ApiError(400, "topic is a text, or an object with type and value")
    return Topic(_text(topic, "type"), _text(topic, "value"))


def _new_thread(world: World, market: Marketplace, order_id: str, topic: Topic) -> Thread:
    order = market.orders.get(order_id)
    if order is None:
        raise not_found("Order", order_id)
    now = world.now()
    return Thread(
        id=world.new_id(),
        topic=topic,
        entity=Entity("MMP_ORDER", order.id, order.id),
        shop=order.shop,
        customer=order.customer,
        authorized=(order.customer.party, order.shop.party, market.operator.party),
        channel=order.channel,
        created_at=now,
        updated_at=now,
    )

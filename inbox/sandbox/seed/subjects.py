"""What conversations are about: orders, offers, services, bookings, and the shop itself."""

from dataclasses import dataclass

from inbox.sandbox.seed import orders
from inbox.sandbox.seed.build import Builder
from inbox.sandbox.world import Customer, Entity, Order, Sender, Service, ServiceOrder, Shop


@dataclass(frozen=True, slots=True)
class Setting:
    """The people and the order of a conversation."""

    asking: Sender
    shop: Shop
    entity: Entity
    product: str
    customer: Customer | None = None
    order: Order | None = None


def about_order(order: Order) -> Setting:
    product = order.lines[0].title
    entity = Entity("MMP_ORDER", order.id, order.id)
    return Setting(order.customer.sender, order.shop, entity, product, order.customer, order)


def about_offer(builder: Builder, shop: Shop) -> Setting:
    number = int(builder.between(0, len(builder.texts.products)))
    customer, product = builder.pick(builder.customers), builder.texts.products[number]
    entity = Entity("MMP_OFFER", str(orders.offer_id(number)), product)
    return Setting(customer.sender, shop, entity, product, customer)


def about_shop(builder: Builder, shop: Shop) -> Setting:
    entity = Entity("SELLER_OPERATOR", str(shop.id), shop.name)
    return Setting(builder.market.operator, shop, entity, shop.name)


def services(builder: Builder) -> None:
    for shop in builder.plan.shops:
        for number, title in enumerate(builder.texts.services, start=1):
            service = Service(f"{builder.plan.prefix}-SERVICE-{shop.id}-{number}", title, shop)
            builder.market.services[service.code] = service


def about_service(builder: Builder, shop: Shop) -> Setting:
    """Creates a question about a service before it is booked."""
    service, customer = _service(builder, shop), builder.pick(builder.customers)
    entity = Entity("MPS_SERVICE", service.code, service.title)
    return Setting(customer.sender, shop, entity, service.title, customer)


def _service(builder: Builder, shop: Shop) -> Service:
    return builder.pick([item for item in builder.market.services.values() if item.shop == shop])


def about_booking(builder: Builder, shop: Shop) -> Setting:
    service, customer = _service(builder, shop), builder.pick(builder.customers)
    number = len(builder.market.service_orders) + 300
    commercial_id = f"{builder.plan.prefix}S-{number}"
    order = ServiceOrder(
        id=f"{commercial_id}-1",
        commercial_id=commercial_id,
        service=service,
        customer=customer,
        state=builder.pick(("ORDER_ACCEPTED", "ORDER_PENDING", "ORDER_CONSUMED")),
        created_at=builder.ago(builder.between(60, 600)),
        price=round(builder.between(39, 190), 2),
    )
    builder.market.service_orders[order.id] = order
    entity = Entity("MPS_ORDER", order.id, service.title)
    return Setting(customer.sender, shop, entity, service.title, customer)

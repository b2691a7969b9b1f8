"""Customers, orders and order lines. Names and addresses are plainly fictional."""

from datetime import timedelta

from inbox.sandbox.seed import files
from inbox.sandbox.seed.build import Builder
from inbox.sandbox.seed.names import NAMES
from inbox.sandbox.world import Customer, Document, Order, OrderLine, Organization, Shop

QUIET_ORDERS = 9  # orders without a message
ORGANIZATION_SHARE = 0.14
CARRIERS = (("Demo Post", "DP"), ("Sample Parcel", "SP"), ("Example Express", "EX"))
OPEN_STATES = ("WAITING_ACCEPTANCE", "WAITING_DEBIT_PAYMENT", "SHIPPING")
SENT_STATES = ("SHIPPED", "SHIPPED", "RECEIVED", "RECEIVED", "CLOSED")


def people(builder: Builder, threads: int, first_id: int = 5000) -> None:
    """Yields people: two threads in three come from a new person, the others from a known one."""
    names, prefix = NAMES[builder.texts.language], builder.plan.prefix
    organizations = [
        Organization(f"{prefix}-ORG-{index}", name)
        for index, name in enumerate(names.organizations, start=1)
    ]
    for index in range(max(8, threads * 2 // 3)):
        customer = Customer(
            id=f"{prefix}-C-{first_id + index}",
            first_name=builder.pick(names.first),
            last_name=builder.pick(names.last),
            locale=builder.plan.locale,
            organization=builder.pick(organizations)
            if builder.chance(ORGANIZATION_SHARE)
            else None,
        )
        builder.customers.append(customer)
        builder.market.customers[customer.id] = customer


def quiet_orders(builder: Builder) -> None:
    for state in OPEN_STATES:
        add(builder, builder.plan.shops[0], days_ago=builder.between(0.1, 2), state=state)
    for number in range(QUIET_ORDERS):
        add(builder, builder.plan.shops[number % 3], days_ago=builder.between(0.1, 20))


def add(
    builder: Builder,
    shop: Shop,
    *,
    days_ago: float,
    state: str | None = None,
    may_have_invoice: bool = True,
) -> Order:
    builder.order_number += 1
    commercial_id = f"{builder.plan.prefix}-{builder.order_number}"
    sent = days_ago > 3
    state = state or builder.pick(SENT_STATES if sent else OPEN_STATES)
    carrier, code = builder.pick(CARRIERS)
    created_at = builder.ago(days_ago * 24)
    order = Order(
        id=f"{commercial_id}-A",
        commercial_id=commercial_id,
        shop=shop,
        customer=builder.pick(builder.customers),
        state=state,
        created_at=created_at,
        updated_at=created_at + timedelta(hours=min(days_ago * 24, 52)),
        channel=None if builder.chance(0.1) else builder.pick(list(builder.plan.channels)),
        lines=_lines(builder),
        shipping_price=builder.pick((0.0, 4.9, 7.5)),
        carrier=carrier if sent else None,
        tracking=f"DEMO{code}{builder.order_number:08}" if sent else None,
        has_incident=sent and builder.chance(0.08),
        has_invoice=sent and may_have_invoice and builder.chance(0.6),
        shows_address=state not in OPEN_STATES[:2],
        customer_may_be_written_to=not builder.chance(0.03),
    )
    builder.market.orders[order.id] = order
    if order.has_invoice:
        _invoice(builder, order)
    return order


def _lines(builder: Builder) -> tuple[OrderLine, ...]:
    count = 1 if builder.chance(0.75) else 2
    return tuple(_line(builder, index) for index in range(1, count + 1))


def _line(builder: Builder, index: int) -> OrderLine:
    number = int(builder.between(0, len(builder.texts.products)))
    unit_price = round(builder.between(12, 240), 2)
    return OrderLine(
        index=index,
        offer_id=offer_id(number),
        sku=f"DEMO-SKU-{100 + number}",
        title=builder.texts.products[number],
        category=builder.pick(builder.texts.categories),
        quantity=1 if builder.chance(0.8) else 2,
        unit_price=unit_price,
        refunded=round(unit_price / 4, 2) if builder.chance(0.07) else None,
    )


def offer_id(product_number: int) -> int:
    return 9000 + product_number


def _invoice(builder: Builder, order: Order) -> None:
    number = len(builder.market.documents) + 700
    name = builder.texts.invoice_name.format(order=order.id)
    builder.market.documents[number] = Document(
        id=number,
        order_id=order.id,
        name=name,
        type="CUSTOMER_INVOICE",
        uploaded_at=order.updated_at,
        content=invoice(builder, order),
    )


def invoice(builder: Builder, order: Order) -> bytes:
    goods = [f"{line.quantity} x {line.title}: {line.price:.2f}" for line in order.lines]
    heading = (f"{order.shop.name}, {builder.plan.name}", "DEMO - DEMO - DEMO", order.id)
    return files.pdf([*heading, "", *goods])

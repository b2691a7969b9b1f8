"""Builds one marketplace of the demo world."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from inbox.sandbox.dates import to_milliseconds
from inbox.sandbox.seed.plans import Plan
from inbox.sandbox.world import (
    Attachment,
    Customer,
    Entity,
    Marketplace,
    Message,
    Order,
    Party,
    Sender,
    Shop,
    Thread,
    Topic,
    World,
    post,
)

Choice = TypeVar("Choice")


class Builder:
    def __init__(self, world: World, plan: Plan, market: Marketplace | None = None) -> None:
        self.world = world
        self.plan = plan
        self.texts = plan.texts
        self.random = world.random
        self.now = datetime.now(UTC)
        self.market = market or _empty_market(plan)
        self.customers: list[Customer] = []
        self.order_number = 1000

    def pick(self, options: Sequence[Choice]) -> Choice:
        return options[int(self.random.random() * len(options))]

    def chance(self, of_one: float) -> bool:
        return self.random.random() < of_one

    def between(self, low: float, high: float) -> float:
        return low + self.random.random() * (high - low)

    def ago(self, hours: float) -> datetime:
        """Returns a moment in the past. Every other has no milliseconds, as at Mirakl."""
        moment = to_milliseconds(self.now - timedelta(hours=hours))
        return moment.replace(microsecond=0) if self.chance(0.5) else moment

    def fill(self, text: str, **values: str) -> str:
        return text.format(**{"day": self.pick(self.texts.days), "city": self.plan.city, **values})

    def file(self, name: str, content: bytes) -> Attachment:
        return self.world.attachment(name, content)

    def thread(
        self,
        *,
        entity: Entity,
        shop: Shop,
        customer: Customer | None,
        topic: Topic,
        created_at: datetime,
        channel: str | None = None,
        authorized: tuple[Party, ...] | None = None,
    ) -> Thread:
        if authorized is None:
            authorized = (shop.party, self.market.operator.party)
            authorized = (customer.party, *authorized) if customer else authorized
        return Thread(
            id=self.world.new_id(),
            topic=topic,
            entity=entity,
            shop=shop,
            customer=customer,
            authorized=authorized,
            created_at=created_at,
            updated_at=created_at,
            channel=channel,
        )

    def order_thread(
        self, order: Order, topic: Topic, created_at: datetime, customer: Customer | None = None
    ) -> Thread:
        authorized = None
        if not order.customer_may_be_written_to:
            authorized = (order.shop.party, self.market.operator.party)
        return self.thread(
            entity=Entity("MMP_ORDER", order.id, order.id),
            shop=order.shop,
            customer=customer or order.customer,
            topic=topic,
            created_at=created_at,
            channel=order.channel,
            authorized=authorized,
        )

    def say(
        self,
        thread: Thread,
        sender: Sender,
        to: tuple[Party, ...],
        body: str,
        at: datetime,
        attachments: tuple[Attachment, ...] = (),
    ) -> None:
        message = Message(self.world.new_id(), body, at, sender, to, attachments)
        post(self.market, thread, message)

    def put_in_order(self) -> None:
        """Sorts threads by oldest change, as `post` expects."""
        found = sorted(self.market.threads.values(), key=lambda t: (t.updated_at, t.id))
        self.market.threads = {thread.id: thread for thread in found}


def _empty_market(plan: Plan) -> Marketplace:
    return Marketplace(
        slug=plan.slug,
        name=plan.name,
        language=plan.texts.language,
        locale=plan.locale,
        currency=plan.currency,
        country=plan.country,
        country_name=plan.country_name,
        city=plan.city,
        channels=plan.channels,
        operator=plan.operator,
        shops={shop.id: shop for shop in plan.shops},
        tax_rate=plan.tax_rate,
        has_parcels=plan.has_parcels,
        bodies=plan.bodies,
    )

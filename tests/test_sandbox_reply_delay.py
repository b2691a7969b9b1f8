"""The sandbox's average reply time is that of its own conversations."""

from datetime import UTC, datetime, timedelta

import pytest

from inbox.sandbox.reply_delay import average_delay
from inbox.sandbox.world import (
    Customer,
    Entity,
    Marketplace,
    Message,
    Party,
    Sender,
    Shop,
    Thread,
    Topic,
)

NIGHT = datetime(2026, 11, 30, 23, 45, tzinfo=UTC)
SHOP = Shop(1, "Demo Shop", "demo")
ANNA = Customer("C-1", "Anna", "Demo", "fr_FR")
OPERATOR = Sender(Party("OPERATOR", "Operator"), "Operator")


def market(slug: str, *messages: tuple[str, float, str], entity: str = "MMP_ORDER") -> Marketplace:
    """One conversation; each message is its sender, its hours before the night, and its reader."""
    parties = {"customer": ANNA.sender, "shop": SHOP.sender, "operator": OPERATOR}
    found = Thread(
        id="T-1",
        topic=Topic("FREE_TEXT", "Where is it?"),
        entity=Entity(entity, "O-1", "O-1"),
        shop=SHOP,
        customer=ANNA,
        authorized=(),
        created_at=NIGHT,
        updated_at=NIGHT,
        messages=[
            Message(
                id=f"M-{number}",
                body="",
                sent_at=NIGHT - timedelta(hours=hours),
                sender=parties[sender],
                to=(parties[reader].party,),
            )
            for number, (sender, hours, reader) in enumerate(messages)
        ],
    )
    one = Marketplace.__new__(Marketplace)
    one.slug, one.threads = slug, {"T-1": found}
    return one


TWICE = (("customer", 10, "shop"), ("customer", 6, "shop"), ("shop", 4, "customer"))


@pytest.mark.parametrize(("slug", "hours"), [("maison-verte", 6), ("nordhaus", 2)])
def test_marketplaces_count_two_messages_in_their_own_ways(slug: str, hours: int) -> None:
    delay = average_delay(market(slug, *TWICE), SHOP, "LAST_MONTH", NIGHT)

    assert delay == hours * 3600


@pytest.mark.parametrize(
    "messages",
    [
        (),
        (("customer", 10, "shop"),),
        (("operator", 10, "shop"), ("shop", 4, "operator")),
        (("customer", 10, "operator"), ("shop", 4, "customer")),
        (("customer", 10, "shop"), ("shop", 4, "operator")),
        (("customer", 900, "shop"), ("shop", 890, "customer")),
        (("customer", 10, "shop"), ("shop", -4, "customer")),
    ],
)
def test_only_answers_to_customers_in_the_period_count(
    messages: tuple[tuple[str, float, str], ...],
) -> None:
    assert average_delay(market("maison-verte", *messages), SHOP, "LAST_MONTH", NIGHT) is None


def test_only_conversations_about_orders_count() -> None:
    about_an_offer = market("maison-verte", *TWICE, entity="MMP_OFFER")

    assert average_delay(about_an_offer, SHOP, "LAST_MONTH", NIGHT) is None

"""Placeholders of parcels in canned replies."""

import pytest

from inbox.models import Marketplace, Thread, User
from inbox.sandbox.server import Running
from inbox.sandbox.world import Order
from inbox.services.composing import canned_replies
from inbox.services.composing.placeholders import Values
from tests.writing import Mirakl

TRACKING = {"tracking.number", "tracking.url", "tracking.carrier", "tracking.parcels"}
SITE = "https://tracking.demo.invalid"


def sent_order(sandbox: Running, at: str, lines: int) -> Order:
    orders = sandbox.sandbox.state.world.marketplaces[at].orders.values()
    return next(
        order
        for order in orders
        if order.shop.id in (2001, 2101) and order.state == "RECEIVED" and len(order.lines) == lines
    )


def values_on(marketplace: Marketplace, order: Order, by: User) -> Values:
    thread = Thread(marketplace=marketplace, entity_type="MMP_ORDER", entity_id=order.id)
    return canned_replies.values_for(thread, by=by, wanted=TRACKING)


def test_an_order_with_a_tracking_of_its_own_asks_for_no_parcels(
    maison: Marketplace, alice: User, sandbox: Running, mirakl: Mirakl
) -> None:
    order = sent_order(sandbox, "maison-verte", 1)

    values = values_on(maison, order, alice)

    assert values["tracking.number"] == order.tracking
    assert values["tracking.url"] == f"{SITE}/{order.tracking}"
    assert values["tracking.parcels"] == f"{order.carrier} {order.tracking} {SITE}/{order.tracking}"
    assert mirakl.calls("ST11") == []


def test_an_order_without_one_has_those_of_its_parcels(
    nordhaus: Marketplace, alice: User, sandbox: Running
) -> None:
    order = sent_order(sandbox, "nordhaus", 2)
    first, second = f"{order.tracking}-1", f"{order.tracking}-2"

    values = values_on(nordhaus, order, alice)

    assert values["tracking.number"] == f"{first}, {second}"
    assert values["tracking.url"] == f"{SITE}/{first} {SITE}/{second}"
    assert values["tracking.carrier"] == order.carrier
    assert str(values["tracking.parcels"]).splitlines() == [
        f"{order.carrier} {first} {SITE}/{first}",
        f"{order.carrier} {second} {SITE}/{second}",
    ]


@pytest.mark.parametrize("status", [403, 500])
def test_parcels_that_are_not_told_leave_the_tracking_missing(
    status: int, nordhaus: Marketplace, alice: User, sandbox: Running, mirakl: Mirakl
) -> None:
    mirakl.fails("ST11", status=status)

    values = values_on(nordhaus, sent_order(sandbox, "nordhaus", 2), alice)

    assert values["tracking.number"] == ""
    assert values["order.state"] == "Received"

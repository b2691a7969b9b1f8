"""The named orders of the demo world are what their names say."""

import pytest

from inbox.sandbox import seed
from tests.seeded import (
    BRIGHT_ORDER_WITHOUT_THREAD,
    ORDER_WITH_THREAD,
    ORDER_WITHOUT_THREAD,
    OTHER_ORDER_WITH_THREAD,
    UNKNOWN_ORDER,
)

THREADS_OF = {
    ("maison-verte", ORDER_WITHOUT_THREAD): 0,
    ("maison-verte", ORDER_WITH_THREAD): 1,
    ("maison-verte", OTHER_ORDER_WITH_THREAD): 1,
    ("bright-street", BRIGHT_ORDER_WITHOUT_THREAD): 0,
}


@pytest.mark.parametrize("threads", [60, 200])
def test_each_order_has_the_threads_of_its_name(threads: int) -> None:
    marketplaces = seed.world(threads=threads).marketplaces

    found = {
        (slug, order): [thread.entity.id for thread in marketplaces[slug].threads.values()].count(
            order
        )
        for slug, order in THREADS_OF
        if order in marketplaces[slug].orders
    }

    assert found == THREADS_OF
    assert not any(UNKNOWN_ORDER in market.orders for market in marketplaces.values())

"""Reads the sandbox's data directly."""

from inbox.sandbox import server
from inbox.sandbox.world import Order


def own_orders(sandbox: server.Running) -> list[Order]:
    orders = sandbox.sandbox.state.world.marketplaces["maison-verte"].orders.values()
    return [order for order in orders if order.shop.id == 2001]


def with_invoice(sandbox: server.Running) -> Order:
    return next(order for order in own_orders(sandbox) if order.has_invoice)

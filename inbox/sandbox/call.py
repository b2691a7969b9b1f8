"""One API call: its caller, its world, and what the caller may see."""

from dataclasses import dataclass

from werkzeug.wrappers import Request

from inbox.sandbox import parameters
from inbox.sandbox.alterations import altered
from inbox.sandbox.credentials import FRONT, OPERATOR_ROLE, SELLER, Account
from inbox.sandbox.errors import ApiError, not_found
from inbox.sandbox.paging import Seal
from inbox.sandbox.world import (
    CUSTOMER,
    OPERATOR,
    SHOP,
    Marketplace,
    Order,
    Sender,
    Shop,
    Thread,
    World,
)

PARTY_OF = {SELLER: SHOP, OPERATOR_ROLE: OPERATOR, FRONT: CUSTOMER}


@dataclass(frozen=True, slots=True)
class Call:
    request: Request
    world: World
    market: Marketplace
    account: Account
    seal: Seal
    shop_id: int | None  # only a seller has one
    alter: str | None = None  # how a fault alters stored texts

    @property
    def role(self) -> str:
        return self.account.role

    @property
    def party_type(self) -> str:
        return PARTY_OF[self.role]

    @property
    def language(self) -> str:
        """Returns the language of labels: `locale`, or the marketplace's. Else English."""
        asked = (self.request.args.get("locale") or self.market.language)[:2]
        return asked if asked in ("fr", "de") else "en"

    @property
    def shop(self) -> Shop:
        assert self.shop_id is not None, "only sellers have a shop"  # noqa: S101
        return self.market.shops[self.shop_id]

    @property
    def owner(self) -> str:
        """Returns the owner of the page tokens: the key, for any shop."""
        return f"{self.account.marketplace} {self.role} {self.account.shops}"

    def stored(self, text: str) -> str:
        """Returns the text as the marketplace stores it."""
        return altered(text, self.alter)

    def owns_shop(self, shop: Shop) -> bool:
        return self.shop_id in (None, shop.id)

    def order(self, order_id: str) -> Order:
        order = self.market.orders.get(order_id)
        if order is None or not self.owns_shop(order.shop):
            raise not_found("Order", order_id)
        return order

    def sender_for(self, thread: Thread) -> Sender:
        """Returns the sender: the customer for a storefront, the shop for a shop key."""
        if self.role == SELLER:
            return thread.shop.sender
        if self.role == FRONT and thread.customer is not None:
            return thread.customer.sender
        return self.market.operator


def shop_asked_for(request: Request, account: Account) -> int | None:
    """Returns `shop_id` or the key's first shop. Another shop is 403; its objects would be 404."""
    if account.role != SELLER:
        return None
    lowest = parameters.LOWEST
    shop_id = parameters.number(request, "shop_id", default=account.shops[0], low=lowest)
    if shop_id not in account.shops:
        raise ApiError(403, f"Shop [{shop_id}] is not accessible with this key")
    return shop_id

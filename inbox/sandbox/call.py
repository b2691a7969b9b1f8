"""One call of the API: who asks, in which world, with which eyes."""

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
    shop_id: int | None  # the seller's; nobody else has one
    alter: str | None = None  # how a fault changes what this call stores

    @property
    def role(self) -> str:
        return self.account.role

    @property
    def party_type(self) -> str:
        return PARTY_OF[self.role]

    @property
    def language(self) -> str:
        """Of labels: as `locale` asks, or as the marketplace speaks. English for any other."""
        asked = (self.request.args.get("locale") or self.market.language)[:2]
        return asked if asked in ("fr", "de") else "en"

    @property
    def shop(self) -> Shop:
        assert self.shop_id is not None, "only sellers have a shop"  # noqa: S101
        return self.market.shops[self.shop_id]

    @property
    def owner(self) -> str:
        """Whose page tokens these are: a key's, whatever shop of it the token is about."""
        return f"{self.account.marketplace} {self.role} {self.account.shops}"

    def stored(self, text: str) -> str:
        """As the marketplace keeps a text that it was given."""
        return altered(text, self.alter)

    def owns_shop(self, shop: Shop) -> bool:
        return self.shop_id in (None, shop.id)

    def order(self, order_id: str) -> Order:
        order = self.market.orders.get(order_id)
        if order is None or not self.owns_shop(order.shop):
            raise not_found("Order", order_id)
        return order

    def sender_for(self, thread: Thread) -> Sender:
        """A storefront writes as the customer, a shop key as the shop."""
        if self.role == SELLER:
            return thread.shop.sender
        if self.role == FRONT and thread.customer is not None:
            return thread.customer.sender
        return self.market.operator


def shop_asked_for(request: Request, account: Account) -> int | None:
    """`shop_id`, or the key's first shop. Another's shop is 403; its objects would be 404."""
    if account.role != SELLER:
        return None
    lowest = parameters.LOWEST
    shop_id = parameters.number(request, "shop_id", default=account.shops[0], low=lowest)
    if shop_id not in account.shops:
        raise ApiError(403, f"Shop [{shop_id}] is not accessible with this key")
    return shop_id

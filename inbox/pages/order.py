"""What an order's page and the customers' pages of a storefront show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inbox.forms.customers import ChooseForm
from inbox.models import Marketplace, Outgoing
from inbox.pages.thread_rows import ThreadRow
from inbox.services.marketplaces.breaker import Freshness
from inbox.services.marketplaces.customers import Customer
from inbox.services.marketplaces.order_events import Timeline
from inbox.services.marketplaces.order_parts import Part
from inbox.services.marketplaces.orders import OrderPanel
from inbox.stretches import Stretch


@dataclass(frozen=True)
class OrderPage:
    """`pending` are messages to the order that are not among its conversations yet."""

    marketplace: Marketplace
    order_id: str
    rows: Sequence[ThreadRow]
    pending: Stretch[Outgoing]
    freshness: Sequence[Freshness]
    customer: Customer | None
    may_answer: bool

    @property
    def is_alone(self) -> bool:
        """Whether Mirakl has said that no conversation is about the order."""
        is_fresh = all(one.state == "fresh" for one in self.freshness)
        return is_fresh and not (self.rows or self.pending.shown)

    @property
    def has_files(self) -> bool:
        return any(row.has_attachments for row in self.rows)


@dataclass(frozen=True)
class OrderPanelPage:
    """Mirakl's data of the order; `is_whole` on the order's own page, with its customer."""

    marketplace: Marketplace
    order_id: str
    panel: OrderPanel
    timeline: Timeline | None
    is_whole: bool
    may_answer: bool


@dataclass(frozen=True)
class OrderPartPage:
    """A part with its own call to Mirakl: parcels, returns, or the whole timeline."""

    name: str
    marketplace: Marketplace
    order_id: str
    part: Part[Any] | None = None
    timeline: Timeline | None = None


@dataclass(frozen=True)
class CustomerPage:
    """`words` say why no conversation can be started about the requested order."""

    marketplace: Marketplace
    customer: Customer
    rows: Sequence[ThreadRow]
    freshness: Sequence[Freshness]
    may_answer: bool
    order_id: str = ""
    words: str = ""


@dataclass(frozen=True)
class ChooseCustomerPage:
    """`words` say why the customer of the entered order is not shown."""

    marketplace: Marketplace
    form: ChooseForm
    words: str
    recent: Sequence[Customer]

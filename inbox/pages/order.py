"""What an order's page and a storefront's customer page show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inbox.models import Marketplace, Outgoing
from inbox.pages.thread_rows import ThreadRow
from inbox.services.marketplaces.customers import Customer
from inbox.services.marketplaces.order_events import Timeline
from inbox.services.marketplaces.order_parts import Part
from inbox.services.mirror.sync import Freshness
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
    def has_files(self) -> bool:
        return any(row.thread.has_attachments for row in self.rows)


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

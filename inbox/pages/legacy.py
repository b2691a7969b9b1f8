"""Legacy messages: the list of a marketplace, and those of an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from inbox.forms.legacy import LegacyFilters
from inbox.models import Marketplace
from inbox.services.marketplaces import legacy
from inbox.services.marketplaces.legacy import MessageQuery, OrderMessages


@dataclass(frozen=True)
class LegacyPage:
    """One page of the list; `question` is what the filters ask Mirakl for."""

    marketplace: Marketplace
    filters: LegacyFilters
    question: MessageQuery
    found: OrderMessages

    @property
    def pages(self) -> int:
        return max(1, ceil(self.found.total_count / legacy.PAGE_SIZE))

    @property
    def previous_query(self) -> str | None:
        number = self.question.number
        return self.filters.query(page=number - 1) if number > 1 else None

    @property
    def next_query(self) -> str | None:
        number = self.question.number
        return self.filters.query(page=number + 1) if number < self.pages else None


@dataclass(frozen=True)
class OrderLegacyPage:
    """`mirrored` are ids of bubbles whose replies are among Mirakl's messages now."""

    marketplace: Marketplace
    order_id: str
    found: OrderMessages
    mirrored: Sequence[str]

"""A marketplace's page: our rows, and parts that Mirakl answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.models import Marketplace
from inbox.services.marketplaces.accounts import Account, Channel, MirrorSize, Shop
from inbox.services.marketplaces.preset_notes import PresetNote
from inbox.services.marketplaces.statistics import Statistics

PartData = Account | Statistics | Sequence[Channel] | Sequence[Shop]


@dataclass(frozen=True)
class MarketplacePage:
    """`trouble` says why Mirakl does not answer; empty while it does."""

    marketplace: Marketplace
    mirror: MirrorSize
    trouble: str
    may_answer: bool
    may_set_up: bool
    preset: PresetNote | None = None


@dataclass(frozen=True)
class MarketplacePart:
    """`name` is "account", "figures", "channels" or "shops". `words` say why `data` is None.

    `currency` is that of the figures.
    """

    name: str
    marketplace: Marketplace
    data: PartData | None
    words: str
    may_answer: bool
    currency: str = ""

"""What a marketplace says of our shop on each of its channels (A21 by channel)."""

from dataclasses import dataclass

from inbox.models import Marketplace
from inbox.pages.metrics import Figure
from inbox.pages.quality_rates import DELAY, MarketplaceScores
from inbox.services.marketplaces import accounts
from inbox.services.marketplaces.statistics import (
    LABELS,
    PERIODS,
    Kind,
    Statistics,
    get_channel_statistics,
)

MEMBERS = (DELAY, "incident_rate", "late_shipment_rate", "refund_rate", "valid_tracking_rate")


@dataclass(frozen=True)
class ChannelRow:
    label: str
    figures: tuple[tuple[Figure, Kind], ...]


@dataclass(frozen=True)
class ChannelTable:
    """Of the marketplace's own period."""

    period: str
    columns: tuple[str, ...]
    rows: tuple[ChannelRow, ...]


def channel_table(marketplace: Marketplace) -> ChannelTable | None:
    """None for a marketplace with one channel, or without an answer for each channel yet."""
    channels = accounts.list_channels(marketplace) or []
    if len(channels) < 2:
        return None
    told = get_channel_statistics(marketplace, [one.code for one in channels])
    period = MarketplaceScores(marketplace.score_window, ()).period
    members = [
        name
        for name in MEMBERS
        if any(one.value(name, period) is not None for one in told.values())
    ]
    if not members:
        return None
    return ChannelTable(
        period=str(PERIODS[period]),
        columns=tuple(str(LABELS[name][1]) for name in members),
        rows=tuple(
            ChannelRow(
                one.label,
                tuple(
                    (_figure(one.code, name, told[one.code], period), LABELS[name][0])
                    for name in members
                ),
            )
            for one in channels
            if one.code in told
        ),
    )


def _figure(code: str, name: str, told: Statistics, period: str) -> Figure:
    return Figure(name, told.value(name, period), by="channel", key=code)

"""Features enabled on each marketplace (PC01), fetched once a day by the pages that need them."""

from collections.abc import Iterable
from dataclasses import dataclass

from inbox import mirakl
from inbox.dates import time_zones
from inbox.models import Marketplace
from inbox.services.marketplaces import daily_answers

PATIENCE_SECONDS = 5


@dataclass(frozen=True)
class Platform:
    """`has_no_reply_needed` is None if the marketplace does not say, `zone` empty."""

    has_no_reply_needed: bool | None
    zone: str = ""


def list_platforms(marketplaces: Iterable[Marketplace]) -> dict[int, Platform]:
    """By marketplace pk; without storefronts and marketplaces that have not answered."""
    asked = [one for one in marketplaces if not one.is_storefront]
    return daily_answers.get_daily_answers("platform", Platform, asked, _read)


def without_no_reply_needed(marketplaces: Iterable[Marketplace]) -> set[int]:
    """Pks of marketplaces where "no reply needed" cannot be declared."""
    return {
        pk for pk, one in list_platforms(marketplaces).items() if one.has_no_reply_needed is False
    }


def find_zone(marketplace: Marketplace) -> str:
    """The marketplace's own time zone; empty if it has not said it."""
    found = list_platforms([marketplace]).get(marketplace.pk)
    return found.zone if found else ""


def _read(client: mirakl.MiraklClient) -> Platform:
    told = client.platform(timeout=PATIENCE_SECONDS)
    zone = told.timezone or ""
    return Platform(told.features.no_reply_needed, zone if zone in time_zones() else "")

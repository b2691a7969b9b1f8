"""How far the clocks of the desk and its marketplaces are ahead of the database's."""

import time
from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from inbox.models import Marketplace
from inbox.services import database_clock, optional_cache
from inbox.services.marketplaces import calls

KEPT_FOR_SECONDS = 24 * 3600
# A Date header has whole seconds, and an answer takes a while.
TOLERATED_SECONDS = 5


def record_answer(marketplace: Marketplace, now: datetime) -> None:
    """Record the marketplace's clock from its last answer; `now` is the database's time."""
    ahead_of_us = calls.clocks_ahead.get(marketplace.slug)
    if ahead_of_us is not None:
        ours = (timezone.now() - now).total_seconds()
        optional_cache.put(_key(marketplace), ahead_of_us + ours, KEPT_FOR_SECONDS)


def list_marketplace_drifts(marketplaces: Iterable[Marketplace]) -> dict[int, float]:
    """Seconds ahead, by marketplace pk; without marketplaces that have not answered today."""
    keys = {_key(one): one.pk for one in marketplaces}
    found = optional_cache.get_many(dict.fromkeys(keys, float)) or {}
    return {keys[key]: ahead for key, ahead in found.items()}


def measure_own_drift() -> float:
    """Seconds by which this host's clock is ahead of the database's."""
    return time.time() - database_clock.now().timestamp()


def is_off(seconds: float) -> bool:
    """Whether the clock needs to be set."""
    return abs(seconds) > TOLERATED_SECONDS


def _key(marketplace: Marketplace) -> str:
    return f"clock-ahead:{marketplace.pk}"

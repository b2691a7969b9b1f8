"""Score readings: a shop's figures (A21), stored once a day for the cockpit.

Whichever comes first stores them: a page that shows them, or the worker. Mirakl lets A21 be read
once a day in the background, unlike conversations.
"""

import logging
from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone

from inbox import mirakl
from inbox.models import Marketplace, ScoreReading
from inbox.services import optional_cache
from inbox.services.marketplaces import statistics
from inbox.services.marketplaces.statistics import Statistics

log = logging.getLogger(__name__)

# After a try that failed, the worker leaves a marketplace alone for so long.
REST_SECONDS = 4 * 3600
LONGEST_PERIOD = 40


def store_readings(marketplace: Marketplace, told: Statistics) -> None:
    """Store the figures as those of the day they were read on; the first of a day stay."""
    read_on = timezone.localdate(told.read_at, timezone.get_default_timezone())
    if ScoreReading.objects.filter(marketplace=marketplace, read_on=read_on).exists():
        return
    ScoreReading.objects.bulk_create(
        [
            ScoreReading(
                marketplace=marketplace,
                channel=told.channel,
                read_on=read_on,
                period=period,
                member=row.name,
                value=value,
                last_updated=told.updated_at,
            )
            for row in told.rows
            for period, value in zip(told.periods, row.values, strict=True)
            if value is not None and len(period) <= LONGEST_PERIOD
        ],
        ignore_conflicts=True,
    )


def refresh_readings(marketplaces: Iterable[Marketplace]) -> None:
    """For a page: ask the marketplaces whose figures of today are not stored."""
    known = set(_list_known())
    wanted = {one.pk: one for one in marketplaces if one.pk not in known}
    for pk, told in statistics.get_all_statistics(wanted.values()).items():
        store_readings(wanted[pk], told)


def read_daily() -> None:
    """Read the figures of shops that nobody has shown today; switched off by READ_SCORES_DAILY."""
    if not settings.READ_SCORES_DAILY:
        return
    sellers = Marketplace.objects.filter(is_active=True, role=Marketplace.Role.SELLER)
    for marketplace in sellers.exclude(pk__in=_list_known()):
        if optional_cache.claim(f"scores-read:{marketplace.pk}", REST_SECONDS):
            _read(marketplace)


def _list_known() -> list[int]:
    """Marketplaces whose figures of today are stored."""
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    known = ScoreReading.objects.filter(read_on=today).order_by()
    return list(known.values_list("marketplace", flat=True).distinct())


def _read(marketplace: Marketplace) -> None:
    try:
        told = statistics.read_statistics(marketplace)
    except mirakl.MiraklError as error:
        log.info("no figures of %s today: %s", marketplace.slug, type(error).__name__)
        return
    store_readings(marketplace, told)

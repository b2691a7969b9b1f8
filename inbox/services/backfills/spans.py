"""Rebuilds the spans of all conversations from their stored messages."""

from collections import defaultdict

from django.db import transaction

from inbox.models import Marketplace, Thread
from inbox.services.backfills import steps
from inbox.services.insight import resolutions
from inbox.services.insight.spans import store_spans
from inbox.services.locks import lock_marketplace

STEP = 200
# Columns of marketplaces that came after that migration.
LATER = ("keeps_texts_days", "keeps_files_days", "keeps_names_days", "has_erasures")


def rebuild() -> None:
    """Rebuild the spans of all threads, step by step."""
    steps.run(rebuild_step)


@transaction.atomic
def rebuild_step(after: int) -> int | None:
    """Pk of the last thread rebuilt; None if none was left."""
    threads = list(
        Thread.objects.filter(pk__gt=after)
        .order_by("pk")
        .select_related("marketplace")
        # A migration runs this before the tables have the last columns.
        .defer("search", "reply_minutes", *(f"marketplace__{name}" for name in LATER))[:STEP]
    )
    by_marketplace = defaultdict[Marketplace, list[Thread]](list)
    for thread in threads:
        by_marketplace[thread.marketplace].append(thread)
    for marketplace, its in sorted(by_marketplace.items(), key=lambda pair: pair[0].pk):
        lock_marketplace(marketplace)
        store_spans(marketplace, its)
        resolutions.store_closings([one.pk for one in its])
    return threads[-1].pk if threads else None

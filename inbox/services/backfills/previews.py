"""Recomputes previews and thanks of threads that were stored before quotes were recognised."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F, Window
from django.db.models.functions import Left, RowNumber

from inbox.models import Message, Thread
from inbox.models.codes import get_side
from inbox.services.backfills import steps
from inbox.services.mirror import previews

STEP = 200
MOST_BEFORE = 5


def judge() -> None:
    """Update every thread that needs a reply as if it had just been read."""
    steps.run(judge_step)


def judge_step(after: int) -> int | None:
    """The pk of the last updated thread; None if none was left."""
    # Only these columns: a migration may run this, and later ones may add others.
    found = Thread.objects.filter(pk__gt=after, last_sender_is_ours=False)
    names = ("customer_name", "organization_name", "shop_name", "marketplace__role")
    threads = list(
        found.select_related("marketplace")
        .only(*names, "preview", "is_thanks", "updated_at")
        .order_by("pk")[:STEP]
    )
    said = said_in(threads, latest=MOST_BEFORE + 1)
    for thread in threads:
        if said[thread.pk]:
            _judge(thread, said[thread.pk])
    return threads[-1].pk if threads else None


def _judge(thread: Thread, said: list[previews.Said]) -> None:
    preview = previews.preview(said)
    is_thanks = previews.is_thanks(thread, said, thread.marketplace.our_side)
    if (preview, is_thanks) != (thread.preview, thread.is_thanks):
        # A display that stored the thread meanwhile had newer data.
        unread = Thread.objects.filter(pk=thread.pk, preview=thread.preview)
        unread.update(preview=preview, is_thanks=is_thanks)


def said_in(threads: Iterable[Thread], *, latest: int) -> dict[int, list[previews.Said]]:
    """The latest messages of each thread, oldest first."""
    place = Window(
        RowNumber(),
        partition_by=F("thread"),
        order_by=[F("created_at").desc(), F("pk").desc()],
    )
    rows = (
        Message.objects.filter(thread__in=threads)
        .annotate(place=place, words=Left("body", previews.LONGEST))
        .filter(place__lte=latest)
        .order_by("thread", "-place")
    )
    said = defaultdict[int, list[previews.Said]](list)
    for owner, words, sender in rows.values_list("thread", "words", "sender_type"):
        said[owner].append(previews.Said(words, get_side(sender)))
    return said

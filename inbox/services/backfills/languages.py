"""Detects the customer's language in conversations that have none yet."""

from collections import defaultdict

from inbox.models import Thread
from inbox.services.backfills import previews, steps
from inbox.services.mirror import customer_languages

STEP = 200


def guess() -> None:
    """Set the language of every conversation whose messages tell it."""
    steps.run(guess_step)


def guess_step(after: int) -> int | None:
    """Pk of the last thread looked at; None if none was left."""
    # Only the key: a migration may run this, and later ones may add other columns.
    unknown = Thread.objects.filter(language="")
    threads = list(unknown.filter(pk__gt=after).only("pk").order_by("pk")[:STEP])
    said = previews.said_in(threads, latest=customer_languages.MESSAGES_READ)
    written = defaultdict[str, list[int]](list)
    for pk, messages in said.items():
        written[customer_languages.detect_language(messages)].append(pk)
    for code, pks in written.items():
        # A language stored in the meantime is newer.
        unknown.filter(pk__in=pks).update(language=code)
    return threads[-1].pk if threads else None

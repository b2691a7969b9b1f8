"""Those who write the same rows take turns.

Writers of one marketplace's mirror write many: side by side they would lock them in different
orders, and two answers that hold the same new thread would each think theirs the first.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from inbox.models import Marketplace, Thread

# First half of the advisory lock's key; the other is the marketplace.
MIRROR = 7301
# The same where it is a thread.
REPLIES = 7302
# The same where it is a group that work is shared out among.
SHARING = 7303


def take_turns(marketplace: Marketplace) -> None:
    """Wait until nobody else writes; the turn ends with the transaction."""
    _wait_for(MIRROR, marketplace.pk)


def take_turns_of(group: int) -> None:
    _wait_for(SHARING, group)


def take_turns_at(what: str) -> None:
    """Where there is no row to lock, or not yet; what it is called is all there is to go by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


@contextmanager
def alone_on(thread: Thread) -> Iterator[None]:
    """Two who answer at once: the second finds what the first has written."""
    with transaction.atomic():
        _wait_for(REPLIES, thread.pk % 2**31)
        yield


def _wait_for(what: int, which: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [what, which])

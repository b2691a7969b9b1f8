"""Advisory locks for writers of the same rows.

Writers of one marketplace's mirror touch many rows. Side by side they would lock them in different
orders, and two answers with the same new thread would both count as its first.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from inbox.models import Marketplace, Thread

# First half of the key of a lock on a marketplace.
MIRROR = 7301
# First half for a lock on a thread.
REPLIES = 7302
# First half for a lock on a group that shares work by round robin.
SHARING = 7303


def lock_marketplace(marketplace: Marketplace) -> None:
    """Wait for other writers of this marketplace; the lock ends with the transaction."""
    _lock_key(MIRROR, marketplace.pk)


def lock_group(group: int) -> None:
    _lock_key(SHARING, group)


def lock_named(what: str) -> None:
    """Lock by name, for cases without a row to lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


@contextmanager
def lock_thread(thread: Thread) -> Iterator[None]:
    """Serialises two agents who answer at once: the second sees the first one's reply."""
    with transaction.atomic():
        _lock_key(REPLIES, thread.pk % 2**31)
        yield


def _lock_key(what: int, which: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [what, which])

"""Those who write many rows of one marketplace's mirror take turns.

Side by side they would lock the same rows in different orders, and two answers that hold the same
new thread would each think theirs the first.
"""

from django.db import connection

from inbox.models import Marketplace

# First half of the advisory lock's key; the other is the marketplace.
MIRROR = 7301


def take_turns(marketplace: Marketplace) -> None:
    """Wait until nobody else writes; the turn ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [MIRROR, marketplace.pk])

"""Keeps the rollups of reports: sums of spans and messages by day and month of the team's zone."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction

from inbox.models import Marketplace, Rollup, RollupChange, RollupState
from inbox.models.rollup_triggers import KEY, count_facts, count_message_facts
from inbox.services.locks import lock_named

# Fewer differences do not slow a report.
MANY = 2000
# One statement, so that readers see either the differences or the sums that contain them.
PUT_TOGETHER = f"""
    WITH taken AS (
        DELETE FROM inbox_rollupchange
        WHERE id IN (SELECT id FROM inbox_rollupchange ORDER BY id FOR UPDATE SKIP LOCKED)
        RETURNING {KEY}, n, micros
    )
    INSERT INTO inbox_rollup AS known ({KEY}, n, micros)
    SELECT {KEY}, sum(n), sum(micros) FROM taken GROUP BY {KEY} ORDER BY {KEY}
    ON CONFLICT ({KEY}) DO UPDATE
        SET n = known.n + excluded.n, micros = known.micros + excluded.micros
"""  # noqa: S608  names of ours
# What lacks in the rollups, so that they say what the rows say. All of one moment: differences
# that statements make meanwhile are added to both.
STORED = "SELECT 1 AS sign, * FROM {table} WHERE marketplace_id = %(pk)s"
FACTS = count_facts(STORED.format(table="inbox_span"))
MESSAGE_FACTS = count_message_facts(STORED.format(table="inbox_message"))
KNOWN = "marketplace_id = %(pk)s AND zone = (SELECT zone FROM inbox_rollupstate)"
LACKING = f"""
    SELECT {KEY}, sum(n)::int AS n, sum(micros)::bigint AS micros FROM (
        SELECT {KEY}, n, micros FROM ({FACTS}) facts
        UNION ALL SELECT {KEY}, n, micros FROM ({MESSAGE_FACTS}) facts
        UNION ALL SELECT {KEY}, -n, -micros FROM inbox_rollup WHERE {KNOWN}
        UNION ALL SELECT {KEY}, -n, -micros FROM inbox_rollupchange WHERE {KNOWN}
    ) both_sides
    GROUP BY {KEY} HAVING sum(n) <> 0 OR sum(micros) <> 0
"""  # noqa: S608  names of ours


class Difference(NamedTuple):
    """What the rows say more than the rollups; less, if it is negative."""

    zone: str
    is_month: bool
    kind: str
    marketplace: int
    day: Any
    asker: str
    bucket: int
    n: int
    micros: int


def keep() -> None:
    """Adds differences to their sums; counts anew after the team's time zone has changed."""
    if not RollupState.objects.filter(zone=settings.TIME_ZONE, is_complete=True).exists():
        for _done in rebuild():
            pass
    elif RollupChange.objects.all()[MANY : MANY + 1].exists():
        put_together()


def rebuild() -> Iterator[int]:
    """Count all spans and messages for the team's time zone; yields after each marketplace.

    The desk can be used meanwhile; reports do not use the rollups until the last one is counted.
    """
    begin()
    pks = set(Marketplace.objects.values_list("pk", flat=True))
    pks |= set(Rollup.objects.order_by().values_list("marketplace", flat=True).distinct())
    for done, pk in enumerate(sorted(pks), start=1):
        mend(pk)
        yield done
    Rollup.objects.exclude(zone=settings.TIME_ZONE).delete()
    RollupChange.objects.exclude(zone=settings.TIME_ZONE).delete()
    RollupState.objects.filter(zone=settings.TIME_ZONE).update(is_complete=True)


@transaction.atomic
def begin() -> None:
    """From here on each statement adds its differences in the team's time zone."""
    _lock()
    state = RollupState.objects.first() or RollupState()
    if state.zone == settings.TIME_ZONE:
        return
    with connection.cursor() as cursor:
        # Waits for writers that still count for the other time zone, or not at all.
        cursor.execute("LOCK TABLE inbox_message, inbox_span IN SHARE ROW EXCLUSIVE MODE")
    state.zone, state.is_complete = settings.TIME_ZONE, False
    state.save()


@transaction.atomic
def mend(marketplace: int) -> None:
    """Make the rollups of this marketplace say what its rows say."""
    _lock()
    with connection.cursor() as cursor:
        insert = f"INSERT INTO inbox_rollupchange ({KEY}, n, micros) {LACKING}"  # noqa: S608
        cursor.execute(insert, {"pk": marketplace})
    _put_together()


def check(marketplace: int) -> list[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(f"{LACKING} ORDER BY kind, is_month, day", {"pk": marketplace})
        return [Difference(*row) for row in cursor]


@transaction.atomic
def put_together() -> None:
    _lock()
    _put_together()


def _put_together() -> None:
    with connection.cursor() as cursor:
        cursor.execute(PUT_TOGETHER)


def _lock() -> None:
    lock_named("rollups")

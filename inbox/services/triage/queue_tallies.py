"""Compacts the tallies of the queues; their sums stay the same."""

from django.db import connection

from inbox.models.queue_conditions import TALLIED

COLUMNS = ", ".join(TALLIED)
SUMS = ", ".join(f"sum({column})" for column in TALLIED)

# One statement, so that readers see either the old rows or the new ones.
PUT_TOGETHER = f"""
    WITH taken AS (
        DELETE FROM inbox_tally
        WHERE id IN (SELECT id FROM inbox_tally ORDER BY id FOR UPDATE SKIP LOCKED)
        RETURNING marketplace_id, {COLUMNS}
    )
    INSERT INTO inbox_tally (marketplace_id, {COLUMNS})
    SELECT marketplace_id, {SUMS}
    FROM taken GROUP BY marketplace_id
"""  # noqa: S608  column names of ours
# Fewer rows do not slow a count.
MANY = 200


def merge_tallies() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT 1 FROM inbox_tally LIMIT %s) few", [MANY + 1])
        (rows,) = cursor.fetchone()
        if rows > MANY:
            cursor.execute(PUT_TOGETHER)

"""Triggers that write the rows of `LiveChange`, once a statement, in its transaction.

They read the changed rows from `old_values` and `new_values`.
"""

from typing import Any

import pgtrigger
from psycopg.sql import Literal

# A statement that changes more threads of a marketplace names none of them.
MOST_THREADS = 50
# What rows and heads of conversations show, beside their last message.
SHOWN = (
    *("status", "assignee_id", "snoozed_until", "due_at", "message_count", "is_askable"),
    *("is_thanks", "with_operator", "last_sender_is_ours", "preview", "customer_name"),
    "topic_value",
)
# Verbs of events after which the number of failed replies may be another.
ABOUT_FAILURES = ("failed", "unconfirmed", "resent", "discarded", "identified", "undone")

FEW = f"CASE WHEN count(*) <= {MOST_THREADS} THEN array_agg(DISTINCT thread) ELSE '{{}}' END"


def columns_of(rows: str) -> str:
    return f"({', '.join(f'{rows}.{name}' for name in SHOWN)})"


def write(told: str) -> str:
    """Of rows with kind, marketplace and thread: one for each kind and marketplace."""
    return f"""
        INSERT INTO inbox_livechange (kind, marketplace_id, threads)
        SELECT kind, marketplace_id, {FEW} FROM ({told}) told GROUP BY kind, marketplace_id;
        RETURN NULL;
    """  # noqa: S608  names of ours


MADE = "SELECT 'arrived' AS kind, marketplace_id, id AS thread FROM new_values"
GONE = "SELECT 'changed' AS kind, marketplace_id, id AS thread FROM old_values"
CHANGED = f"""
    SELECT
        CASE WHEN now.last_message_at > before.last_message_at THEN 'arrived' ELSE 'changed' END
            AS kind,
        now.marketplace_id, now.id AS thread
    FROM new_values now JOIN old_values before USING (id)
    WHERE now.last_message_at <> before.last_message_at
        OR {columns_of("now")} IS DISTINCT FROM {columns_of("before")}
"""  # noqa: S608  names of ours
# A message that starts a conversation has none yet.
HAPPENED = f"""
    SELECT
        CASE
            WHEN verb IN ({", ".join(Literal(verb).as_string() for verb in ABOUT_FAILURES)})
            THEN 'trouble' ELSE 'changed'
        END AS kind,
        marketplace_id, coalesce(thread_id, 0) AS thread
    FROM new_values
"""  # noqa: S608  names of ours


def own(rows: str) -> str:
    return f"""
        INSERT INTO inbox_livechange (kind, user_id) SELECT DISTINCT 'own', user_id FROM {rows};
        RETURN NULL;
    """  # noqa: S608  names of ours


def after(name: str, operation: Any, func: str) -> pgtrigger.Trigger:
    return pgtrigger.Composer(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        func=func,
    )


THREAD_TRIGGERS = [
    after("live_made", pgtrigger.Insert, write(MADE)),
    after("live_changed", pgtrigger.Update, write(CHANGED)),
    after("live_gone", pgtrigger.Delete, write(GONE)),
]
EVENT_TRIGGERS = [after("live_happened", pgtrigger.Insert, write(HAPPENED))]
NOTIFICATION_TRIGGERS = [
    after("live_own_made", pgtrigger.Insert, own("new_values")),
    after("live_own_changed", pgtrigger.Update, own("new_values")),
    after("live_own_gone", pgtrigger.Delete, own("old_values")),
]

"""Counts the changes of a marketplace's reply calendar, whoever makes them.

Working times are comparable if they were measured with one version.
"""

import pgtrigger

CALENDAR = [
    *("calendar_kind", "calendar_zone", "working_days", "opening_hours"),
    *("holidays_of", "closed_dates", "shut_from", "shut_to"),
]


def _columns(row: str) -> str:
    return ", ".join(f"{row}.{column}" for column in CALENDAR)


MARKETPLACE_TRIGGERS = [
    pgtrigger.Trigger(
        name="calendar_changed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        # Without a condition: a stale row that is saved must not set an older version.
        func=f"""
        NEW.calendar_version = OLD.calendar_version
            + (({_columns("NEW")}) IS DISTINCT FROM ({_columns("OLD")}))::int;
        RETURN NEW;
        """,
    )
]

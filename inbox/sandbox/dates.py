"""Mirakl's date-times: UTC with a `Z` going out, any offset coming in."""

from datetime import UTC, datetime


def iso(moment: datetime) -> str:
    """Milliseconds are left out when there are none, as Mirakl does."""
    spec = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=spec)[:-6] + "Z"


def parse(text: str) -> datetime:
    """Raise ValueError on anything without an offset: Mirakl could not tell which day it is."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no offset")
    return moment.astimezone(UTC)


def to_milliseconds(moment: datetime) -> datetime:
    """What is kept is what is printed, or `updated_since` would miss its own echo."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

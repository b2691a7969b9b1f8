"""Mirakl's date-times: UTC with a `Z` in answers, any offset in requests."""

from datetime import UTC, datetime


def iso(moment: datetime) -> str:
    """Formats a date-time. Zero milliseconds are left out, as Mirakl does."""
    spec = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=spec)[:-6] + "Z"


def parse(text: str) -> datetime:
    """Raises ValueError for a date-time without an offset: its day would be unknown."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no offset")
    return moment.astimezone(UTC)


def to_milliseconds(moment: datetime) -> datetime:
    """Rounds to milliseconds, as printed: otherwise `updated_since` would miss its own value."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

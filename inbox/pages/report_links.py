"""Addresses of reports and of what their figures count."""

from django.urls import reverse

from inbox.services.insight.figures import Rows
from inbox.services.insight.report_filter import ReportFilter


def rows_url(chosen: ReportFilter, rows: Rows, **narrowed: str) -> str:
    """The list of what a figure counts, as of the moment it was computed."""
    moment = chosen.as_of.isoformat() if rows.is_momentary else None
    period = {"from": str(chosen.period.first), "to": str(chosen.period.last), "period": None}
    return at(reverse("report-rows", args=[rows.name]), chosen, **period, as_of=moment, **narrowed)


def at(url: str, chosen: ReportFilter, **changes: str | None) -> str:
    query = chosen.address(**changes)
    return f"{url}?{query}" if query else url

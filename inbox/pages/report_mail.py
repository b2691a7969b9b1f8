"""A saved report as a mail: its figures and tables, with the reader's rights of now."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone, translation

from inbox.models import ReportSubscription, SavedReport
from inbox.pages.reports import ReportPage, pages_of, report_form, report_page
from inbox.pages.viewer import Viewer
from inbox.services.insight.periods import Period
from inbox.services.insight.reports import snapshot
from inbox.services.mails.reports import zone_of


@dataclass(frozen=True)
class ReportLetter:
    """`page` is None if the reader may see none of the report's marketplaces any more."""

    name: str
    page: ReportPage | None
    lost: Sequence[str]
    url: str


def write(one: ReportSubscription, period: Period) -> EmailMessage | None:
    """None if the reader may not see the report, or nothing of it."""
    language = one.reader.offered_language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(zone_of(one.reader)):
        letter = _letter(one, period)
        return _mail(one, period, letter) if letter.page or letter.lost else None


def _letter(one: ReportSubscription, period: Period) -> ReportLetter:
    viewer, given = Viewer(one.reader), QueryDict(one.report.query, mutable=True)
    told = one.marketplaces.exclude(pk__in=[seen.pk for seen in viewer.in_inbox])
    lost = [gone.name for gone in told]
    wanted = given.getlist("marketplace")
    left = [slug for slug in wanted if viewer.find(slug)]
    given.setlist("marketplace", left)
    given.pop("period", None)
    given["from"], given["to"] = str(period.first), str(period.last)
    form, page = report_form(viewer, given), None
    is_theirs = SavedReport.objects.visible_to(one.reader).filter(pk=one.report_id).exists()
    if is_theirs and form.marketplaces and (left or not wanted):
        if one.report.page in pages_of(form):
            with snapshot():
                page = report_page(one.report.page, form)
        one.marketplaces.set(form.chosen.marketplaces)
    else:
        one.marketplaces.clear()
    url = f"{settings.DESK_URL.rstrip('/')}{one.report.get_absolute_url()}"
    return ReportLetter(one.report.name, page, lost, url if settings.DESK_URL else "")


def _mail(one: ReportSubscription, period: Period, letter: ReportLetter) -> EmailMessage:
    context = {"letter": letter, "language": translation.get_language()}
    name = " ".join(one.report.name.split())
    days = letter.page.period if letter.page else ""
    mail = EmailMultiAlternatives(
        subject=f"{name}: {days}" if days else name,
        body=render_to_string("inbox/reports/mail.txt", context),
        to=[one.reader.email],
        headers={
            "Auto-Submitted": "auto-generated",
            "Message-ID": f"<report-{one.pk}-{period.first}-{period.last}@{_host()}>",
        },
    )
    mail.attach_alternative(render_to_string("inbox/reports/mail.html", context), "text/html")
    return mail


def _host() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "localhost"

"""The page of saved reports, and when each comes by mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.forms.saved_reports import RhythmForm
from inbox.kept import Shown
from inbox.models import ReportMail, ReportSubscription, SavedReport
from inbox.pages.reports import PAGES, Tab, pages_of, report_form, tabs_of
from inbox.pages.viewer import Viewer
from inbox.services.mails.reports import next_due, zone_of


@dataclass(frozen=True)
class RhythmOption(Shown):
    value: str
    label: str
    is_on: bool


@dataclass(frozen=True)
class SavedReportRow:
    """`next_at` is when the next mail is due; `last` is the latest mail and how it ended."""

    report: SavedReport
    page: str
    is_editable: bool
    rhythms: Sequence[RhythmOption]
    next_at: datetime | None
    last: ReportMail | None

    @property
    def problem(self) -> str:
        return _(self.last.problem) if self.last and self.last.problem else ""


@dataclass(frozen=True)
class SavedReportsPage:
    """`form` is a form that was refused. `no_mail` says why nothing can be mailed."""

    tabs: Sequence[Tab]
    rows: Sequence[SavedReportRow]
    form: forms.Form | forms.ModelForm | None  # type: ignore[type-arg]
    may_share: bool
    no_mail: str


def saved_reports_page(
    viewer: Viewer,
    form: forms.Form | forms.ModelForm | None = None,  # type: ignore[type-arg]
) -> SavedReportsPage:
    found = SavedReport.objects.visible_to(viewer.user).select_related("owner")
    editable = set(SavedReport.objects.editable_by(viewer.user).values_list("pk", flat=True))
    mine = ReportSubscription.objects.filter(reader=viewer.user).select_related("reader")
    subscriptions = {one.report_id: one for one in mine}
    mails = ReportMail.objects.filter(subscription__in=mine).select_related("subscription")
    latest = mails.order_by("subscription", "-changed_at").distinct("subscription")
    last = {one.subscription.report_id: one for one in latest}
    filters = report_form(viewer)
    return SavedReportsPage(
        tabs=tabs_of(filters, "saved"),
        # Without pages of others that the viewer may not open; their own can be deleted.
        rows=[
            _row(one, subscriptions.get(one.pk), last.get(one.pk), one.pk in editable)
            for one in found
            if one.pk in editable or one.page in pages_of(filters)
        ],
        form=form,
        may_share=viewer.leads_anywhere,
        no_mail=_why_no_mail(viewer),
    )


def _row(
    report: SavedReport,
    subscription: ReportSubscription | None,
    last: ReportMail | None,
    is_editable: bool,
) -> SavedReportRow:
    rhythm = subscription.rhythm if subscription else ""
    return SavedReportRow(
        report=report,
        page=str(PAGES.get(report.page, report.page)),
        is_editable=is_editable,
        rhythms=[
            RhythmOption(value, str(label), value == rhythm)
            for value, label in RhythmForm.base_fields["rhythm"].choices  # type: ignore[attr-defined]
        ],
        next_at=_next_at(subscription) if subscription and settings.SENDS_MAIL else None,
        last=last,
    )


def _next_at(subscription: ReportSubscription) -> datetime:
    return next_due(subscription.rhythm, zone_of(subscription.reader), timezone.now())


def _why_no_mail(viewer: Viewer) -> str:
    if not settings.SENDS_MAIL:
        return _("This desk sends no mail yet. An administrator sets EMAIL_URL for it.")
    if not viewer.user.email:
        return _("Your account has no email address. Ask an administrator to enter it.")
    return ""

"""A saved report: a page of reports with its filters, which may come by mail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.forms.reports import ReportForm
from inbox.forms.saved_views import ShareForm
from inbox.models import ReportSubscription, SavedReport

NAMELESS = {"name": {"required": _("Enter a name for the report.")}}
NOT_SHARED = _("Only leads can share reports with the team.")
# What a list of rows adds to the filters of its report.
OF_ROWS = {"as_of", "weekday", "hour", "after"}


class SavedReportForm(ShareForm):
    """`report` is the form of the filters, from the address that is saved."""

    not_shared = NOT_SHARED

    class Meta:
        model = SavedReport
        fields = ["name", "is_shared"]
        error_messages = NAMELESS

    def __init__(self, data: Any, *, report: ReportForm, **options: Any) -> None:
        super().__init__(data, **options)
        self.report = report
        self.instance.query = report.chosen.address(**dict.fromkeys(OF_ROWS))

    def clean(self) -> None:
        super().clean()
        cannot_open = self.report.errors or self.report.has_unseen
        if cannot_open or len(self.instance.query) > 600:
            raise forms.ValidationError(_("These filters can't be saved. Change them first."))


class ReportNameForm(ShareForm):
    not_shared = NOT_SHARED

    class Meta:
        model = SavedReport
        fields = ["name", "is_shared"]
        error_messages = NAMELESS


class RhythmForm(forms.Form):
    """When a reader gets a report by mail; empty for never."""

    rhythm = forms.ChoiceField(
        choices=[("", _("Never")), *ReportSubscription.Rhythm.choices],
        required=False,
        label=_("By mail"),
    )

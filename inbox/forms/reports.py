"""The filters of reports, from the address of the page."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import Group
from django.http import QueryDict
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _

from inbox.forms.moments import DAYS, SINCE_1900
from inbox.forms.numbers import is_number
from inbox.models import Marketplace, Span, Tag, User
from inbox.services.insight.periods import DEFAULT, PRESETS, Period, find_period
from inbox.services.insight.report_filter import DELETED, ELSEWHERE, NOBODY, ReportFilter

COMPARED = [("", _("Nothing")), ("previous", _("The period before")), ("year", _("Last year"))]
# Of agents' filters, and of the rows of a table by agent.
UNNAMED = {
    ELSEWHERE: _("Answered elsewhere"),
    DELETED: _("Deleted accounts"),
    NOBODY: _("No reply"),
}
UNSEEN = _("This report is also about marketplaces that you don't see. It's without them.")
MOST_DAYS = 3 * 366
# With the last day, as many days as the last 30.
A_MONTH = timedelta(days=29)


class SomeChoicesField(forms.MultipleChoiceField):
    """Leaves out values that are not offered."""

    def to_python(self, value: Any) -> list[str]:
        return [one for one in super().to_python(value) if self.valid_value(one)]


class ReportForm(forms.Form):
    """Each filter may have several values. Dates win over the name of a period.

    A report that others have saved may name marketplaces that the viewer does not see: it is
    without them.
    """

    period = forms.ChoiceField(choices=[*PRESETS.items()], required=False, label=_("Period"))
    day_from = forms.DateField(required=False, validators=DAYS, label=_("First day"))
    day_to = forms.DateField(required=False, validators=DAYS, label=_("Last day"))
    compare = forms.ChoiceField(choices=COMPARED, required=False, label=_("Compare with"))
    marketplace = SomeChoicesField(required=False, label=_("Marketplace"))
    asker = forms.MultipleChoiceField(
        choices=Span.Asker.choices, required=False, label=_("Who waited")
    )
    team = forms.MultipleChoiceField(required=False, label=_("Team"))
    agent = forms.MultipleChoiceField(required=False, label=_("Agent"))
    tag = forms.MultipleChoiceField(required=False, label=_("Tags"))
    as_of = forms.DateTimeField(required=False, validators=[SINCE_1900], widget=forms.HiddenInput)
    # Of a list of rows
    weekday = forms.IntegerField(required=False, min_value=1, max_value=7)
    hour = forms.IntegerField(required=False, min_value=0, max_value=23)
    after = forms.IntegerField(required=False, min_value=1)
    working = forms.BooleanField(required=False, label=_("In working hours"))

    def __init__(
        self,
        data: QueryDict,
        *,
        marketplaces: Sequence[Marketplace],
        now: datetime,
        only: User | None = None,
    ) -> None:
        super().__init__(data)
        self.given, self.marketplaces, self.now, self.only = data, marketplaces, now, only
        choices = {
            "marketplace": [(one.slug, one.name) for one in marketplaces],
            "tag": [(one.name, one.name) for one in Tag.objects.on(marketplaces)],
        }
        if only or not settings.REPORTS_BY_PERSON:
            del self.fields["agent"], self.fields["team"]
        else:
            people = Marketplace.objects.filter(pk__in=[m.pk for m in marketplaces]).answerers()
            choices["agent"] = [(one.username, one.display_name) for one in people]
            choices["agent"] += [(key, str(label)) for key, label in UNNAMED.items()]
            groups = Group.objects.filter(access__marketplace__in=marketplaces).distinct()
            choices["team"] = [(str(one.pk), one.name) for one in groups.order_by("name")]
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def add_prefix(self, field_name: str) -> str:
        """Dates are called `from` and `to` in addresses."""
        return field_name.removeprefix("day_")

    def clean(self) -> None:
        super().clean()
        first, last = self._days()
        if first and last and first > last:
            raise forms.ValidationError(_("The first day is after the last. Swap the dates."))
        if first and last and (last - first).days > MOST_DAYS:
            raise forms.ValidationError(_("Choose at most three years."))

    def _days(self) -> tuple[date | None, date | None]:
        """The first and the last day; today if there is no last, a month before if no first."""
        first, last = (self.cleaned_data.get(name) for name in ("day_from", "day_to"))
        if first and not last:
            return first, max(first, self.now.astimezone(get_default_timezone()).date())
        if last and not first:
            return max(date.min + A_MONTH, last) - A_MONTH, last
        return first, last

    @property
    def has_unseen(self) -> bool:
        """Whether a marketplace is named that the viewer does not see, or that is gone."""
        named = self.given.getlist("marketplace")
        return not {one.slug for one in self.marketplaces}.issuperset(named)

    @property
    def problems(self) -> list[str]:
        return [str(words) for found in self.errors.values() for words in found]

    @property
    def chosen(self) -> ReportFilter:
        """The filters; of a form with errors, those that are valid."""
        self.is_valid()
        cleaned = self.cleaned_data
        slugs = self.given.getlist("marketplace")
        return ReportFilter(
            period=self._period(),
            marketplaces=[one for one in self.marketplaces if not slugs or one.slug in slugs],
            as_of=min(cleaned.get("as_of") or self.now, self.now),
            given=self.given,
            only=self.only,
            is_working=bool(cleaned.get("working")),
            askers=cleaned.get("asker", ()),
            teams=[int(one) for one in cleaned.get("team", ())],
            agents=cleaned.get("agent", ()),
            tags=cleaned.get("tag", ()),
            languages=self.given.getlist("language"),
            topics=self.given.getlist("topic"),
            shops=self.given.getlist("shop"),
            assignees=self.given.getlist("assignee") if "agent" in self.fields else [],
            canned=[one for one in self.given.getlist("canned") if is_number(one)],
        )

    def _period(self) -> Period:
        first, last = self._days()
        if self.errors or not first or not last:
            return find_period(self.cleaned_data.get("period") or DEFAULT, self.now)
        return Period.of_days(first, last, self.now)

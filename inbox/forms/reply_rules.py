"""The rules of replies, as a marketplace and a preset have them."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import formats, timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from inbox.dates import time_zones
from inbox.forms.metrics import MetricsField
from inbox.models.reply_rules import ReplyRules, validate_openings
from inbox.public_holidays import list_countries, list_holidays

ALWAYS = ReplyRules.CalendarKind.ALWAYS
OPENINGS = [f"opens_{day}" for day in WEEKDAYS]
# Their defaults hold if a form leaves them out.
OPTIONAL = ["limit_sign", "alert_sign", "reply_rule", "score_window", "calendar_kind", "min_orders"]
SCORE = [
    *("reply_limit_hours", "limit_sign", "alert_hours", "alert_sign", "reply_rule"),
    *("reply_share", "score_window", "min_orders", "counts_operator"),
]
OWN_CALENDAR = ["calendar_zone", "working_days", "holidays_of"]
PUBLISHED = ["metrics", "source", "read_on"]
# Of the model; `OPENINGS` and `seen_holidays` are the form's.
RULE_FIELDS = [*SCORE, "calendar_kind", *OWN_CALENDAR, *PUBLISHED]
CALENDAR_ROWS = [
    *("calendar_kind", "calendar_zone", "working_days", *OPENINGS),
    *("holidays_of", "seen_holidays"),
]


def list_zones() -> list[tuple[str, Any]]:
    zones = [(name, name.replace("_", " ")) for name in sorted(time_zones())]
    return [("", _("Choose")), *zones]


def list_places() -> list[tuple[Any, Any]]:
    """Countries with their parts, by name."""
    whole = gettext("%s: holidays of the whole country")
    groups = [
        (one.name, [(one.code, whole % one.name if one.parts else one.name), *one.parts])
        for one in list_countries()
    ]
    return [("", _("No public holidays")), *groups]


def _opening(day: int) -> forms.CharField:
    return forms.CharField(
        label=WEEKDAYS[day], required=False, max_length=80, validators=[validate_openings]
    )


class ReplyRulesForm(forms.ModelForm):  # type: ignore[type-arg]
    calendar_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=list_zones,
        required=False,
        help_text=_("The marketplace's own, such as Europe/Madrid."),
    )
    working_days = forms.TypedMultipleChoiceField(
        label=_("Working days"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    opens_0, opens_1, opens_2, opens_3 = _opening(0), _opening(1), _opening(2), _opening(3)
    opens_4, opens_5, opens_6 = _opening(4), _opening(5), _opening(6)
    holidays_of = forms.ChoiceField(
        label=_("Public holidays"),
        choices=list_places,
        required=False,
        help_text=_("Choose the part of the country if it has holidays of its own."),
    )
    # The place whose holidays were shown: the second time, it is saved.
    seen_holidays = forms.CharField(required=False, widget=forms.HiddenInput)
    metrics = MetricsField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in OPTIONAL:
            self.fields[name].required = False
        hours = zip(OPENINGS, self.instance.opening_hours, strict=False)
        self.initial = {**dict(hours), **self.initial}

    def clean(self) -> None:
        super().clean()
        for name in OPTIONAL:
            if self.cleaned_data.get(name) in {"", None}:
                self.cleaned_data.pop(name, None)
        if not self.copy_preset():
            self._keep_or_read_calendar()
        self._show_holidays()

    def copy_preset(self) -> bool:
        """Whether a preset's rules have replaced those that were typed."""
        return False

    def _keep_or_read_calendar(self) -> None:
        if self._is_always_on():
            # Its other fields are hidden, so that nobody has typed them.
            for name in OWN_CALENDAR:
                self.cleaned_data.pop(name, None)
        else:
            hours = [self.cleaned_data.get(name, "") for name in OPENINGS]
            self.instance.opening_hours = hours

    def _is_always_on(self) -> bool:
        kind: str = self.cleaned_data.get("calendar_kind", self.instance.calendar_kind)
        return kind == ALWAYS

    def _show_holidays(self) -> None:
        """Hold the form once, with the holidays that it is about to set."""
        place = self.cleaned_data.get("holidays_of")
        stored = None if self.instance.is_always_on else self.instance.holidays_of
        if self._is_always_on() or not place:
            return
        if place in {stored, self.cleaned_data.get("seen_holidays")}:
            return
        intro = gettext("These days will have no working time. Save again if they are right.")
        self.add_error("holidays_of", [intro, *describe_holidays(place)])
        posted: Any = self.data
        self.data = posted.copy()
        self.data[self.add_prefix("seen_holidays")] = place  # type: ignore[index]


def describe_holidays(place: str) -> list[str]:
    """The holidays of the coming year, with their dates."""
    today = timezone.localdate()
    last = today + timedelta(days=365)
    language = get_language()
    days = {
        day: name
        for year in {today.year, last.year}
        for day, name in list_holidays(place, year, language).items()
    }
    return [
        f"{formats.date_format(day, 'FULL_DAY')}: {name}"
        for day, name in sorted(days.items())
        if today <= day <= last
    ]

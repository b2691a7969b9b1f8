"""The filters of the audit log, from the address of its page."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.dates import first_moment
from inbox.forms.moments import DAYS
from inbox.models import AuditEntry, User


class AuditForm(forms.Form):
    person = forms.CharField(required=False, max_length=150, label=_("Person"))
    kind = forms.ChoiceField(
        choices=[("", _("Everything")), *AuditEntry.Kind.choices], required=False, label=_("Action")
    )
    day_from = forms.DateField(required=False, validators=DAYS, label=_("First day"))
    day_to = forms.DateField(required=False, validators=DAYS, label=_("Last day"))
    address = forms.CharField(required=False, max_length=50, label=_("Address"))

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, label_suffix="")
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "select" if name == "kind" else "input"
            if name.startswith("day_"):
                field.widget.input_type = "date"

    def add_prefix(self, field_name: str) -> str:
        """Dates are called `from` and `to` in addresses."""
        return field_name.removeprefix("day_")

    @property
    def entries(self) -> QuerySet[AuditEntry]:
        """The entries that pass the filters that are valid, the newest first."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        found = AuditEntry.objects.order_by("-pk")
        if name := chosen.get("person"):
            people = list(_people(name).values_list("pk", flat=True))
            about = Q(target=User._meta.label_lower, target_id__in=people)
            found = found.filter(Q(by__in=people) | about)
        if kind := chosen.get("kind"):
            found = found.filter(kind=kind)
        if address := chosen.get("address"):
            found = found.filter(address=address)
        if first := chosen.get("day_from"):
            found = found.filter(at__gte=_beginning(first))
        if last := chosen.get("day_to"):
            found = found.filter(at__lt=_beginning(last + timedelta(days=1)))
        return found


def _people(text: str) -> QuerySet[User]:
    """People by parts of their name and username."""
    words = Q()
    for word in text.split():
        words &= (
            Q(username__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
        )
    return User.objects.filter(words)


def _beginning(day: date) -> datetime:
    return first_moment(datetime.combine(day, time()), timezone.get_current_timezone())

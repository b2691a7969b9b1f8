"""Forms of inviting somebody, and of accepting it."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from inbox.forms.sign_in import ChoosePasswordForm
from inbox.models import User

NAMES = {"first_name": _("First name"), "last_name": _("Last name")}


class InviteForm(forms.ModelForm):  # type: ignore[type-arg]
    """Somebody new, with groups of those that may be given."""

    teams = forms.ModelMultipleChoiceField(
        Group.objects.none(), label=_("Groups"), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name"]
        labels = NAMES

    def __init__(self, data: Any, *, offered: QuerySet[Group], needs_team: bool) -> None:
        super().__init__(data, label_suffix="")
        self.fields["email"].required = True
        field: Any = self.fields["teams"]
        field.queryset, field.required = offered, needs_team


class AcceptForm(ChoosePasswordForm):
    first_name = forms.CharField(label=NAMES["first_name"], max_length=150, required=False)
    last_name = forms.CharField(label=NAMES["last_name"], max_length=150, required=False)
    field_order = ("first_name", "last_name", "password1", "password2")

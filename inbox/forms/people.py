"""People in the desk: their names, teams and roles, and handing over what is theirs."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.models import Access, User
from inbox.services.people.rights import Rights
from inbox.services.people.teams import RoleHeld
from inbox.services.triage.hand_over import Action, Kind

ENDS = {
    Kind.THREADS: gettext_lazy("Unassign"),
    Kind.MENTIONS: gettext_lazy("Mark as read"),
    Kind.MAILS: gettext_lazy("Stop sending"),
}


class NamesForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ["first_name", "last_name", "email"]

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, label_suffix="", **options)


class TeamsForm(forms.Form):
    """The groups of a person; those beyond `offered` stay as they are."""

    teams = forms.ModelMultipleChoiceField(
        Group.objects.none(),
        required=False,
        label=gettext_lazy("Groups"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, person: User, offered: QuerySet[Group]) -> None:
        super().__init__(data, initial={"teams": person.groups.all()}, label_suffix="")
        self.person, self.offered = person, offered
        field: Any = self.fields["teams"]
        field.queryset = offered

    def save(self) -> None:
        chosen = set(self.cleaned_data["teams"])
        held = set(self.offered.filter(user=self.person))
        self.person.groups.add(*(chosen - held))
        self.person.groups.remove(*(held - chosen))


class RolesForm(forms.Form):
    """A role on each marketplace, beside those by other groups; none beyond `rights`."""

    def __init__(self, data: Any = None, *, held: Sequence[RoleHeld], rights: Rights) -> None:
        super().__init__(data, label_suffix="")
        self.held, self.rights = held, rights
        choices = [("", _("None")), *Access.Role.choices]
        for one in held:
            self.fields[_field_of(one)] = forms.ChoiceField(
                choices=choices, required=False, initial=one.own, label=one.marketplace.name
            )

    def clean(self) -> None:
        super().clean()
        for one in self.held:
            role = self.cleaned_data.get(_field_of(one), "")
            given = Access(marketplace=one.marketplace, role=role)
            if role and not self.rights.cover(Rights.of_access(given)):
                raise ValidationError(_("You can only give or remove roles up to your own."))

    @property
    def rows(self) -> list[tuple[RoleHeld, forms.BoundField]]:
        return [(one, self[_field_of(one)]) for one in self.held]

    @property
    def changes(self) -> list[tuple[RoleHeld, str]]:
        chosen = [(one, self.cleaned_data[_field_of(one)]) for one in self.held]
        return [(one, role) for one, role in chosen if role != one.own]


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    """A group's name and members; members whom the editor can't change stay."""

    members = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        label=gettext_lazy("People"),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Group
        fields = ["name"]

    def __init__(self, data: Any = None, *, people: QuerySet[User], **options: Any) -> None:
        super().__init__(data, label_suffix="", **options)
        self.people = people
        field: Any = self.fields["members"]
        field.queryset = people
        field.label_from_instance = lambda person: person.display_name
        if self.instance.pk:
            self.initial["members"] = people.filter(groups=self.instance)

    def save_members(self) -> None:
        chosen = set(self.cleaned_data["members"])
        held = set(self.people.filter(groups=self.instance))
        self.instance.user_set.add(*(chosen - held))
        self.instance.user_set.remove(*(held - chosen))


class HandOverForm(forms.Form):
    """For each kind of belongings: leave, hand over, or end."""

    to = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        label=gettext_lazy("Hand over to"),
        empty_label=gettext_lazy("Choose"),
    )

    def __init__(self, data: Any = None, *, counts: Mapping[Kind, int], people: QuerySet[User]):
        super().__init__(data, label_suffix="")
        self.counts = counts
        field: Any = self.fields["to"]
        field.queryset = people
        field.label_from_instance = lambda person: person.display_name
        for kind in counts:
            end = ENDS.get(kind, _("Delete"))
            choices = [*Action.choices[:2], (Action.END.value, end)]
            self.fields[kind.value] = forms.ChoiceField(
                choices=choices, label=kind.label, initial=Action.MOVE
            )

    def clean(self) -> None:
        super().clean()
        moves = any(self.cleaned_data.get(kind.value) == Action.MOVE for kind in self.counts)
        if moves and not self.cleaned_data.get("to") and "to" not in self.errors:
            self.add_error("to", _("Choose who gets it."))

    @property
    def rows(self) -> list[tuple[int, forms.BoundField]]:
        return [(count, self[kind.value]) for kind, count in self.counts.items()]

    @property
    def actions(self) -> dict[Kind, Action]:
        return {kind: Action(self.cleaned_data[kind.value]) for kind in self.counts}


def _field_of(held: RoleHeld) -> str:
    return f"role_{held.marketplace.pk}"

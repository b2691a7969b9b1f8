"""Access of groups to marketplaces, edited by group or by marketplace."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.models import Access, Marketplace, User
from inbox.services.people.rights import Rights, groups_within


class AccessFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """Grants, changes and revokes nothing beyond `rights`, those of the person who edits."""

    rights = Rights()

    def clean(self) -> None:
        super().clean()
        touched = [access for form in self.changed for access in self._before_and_after(form)]
        if not all(self.rights.cover(Rights.of_access(access)) for access in touched):
            raise ValidationError(_("You can only give or remove roles up to your own."))

    @property
    def changed(self) -> list[Any]:
        return [form for form in self.forms if form.has_changed() and form.is_valid()]

    def _before_and_after(self, form: Any) -> list[Access]:
        before = list(Access.objects.filter(pk=form.instance.pk))
        is_deleted = form.cleaned_data.get("DELETE", False)
        return before if is_deleted else [*before, form.instance]


class DeskAccessFormSet(AccessFormSet):
    """The access of one marketplace, or of one group: what has a row keeps it.

    `other` is the field of the other side, and `offered` what may be chosen in a new row.
    """

    other = ""
    offered: Any = None

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.use_required_attribute, form.label_suffix = False, ""
        field = form.fields[self.other]
        if form.instance.pk:
            field.disabled = True
            form.fields["DELETE"].label = gettext_lazy("Remove")
            return
        field.empty_label = _("Choose")
        field.queryset = self.offered


def marketplace_access(marketplace: Marketplace, rights: Rights, data: Any = None) -> Any:
    """The groups of a marketplace, edited by somebody who may give these rights."""
    offered = groups_within(rights).exclude(access__marketplace=marketplace)
    return _formset(marketplace, data, rights, other="group", offered=offered)


def group_access(
    group: Group, rights: Rights, *, places: list[Marketplace], data: Any = None
) -> Any:
    """The marketplaces of a group; `places` are those that may be added."""
    offered = Marketplace.objects.filter(pk__in=[one.pk for one in places])
    offered = offered.exclude(access__group=group.pk)
    return _formset(group, data, rights, other="marketplace", offered=offered)


def _formset(
    owner: Marketplace | Group, data: Any, rights: Rights, *, other: str, offered: Any
) -> Any:
    factory: Any = forms.inlineformset_factory(
        *(type(owner), Access, forms.ModelForm),
        formset=DeskAccessFormSet,
        fields=[other, "role"],
        extra=1,
        can_delete_extra=False,
    )
    formset = factory(data, instance=owner, prefix="access")
    formset.rights, formset.other, formset.offered = rights, other, offered
    return formset


class MemberForm(forms.Form):
    """One person who gets a role on a marketplace."""

    person = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        label=gettext_lazy("Person"),
        empty_label=gettext_lazy("Choose"),
    )
    member_role = forms.ChoiceField(
        choices=Access.Role.choices, initial=Access.Role.AGENT, label=gettext_lazy("Role")
    )

    def __init__(self, data: Any = None, *, people: Any, rights: Rights, place: Marketplace):
        super().__init__(data, label_suffix="")
        self.rights, self.place = rights, place
        field: Any = self.fields["person"]
        field.queryset = people
        field.label_from_instance = lambda person: person.display_name

    def clean_member_role(self) -> str:
        role: str = self.cleaned_data["member_role"]
        if not self.rights.cover(Rights.of_access(Access(marketplace=self.place, role=role))):
            raise ValidationError(_("You can only give or remove roles up to your own."))
        return role

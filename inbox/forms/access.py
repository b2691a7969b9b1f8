"""Access of groups to marketplaces, edited by group or by marketplace."""

from typing import Any

from django import forms
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


class MarketplaceAccessFormSet(AccessFormSet):
    """The groups of one marketplace: a group that has access keeps its row."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.use_required_attribute, form.label_suffix = False, ""
        group = form.fields["group"]
        if form.instance.pk:
            group.disabled = True
            form.fields["DELETE"].label = gettext_lazy("Remove")
            return
        group.empty_label = _("Choose")
        group.queryset = groups_within(self.rights).exclude(access__marketplace=self.instance)


def access_formset(marketplace: Marketplace, rights: Rights, data: Any = None) -> Any:
    factory: Any = forms.inlineformset_factory(
        *(Marketplace, Access, forms.ModelForm),
        formset=MarketplaceAccessFormSet,
        fields=["group", "role"],
        extra=1,
        can_delete_extra=False,
    )
    formset = factory(data, instance=marketplace, prefix="access")
    formset.rights = rights
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

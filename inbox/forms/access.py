"""A group's access to marketplaces, edited in the administration."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from inbox.models import Access
from inbox.services.people.rights import Rights


class AccessFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """`editor` can grant, change and revoke only rights they have themselves."""

    editor: Any = None

    def clean(self) -> None:
        super().clean()
        own = Rights.of_user(self.editor)
        touched = [access for form in self.changed for access in self._before_and_after(form)]
        if not all(own.cover(Rights.of_access(access)) for access in touched):
            raise ValidationError(_("You can only give or remove roles up to your own."))

    @property
    def changed(self) -> list[Any]:
        return [form for form in self.forms if form.has_changed() and form.is_valid()]

    def _before_and_after(self, form: Any) -> list[Access]:
        before = list(Access.objects.filter(pk=form.instance.pk))
        is_deleted = form.cleaned_data.get("DELETE", False)
        return before if is_deleted else [*before, form.instance]

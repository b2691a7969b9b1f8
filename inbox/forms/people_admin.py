"""Forms of people in the administration: none of them takes the last admin away."""

from typing import Any

from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from inbox.forms.sign_in import PasswordByOtherForm
from inbox.models import User
from inbox.services.people.rights import leaves_an_admin


def refuse_last_admin(person: User) -> None:
    if not leaves_an_admin(without={person.pk}):
        raise ValidationError(_("This is the last admin who can log in. Make another one first."))


class PersonAdminForm(UserChangeForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        values = self.cleaned_data
        if not all(values.get(name, True) for name in ("is_active", "is_superuser")):
            refuse_last_admin(self.instance)
        return cleaned


class PasswordAdminForm(PasswordByOtherForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("set_usable_password") is False:
            refuse_last_admin(self.user)
        return cleaned

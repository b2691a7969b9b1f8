"""Forms of signing in, and of passwords."""

from collections.abc import Mapping
from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from allauth.core import context
from django import forms
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inbox.accounts import limited
from inbox.models import User
from inbox.services.people import account_mails, sign_in


class SignInForm(LoginForm):  # type: ignore[misc]
    """Takes a username or an email address."""

    def add_prefix(self, field_name: str) -> str:
        """The field that password managers know."""
        return "username" if field_name == "login" else str(super().add_prefix(field_name))

    def user_credentials(self) -> Mapping[str, str]:
        name = sign_in.name_of(self.cleaned_data["login"])
        return {"username": name, "password": self.cleaned_data["password"]}


def _labelled(form: forms.Form, labels: Mapping[str, Any]) -> None:
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].widget.attrs.pop("placeholder", None)
    form.label_suffix = ""


NEW_PASSWORD = {"password1": _("New password"), "password2": _("New password again")}


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]
    """Limits attempts here too: an open browser must not allow guessing the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _labelled(self, {"oldpassword": _("Current password")} | NEW_PASSWORD)
        self.fields["oldpassword"].help_text = ""

    def clean_oldpassword(self) -> str:
        with limited(context.request, self.user.get_username()) as tried:
            old: str = super().clean_oldpassword()
            sign_in.succeed(tried)
        return old


class ResetForm(ResetPasswordForm):  # type: ignore[misc]
    """Has a link mailed to the person with this address, if there is one.

    A worker makes the link: nothing in between knows it, and the page takes as long for an address
    that nobody has.
    """

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        for user in User.objects.filter(email__iexact=email, is_active=True):
            account_mails.ask_for_reset(user)
        return email


class ChoosePasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _labelled(self, NEW_PASSWORD)


class PasswordByOtherForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """A password that its owner has to change at the next login."""

    def save(self, commit: bool = True) -> User:
        self.user.must_change_password = True
        user: User = super().save(commit)
        return user

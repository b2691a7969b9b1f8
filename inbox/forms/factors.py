"""Forms that take a code of a second factor."""

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from django.core.exceptions import ValidationError

from inbox.accounts import Step, limited
from inbox.services.people import factors, sign_in


class LimitedCode:
    """Limits codes in the database, as passwords; each works once."""

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]  # type: ignore[attr-defined]
        user = self.user  # type: ignore[attr-defined]
        with limited(context.request, user.get_username(), Step.CODE) as tried:
            found = factors.find_by_code(user, code)
            if found is None:
                error: ValidationError = get_adapter().validation_error("incorrect_code")
                raise error
            sign_in.succeed(tried)
        found.user = user
        self.authenticator = found
        return code


class AuthenticateForm(LimitedCode, forms.AuthenticateForm):  # type: ignore[misc]
    """At login."""


class ReauthenticateForm(LimitedCode, forms.ReauthenticateForm):  # type: ignore[misc]
    """Asked again."""

"""Forms that check a current password: both sign-ins, and the change of password."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.http import HttpRequest

from helpdesk.client_address import client_address
from inbox.models import User
from inbox.services.people import sign_in


@contextmanager
def limited(request: HttpRequest, name: str) -> Iterator[None]:
    """Wraps a password check, which failed if it raises; raises LoginRefused before it."""
    devices = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    with sign_in.attempt(name, address=client_address(request), devices=devices) as tried:
        yield
        sign_in.succeed(tried)


class SignInForm(AuthenticationForm):
    def clean(self) -> dict[str, Any]:
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if self.request is None or not name or not password:
            return super().clean()
        with limited(self.request, name):
            return super().clean()


class AdminSignInForm(SignInForm, AdminAuthenticationForm):
    """The administration's sign-in, for staff only."""


class PasswordForm(PasswordChangeForm):
    """Limits attempts here too: an open browser must not allow guessing the password."""

    def __init__(self, user: User, data: Any = None, *, request: HttpRequest, **more: Any) -> None:
        super().__init__(user, data, label_suffix="", **more)
        self.request = request

    def clean_old_password(self) -> str:
        with limited(self.request, self.user.get_username()):
            old: str = super().clean_old_password()
        return old

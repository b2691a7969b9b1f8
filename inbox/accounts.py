"""What the desk decides for allauth: limits before a password is hashed, mails, and messages."""

from contextlib import AbstractContextManager
from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from helpdesk.client_address import client_address
from inbox.models import SignInAttempt, User
from inbox.services.people import account_mails, factors, sign_in

Step = SignInAttempt.Step
# What is told after a change; all else that allauth would say shows itself.
TOLD = {
    "account/messages/password_changed.txt": _("Your password was changed."),
    "mfa/messages/totp_activated.txt": _("Your authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("Your authenticator app was removed."),
    "mfa/messages/webauthn_added.txt": _("Your passkey is set up."),
    "mfa/messages/webauthn_removed.txt": _("Your passkey was removed."),
}
NAME = "Helpdesk"


def limited(
    request: HttpRequest, name: str, step: Step = Step.PASSWORD
) -> AbstractContextManager[SignInAttempt]:
    """An attempt at the person's password or code, from the request's browser."""
    devices = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    return sign_in.attempt(name, address=client_address(request), devices=devices, step=step)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("The username or the password is wrong."),
        "incorrect_password": _("The password is wrong."),
        "enter_current_password": _("The password is wrong."),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """The limits are around `authenticate`."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Raises LoginRefused instead of checking the password of somebody who is limited."""
        with limited(request, credentials["username"]) as tried:
            user: User | None = super().authenticate(request, **credentials)
            if user:
                sign_in.succeed(tried)
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        found = self.authenticate(self.request, username=user.username, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str = "") -> bool:
        """The gate has asked, before the form was shown: allauth keeps no form in the session."""
        return False

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """The desk's pages get pages."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "unknown"

    def set_password(self, user: User, password: str) -> None:
        """A password of one's own choice."""
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        if words := message or TOLD.get(message_template or ""):
            messages.add_message(request, level, words)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        account_mails.ask_for(template_prefix.rpartition("/")[2], user)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is wrong, or was used before. Wait for the next one."),
    }

    def encrypt(self, text: str) -> str:
        return factors.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factors.unseal(encrypted_text)

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def generate_authenticator_name(self, user: User, type: str) -> str:
        return gettext("Passkey %(n)s") % {"n": factors.count(user, type) + 1}

    def build_totp_svg(self, url: str) -> str:
        """The page draws it: a picture in an address is refused by the content security policy."""
        return ""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": passkey_host(context.request), "name": NAME}


def passkey_host(request: HttpRequest) -> str:
    """The name that passkeys belong to: whoever comes by another one can't use them."""
    return urlsplit(settings.DESK_URL or f"//{request.get_host()}").hostname or ""

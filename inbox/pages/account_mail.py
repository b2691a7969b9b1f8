"""Mails about a person's own account."""

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.models import User

# What has happened, by the name that allauth gives it.
NEWS = {
    "password_changed": gettext_lazy("Your password was changed."),
    "password_reset": gettext_lazy("Your password was changed."),
    "totp_activated": gettext_lazy("An authenticator app was set up for your account."),
    "totp_deactivated": gettext_lazy("The authenticator app of your account was removed."),
    "webauthn_added": gettext_lazy("A passkey was set up for your account."),
    "webauthn_removed": gettext_lazy("A passkey of your account was removed."),
    "recovery_codes_generated": gettext_lazy("Your account got new recovery codes."),
}


def write(kind: str, user: User) -> EmailMessage | None:
    """In the person's language; None for news that the desk doesn't mail."""
    with translation.override(user.offered_language or settings.LANGUAGE_CODE):
        if kind == "reset":
            return _reset(user)
        return _news(str(NEWS[kind]), user) if kind in NEWS else None


def write_invitation(person: User, by: User, token: str) -> EmailMessage:
    """In the language of who invited: the person's own is not known yet."""
    with translation.override(by.offered_language or settings.LANGUAGE_CODE):
        words = _(
            "%(name)s invites you to Helpdesk. Use this link within seven days to choose your "
            "password. It works once."
        ) % {"name": by.display_name}
        path = reverse("invitation", args=[token])
        return mail_to(person, _("Your invitation to Helpdesk"), words, link(path))


def link(path: str) -> str:
    return f"{settings.DESK_URL.rstrip('/')}{path}"


def _reset(user: User) -> EmailMessage:
    if not user.has_usable_password():
        words = _("You have no password here. Log in the way your company set up.")
        return mail_to(user, _("Log in to Helpdesk"), words, link(reverse("account_login")))
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    path = reverse("account_reset_password_from_key", kwargs=key)
    words = _(
        "Your username is %(name)s. Use this link within an hour to choose a new password. "
        "If you didn't ask for it, ignore this mail: your password stays as it is."
    ) % {"name": user.get_username()}
    return mail_to(user, _("Choose a new password"), words, link(path))


def _news(words: str, user: User) -> EmailMessage:
    advice = _("If this wasn't you, tell your admin now.")
    return mail_to(user, words, f"{words} {advice}", link(reverse("inbox")))


def mail_to(user: User, subject: str, words: str, url: str) -> EmailMessage:
    """A mail of one text and one link."""
    greeting = _("Hello %(name)s,") % {"name": user.display_name}
    context = {"greeting": greeting, "words": words, "url": url}
    return EmailMessage(
        subject=subject,
        body=render_to_string("account/mail.txt", context),
        to=[user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )

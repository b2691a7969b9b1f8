"""Sends mails about people's own accounts."""

import logging
from collections.abc import Callable
from smtplib import SMTPException

from django.core.mail import EmailMessage

from inbox.models import User
from inbox.services.mails.sending import NotSentError, send

log = logging.getLogger(__name__)

Writer = Callable[[str, User], EmailMessage | None]


def send_news(kind: str, pk: int, write: Writer) -> None:
    """Mail it to the person, if they still work here. They can ask for it again."""
    user = User.objects.filter(pk=pk, is_active=True).exclude(email="").first()
    mail = write(kind, user) if user else None
    if mail is None:
        return
    try:
        send(mail)
    except (NotSentError, SMTPException, OSError):
        log.warning("a mail about an account was not sent", extra={"user": pk})

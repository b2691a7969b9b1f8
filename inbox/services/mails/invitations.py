"""Mails invitations, and notes on each how its mail ended."""

from collections.abc import Callable
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from inbox.models import Invitation, User
from inbox.services.mails.sending import NotSentError, send
from inbox.services.people import invitations

Writer = Callable[[User, User, str], EmailMessage]

NOT_KNOWN = gettext_noop("The mail server gave no answer. The mail may not have arrived.")


def send_invitation(person_pk: int, write: Writer) -> None:
    """Of somebody who is still invited. `write` gets the person, who invited, and the token."""
    made = invitations.make_mailed_link(person_pk)
    if made is None:
        return
    invitation, token = made
    rows = Invitation.objects.filter(pk=invitation.pk)
    try:
        send(write(invitation.person, invitation.by, token))
    except NotSentError as error:
        rows.update(failure=error.words)
    except (SMTPException, OSError):
        rows.update(failure=NOT_KNOWN)
    else:
        rows.update(sent_at=Now(), failure="")

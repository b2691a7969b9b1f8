"""Whether people may log in: deactivated people see and get nothing, and keep what is theirs."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.models import Invitation, User
from inbox.services.people.rights import leaves_an_admin


class NotDeactivated(Exception):
    """The text says why."""


@transaction.atomic
def deactivate(person: User, *, by: User) -> None:
    """End the person's sessions, and their part in round robin, which asks only active people."""
    if person == by:
        raise NotDeactivated(_("You can't deactivate yourself. Ask another admin."))
    if not leaves_an_admin(without={person.pk}):
        raise NotDeactivated(_("This is the last admin who can log in. Make another one first."))
    person.is_active = False
    person.save(update_fields=["is_active"])
    shut_out(person)


def activate(person: User) -> None:
    person.is_active = True
    person.save(update_fields=["is_active"])


def shut_out(person: User) -> None:
    """Log the person out everywhere, and void their invitation.

    A session says only inside whose it is.
    """
    Invitation.objects.filter(person=person).delete()
    current = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [
        one.pk for one in current.iterator() if one.get_decoded().get(SESSION_KEY) == str(person.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()

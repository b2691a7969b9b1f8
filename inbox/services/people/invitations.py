"""Invitations to choose a first password, by a link that works once and for some days.

A link that is mailed is made by the worker that sends it, another one where it is shown to who
invited: nothing in between knows them, and the database has their hashes.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from inbox.models import Invitation, User
from inbox.services import audit
from inbox.services.people import account_mails, directory

LASTS = timedelta(days=7)
LONGEST_NAME = 140
NO_WORKER = gettext_noop("The mail could not be handed over for sending.")


@transaction.atomic
def add_person(person: User, groups: Iterable[Group], *, by: User) -> None:
    """Store somebody new who can't log in yet, and invite them."""
    person.username = _free_username(person.email)
    person.set_unusable_password()
    person.save()
    person.groups.add(*groups)
    invite(person, by=by)


@transaction.atomic
def invite(person: User, *, by: User) -> None:
    """Links of an earlier invitation no longer work. `mail` sends the new one."""
    Invitation.objects.filter(person=person).delete()
    Invitation.objects.create(person=person, by=by, email=person.email)
    audit.record(audit.Kind.INVITED, by=by, about=person)


def mail(person: User) -> None:
    """Have a worker mail it, if the desk sends mails."""
    if account_mails.are_sent() and not account_mails.ask_for_invitation(person):
        Invitation.objects.filter(person=person).update(failure=NO_WORKER)


def may_be_invited(person: User) -> bool:
    """Whether this is somebody with an address who has never logged in."""
    is_new = person.last_login is None and not person.has_usable_password()
    return bool(person.is_active and is_new and person.email)


def make_mailed_link(person_pk: int) -> tuple[Invitation, str] | None:
    """The person's invitation, and a new token of it for a mail; None if there is none."""
    found = Invitation.objects.filter(person=person_pk).select_related("person").first()
    if found is None or not _is_open(found):
        return None
    token = _new_token()
    rows = Invitation.objects.filter(pk=found.pk)
    return (found, token) if rows.update(mailed_hash=_hash(token)) else None


@transaction.atomic
def make_shown_link(person: User, *, by: User) -> str | None:
    """A token for who invited the person, once; else None."""
    token = _new_token()
    rows = Invitation.objects.filter(person=person, by=by, shown_hash="", at__gt=Now() - LASTS)
    if not rows.update(shown_hash=_hash(token)):
        return None
    audit.record(audit.Kind.LINK_SHOWN, by=by, about=person)
    return token


def find(token: str) -> User | None:
    """Whom this link invites; None if it is used, void or too old."""
    found = _with_token(token)
    return found.person if found and _is_open(found) else None


@transaction.atomic
def accept(token: str, *, password: str, first_name: str, last_name: str) -> User | None:
    """Use the invitation up and set the person's password and names; None if it is not open."""
    found = _with_token(token, is_locked=True)
    if found is None or not _is_open(found):
        return None
    person = found.person
    found.delete()
    person.first_name, person.last_name = first_name, last_name
    person.set_password(password)
    person.save(update_fields=["first_name", "last_name", "password"])
    return person


def _with_token(token: str, *, is_locked: bool = False) -> Invitation | None:
    hashed = _hash(token)
    rows = Invitation.objects.filter(Q(mailed_hash=hashed) | Q(shown_hash=hashed))
    if is_locked:
        rows = rows.select_for_update(of=("self",))
    return rows.filter(at__gt=Now() - LASTS).select_related("person", "by").first()


def _is_open(invitation: Invitation) -> bool:
    """Not if the person has another address now, or rights that who invited them can't give."""
    by, person = invitation.by, invitation.person
    if person.email != invitation.email or not may_be_invited(person):
        return False
    return by.is_active and directory.find_editable(by).filter(pk=person.pk).exists()


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _free_username(email: str) -> str:
    """What stands before the @, with a number if somebody has it."""
    name = re.sub(r"[^\w.+-]", "", email.partition("@")[0])[:LONGEST_NAME] or "person"
    taken = {
        one.casefold()
        for one in User.objects.filter(username__istartswith=name).values_list(
            "username", flat=True
        )
    }
    numbered = (f"{name}{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (name, *numbered) if one.casefold() not in taken)

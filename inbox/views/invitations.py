"""Inviting people, and accepting an invitation."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from inbox.forms.invitations import AcceptForm, InviteForm
from inbox.htmx import DeskRequest
from inbox.models import User
from inbox.pages import account_mail
from inbox.services.people import account_mails, directory, invitations
from inbox.views.people import FORM_METHODS, get_editable, require_editor, show
from inbox.views.sign_in import door


@require_http_methods(FORM_METHODS)
def new(request: DeskRequest) -> HttpResponse:
    require_editor(request)
    if not directory.may_invite(request.user):
        raise PermissionDenied
    form = InviteForm(
        request.POST or None,
        offered=directory.find_editable_teams(request.user),
        needs_team=not directory.may_manage_people(request.user),
    )
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "sends_mail": account_mails.are_sent()}
        status = 422 if request.method == "POST" else 200
        return render(request, "inbox/people/new.html", context, status=status)
    person = form.save(commit=False)
    invitations.add_person(person, form.cleaned_data["teams"], by=request.user)
    return _mailed(request, person)


@require_POST
def invite_again(request: DeskRequest, pk: int) -> HttpResponse:
    """The link before it no longer works."""
    person = _get_invitable(request, pk)
    invitations.invite(person, by=request.user)
    return _mailed(request, person)


@require_POST
@never_cache
def show_link(request: DeskRequest, pk: int) -> HttpResponse:
    """Once, to who invited."""
    person = _get_invitable(request, pk)
    token = invitations.make_shown_link(person, by=request.user)
    if token is None:
        words = _("This link was shown before, or is too old. Invite the person again.")
        return show(request, person, trouble=words)
    path = reverse("invitation", args=[token])
    link = account_mail.link(path) if settings.DESK_URL else request.build_absolute_uri(path)
    return render(request, "inbox/people/link.html", {"person": person, "link": link})


@door
@require_http_methods(FORM_METHODS)
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """May be looked at any number of times: only the form uses the link up.

    The desk's referrer policy tells the address to no other site. "no-referrer" would have
    browsers hide where the form comes from, and forms from nowhere are refused.
    """
    person = invitations.find(token)
    if person is None:
        return render(request, "account/invitation_over.html", status=410)
    names = {"first_name": person.first_name, "last_name": person.last_name}
    form = AcceptForm(request.POST or None, user=person, initial=names)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        context = {"form": form, "person": person}
        return render(request, "account/invitation.html", context, status=status)
    joined = invitations.accept(
        token,
        password=form.cleaned_data["password1"],
        first_name=form.cleaned_data["first_name"],
        last_name=form.cleaned_data["last_name"],
    )
    if joined is None:
        return render(request, "account/invitation_over.html", status=410)
    return _log_in(request, joined)


def _log_in(request: HttpRequest, person: User) -> HttpResponse:
    """As with a password: what is demanded of the person beside it is asked for."""
    if request.user.is_authenticated:
        logout(request)
    response: HttpResponse = perform_password_login(
        request, {"username": person.get_username()}, Login(user=person)
    )
    return response


def _get_invitable(request: DeskRequest, pk: int) -> User:
    person = get_editable(request, pk)
    if not directory.may_invite(request.user) or not invitations.may_be_invited(person):
        raise PermissionDenied
    return person


def _mailed(request: DeskRequest, person: User) -> HttpResponse:
    invitations.mail(person)
    messages.success(request, _("%s is invited.") % person.display_name)
    return redirect("person", person.pk)

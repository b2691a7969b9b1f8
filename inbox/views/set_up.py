"""Connecting marketplaces: four steps, each stored, so that a set-up can be left and resumed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inbox.forms.access import MemberForm, marketplace_access
from inbox.forms.connections import AccountForm, ConnectionForm
from inbox.htmx import DeskRequest, render_page
from inbox.models import Marketplace
from inbox.pages import connections
from inbox.pages.connections import StepPage, list_steps, may_add, may_manage
from inbox.pages.viewer import Viewer
from inbox.services.marketplaces import connecting, connection_check
from inbox.services.people import directory, teams
from inbox.services.people.rights import rights_to_give

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
def list_connections(request: DeskRequest) -> HttpResponse:
    require_lead_or_manager(request)
    page = connections.connections_page(request.viewer)
    return render(request, "inbox/connections/list.html", {"page": page})


@require_safe
def show(request: DeskRequest, marketplace: str) -> HttpResponse:
    current = get_connection(request, marketplace)
    page = connections.connection_page(request.viewer, current)
    return render(request, "inbox/connections/show.html", {"page": page})


@require_http_methods(FORM_METHODS)
def new(request: DeskRequest) -> HttpResponse:
    require_lead_or_manager(request)
    if not may_add(request.viewer):
        raise PermissionDenied
    return set_address(request, Marketplace())


@require_http_methods(FORM_METHODS)
def address(request: DeskRequest, marketplace: str) -> HttpResponse:
    return set_address(request, get_managed(request, marketplace))


@require_http_methods(FORM_METHODS)
def credentials(request: DeskRequest, marketplace: str) -> HttpResponse:
    current = get_managed(request, marketplace)
    form = AccountForm(request.POST or None, instance=current)
    if request.method == "POST" and form.is_valid():
        connecting.save_connection(current, changed=form.changed_data, secret=form.secret)
        return redirect("connection-test", current.slug)
    return render_step(request, "credentials", current, form=form)


@require_http_methods(FORM_METHODS)
def test(request: DeskRequest, marketplace: str) -> HttpResponse:
    """POST calls the marketplace, and shows what it allows."""
    current = get_managed(request, marketplace)
    if not current.sealed_credential:
        return redirect("connection-credentials", current.slug)
    is_asked = request.method == "POST"
    check = connection_check.check_connection(current) if is_asked else None
    page = StepPage(current, list_steps("connection-test", current), check=check)
    return render_page(request, "inbox/connections/test.html", {"page": page}, partial="result")


@require_http_methods(FORM_METHODS)
def people(request: DeskRequest, marketplace: str) -> HttpResponse:
    """Who works there. The last step of a set-up also switches the marketplace on."""
    current, data = get_connection(request, marketplace), request.POST or None
    rights = rights_to_give(request.user)
    formset = marketplace_access(current, rights, data)
    offered = directory.find_editable(request.user).filter(is_active=True)
    members = MemberForm(data, people=offered, rights=rights, place=current)
    if request.method == "POST" and formset.is_valid() and members.is_valid():
        with transaction.atomic():
            formset.save()
            if person := members.cleaned_data["person"]:
                teams.set_role(person, current, members.cleaned_data["member_role"])
        return finish(request, current)
    return render_step(request, "people", current, form=formset, members=members)


@require_POST
def switch(request: DeskRequest, marketplace: str) -> HttpResponse:
    current = get_managed(request, marketplace)
    connecting.switch(current, is_active=request.POST.get("on") == "1")
    told = _("%s is switched on.") if current.is_active else _("%s is switched off.")
    messages.success(request, told % current)
    return redirect("connection", current.slug)


def finish(request: DeskRequest, current: Marketplace) -> HttpResponse:
    """After the people: to the history of a marketplace that is new."""
    if not (may_manage(request.viewer) and connecting.is_unfinished(current)):
        messages.success(request, _("Access was saved."))
        return redirect("connection", current.slug)
    connecting.switch(current, is_active=True)
    messages.success(request, _("%s is connected.") % current)
    is_seen = Viewer(request.user).find(current.slug) is not None
    return redirect("history" if is_seen and current.is_in_inbox else "connection", current.slug)


def set_address(request: DeskRequest, current: Marketplace) -> HttpResponse:
    is_new = current.pk is None
    form = ConnectionForm(request.POST or None, instance=current)
    if request.method == "POST" and form.is_valid():
        if is_new:
            connecting.begin_connection(current)
        else:
            connecting.save_connection(current, changed=form.changed_data)
        is_begun = connecting.is_unfinished(current)
        return redirect("connection-credentials" if is_begun else "connection", current.slug)
    return render_step(request, "address", None if is_new else current, form=form)


def render_step(
    request: DeskRequest,
    step: str,
    current: Marketplace | None,
    *,
    form: object,
    members: object = None,
) -> HttpResponse:
    """The steps are shown to those who may take them all."""
    is_managed = current is None or may_manage(request.viewer)
    steps = list_steps(f"connection-{step}", current) if is_managed else []
    page = StepPage(current, steps, form=form, members=members)
    status = 422 if request.method == "POST" else 200
    return render(request, f"inbox/connections/{step}.html", {"page": page}, status=status)


def require_lead_or_manager(request: DeskRequest) -> None:
    if not (may_manage(request.viewer) or request.viewer.leads_anywhere):
        raise Http404


def get_connection(request: DeskRequest, slug: str) -> Marketplace:
    """For managers any marketplace, also one that is switched off; for leads one of theirs."""
    if may_manage(request.viewer):
        return get_object_or_404(Marketplace, slug=slug)
    found = request.viewer.find(slug)
    if found is None or not request.viewer.leads(found):
        raise Http404
    return found


def get_managed(request: DeskRequest, slug: str) -> Marketplace:
    current = get_connection(request, slug)
    if not may_manage(request.viewer):
        raise PermissionDenied
    return current

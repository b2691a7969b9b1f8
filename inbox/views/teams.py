"""Groups of people, and their roles on marketplaces."""

from django.contrib import messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from inbox.forms.access import group_access
from inbox.forms.people import TeamForm
from inbox.htmx import DeskRequest
from inbox.pages.people import TeamPage, marketplaces_to_give, teams_page
from inbox.services.people import directory
from inbox.services.people.rights import rights_to_give
from inbox.views.people import FORM_METHODS, require_editor


@require_safe
def list_teams(request: DeskRequest) -> HttpResponse:
    require_editor(request)
    return render(request, "inbox/people/teams.html", {"page": teams_page(request.viewer)})


@require_http_methods(FORM_METHODS)
def new(request: DeskRequest) -> HttpResponse:
    require_editor(request)
    if not directory.may_manage_people(request.user):
        raise PermissionDenied
    return edited(request, Group())


@require_http_methods(FORM_METHODS)
def edit(request: DeskRequest, pk: int) -> HttpResponse:
    require_editor(request)
    group = get_object_or_404(directory.find_teams(request.user), pk=pk)
    if not directory.find_editable_teams(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return edited(request, group)


def edited(request: DeskRequest, group: Group) -> HttpResponse:
    data = request.POST or None
    people = directory.find_editable(request.user).filter(is_active=True)
    form = TeamForm(data, instance=group, people=people)
    access = group_access(
        group,
        rights_to_give(request.user),
        places=marketplaces_to_give(request.viewer),
        data=data,
    )
    if request.method == "POST" and form.is_valid() and access.is_valid():
        with transaction.atomic():
            form.save()
            form.save_members()
            access.save()
        messages.success(request, _("%s was saved.") % group.name)
        return redirect("teams")
    page = TeamPage(group if group.pk else None, form, access)
    status = 422 if request.method == "POST" else 200
    return render(request, "inbox/people/team.html", {"page": page}, status=status)

"""Saved views of the inbox: the user's own and shared ones."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from inbox.access import desk_page
from inbox.forms.saved_views import RenameForm, SavedViewForm
from inbox.htmx import DeskRequest
from inbox.models import SavedView
from inbox.pages.saved_views import saved_views_page

PAGE = "inbox/saved_views.html"


@require_safe
@desk_page
def saved_views(request: DeskRequest) -> HttpResponse:
    return render_views(request)


@require_POST
@desk_page
def save_view(request: DeskRequest) -> HttpResponse:
    """Save the filters of a list under a name."""
    form = SavedViewForm(
        request.POST,
        marketplaces=request.viewer.in_inbox,
        user=request.user,
        instance=SavedView(owner=request.user),
    )
    if not form.is_valid():
        return render_views(request, form, status=422)
    return redirect(form.save().get_absolute_url())


@require_POST
def rename_view(request: DeskRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.editable_by(request.user), pk=pk)
    form = RenameForm(request.POST, user=request.user, instance=view)
    if not form.is_valid():
        return render_views(request, form, status=422)
    form.save()
    return redirect("saved-views")


@require_POST
def delete_view(request: DeskRequest, pk: int) -> HttpResponse:
    get_object_or_404(SavedView.objects.editable_by(request.user), pk=pk).delete()
    return redirect("saved-views")


def render_views(
    request: DeskRequest, form: SavedViewForm | RenameForm | None = None, status: int = 200
) -> HttpResponse:
    page = saved_views_page(request.viewer, form)
    return render(request, PAGE, {"page": page}, status=status)

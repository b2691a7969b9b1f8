"""The user's own settings and password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from inbox.access import desk_page
from inbox.dates import time_zones
from inbox.forms.profile import ProfileForm
from inbox.forms.sign_in import PasswordForm
from inbox.htmx import DeskRequest
from inbox.models import Marketplace
from inbox.services.people import profiles
from inbox.services.people.sign_in import LoginRefused
from inbox.views.sign_in import status_of, words_for


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def profile(request: DeskRequest) -> HttpResponse:
    marketplaces = list(Marketplace.objects.answerable_by(request.user))
    form = ProfileForm(request.POST or None, user=request.user, marketplaces=marketplaces)
    if form.is_valid():
        profiles.save_settings(form.instance, signatures=form.signatures)
        messages.success(request, _("Your settings were saved."))
        return redirect("profile")
    return render_form(request, "inbox/profile.html", form)


@require_POST
@desk_page
def zone(request: DeskRequest) -> HttpResponse:
    """Takes the browser's time zone, `first` without one chosen, and reloads pages in another."""
    name = request.POST.get("time_zone", "")
    if name not in time_zones():
        return HttpResponse(status=422)
    is_first = "first" in request.POST
    response = HttpResponse(status=204)
    if name != timezone.get_current_timezone_name():
        response["HX-Refresh"] = "true"
    profiles.set_time_zone(request.user, name, is_first=is_first)
    if not is_first:
        messages.success(
            request, _("Times are now shown in %(zone)s time.") % {"zone": name.replace("_", " ")}
        )
    return response


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def password(request: DeskRequest) -> HttpResponse:
    form = PasswordForm(request.user, request.POST or None, request=request)
    try:
        is_valid = form.is_valid()
    except LoginRefused as refusal:
        return not_now(request, refusal)
    if is_valid:
        # Ends the user's other sessions, but not this one.
        update_session_auth_hash(request, form.save())
        messages.success(request, _("Your password was changed."))
        return redirect("profile")
    return render_form(request, "inbox/password.html", form)


def not_now(request: DeskRequest, refusal: LoginRefused) -> HttpResponse:
    context = {
        "form": PasswordForm(request.user, request=request),
        "refusal": words_for(refusal),
    }
    response = render(request, "inbox/password.html", context, status=status_of(refusal))
    response["Retry-After"] = str(refusal.seconds)
    return response


def render_form(request: DeskRequest, template: str, form: Any) -> HttpResponse:
    context = {"form": form}
    return render(request, template, context, status=422 if form.is_bound else 200)

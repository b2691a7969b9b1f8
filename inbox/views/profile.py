"""The user's own settings."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from inbox.access import desk_page
from inbox.dates import are_alike, city_of, time_zones
from inbox.forms.profile import ProfileForm
from inbox.htmx import DeskRequest
from inbox.models import Marketplace
from inbox.services.people import profiles


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
    """The browser's time zone: taken if none is chosen, or if asked for; else offered if its clocks
    differ. A cookie keeps what was settled; pages in another zone reload."""
    here, desk = request.POST.get("time_zone", ""), timezone.get_current_timezone_name()
    if here not in time_zones():
        return HttpResponse(status=422)
    answer = request.POST.get("answer", "")
    is_taken = answer == "use" or not request.user.time_zone
    is_settled = request.COOKIES.get("zone") == f"{here} {desk}" or are_alike(here, desk)
    if not (is_taken or is_settled or answer == "keep"):
        offer = {"browser": here.replace("_", " "), "city": city_of(here), "desk": city_of(desk)}
        return render(request, "inbox/_zone.html", {"offer": offer, "here": here})
    response = HttpResponse()
    if is_taken:
        take_zone(request, here)
    if is_taken and here != desk:
        response["HX-Refresh"] = "true"
    keep_in_browser(response, "zone", f"{here} {here if is_taken else desk}")
    return response


def take_zone(request: DeskRequest, name: str) -> None:
    is_first = not request.user.time_zone
    profiles.set_time_zone(request.user, name, is_first=is_first)
    if not is_first:
        messages.success(
            request, _("Times are now shown in %(zone)s time.") % {"zone": name.replace("_", " ")}
        )


@require_POST
@desk_page
def sidebar(request: DeskRequest) -> HttpResponse:
    """Keeps the sidebar narrow or wide: the next page is laid out so from its start."""
    response = HttpResponse(status=204)
    keep_in_browser(response, "sidebar", "narrow" if "narrow" in request.POST else "wide")
    return response


def keep_in_browser(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=timedelta(days=365),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def render_form(request: DeskRequest, template: str, form: Any) -> HttpResponse:
    context = {"form": form}
    return render(request, template, context, status=422 if form.is_bound else 200)

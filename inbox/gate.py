"""What a person has to do before they may go on.

All views are closed until it is done, but those that do it.
"""

import time
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from inbox.htmx import DeskRequest, redirect_to
from inbox.services.people import duties, factors
from inbox.services.people.duties import Duty

CHANGE_PASSWORD = "account_change_password"  # noqa: S105
# Pages that ask who somebody is.
ASKING = {"account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
SET_UP = {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn"}
# Shown to somebody who has proved just now who they are.
GUARDED = {
    *("mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_remove_webauthn"),
    *("mfa_generate_recovery_codes", "mfa_view_recovery_codes"),
    # Credentials, people and roles
    *("connection-new", "connection", "connection-address", "connection-credentials"),
    *("connection-people", "person", "person-roles", "person-teams", "person-activate"),
    *("person-deactivate", "person-new", "person-invite", "person-link", "team-new", "team"),
    *("privacy-erase", "privacy-export"),
}
# Of the administration: people, their rights, and credentials.
GUARDED_ADMIN = (
    *("admin:inbox_user_", "admin:auth_user_", "admin:auth_group_", "admin:inbox_marketplace_"),
)
# Seconds in which a form that was shown may be filled in.
FILLING = 3600


class GateMiddleware:
    """Lets nobody past who has something to do first, or has to say again who they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, *_of_the_view: Any
    ) -> HttpResponseBase | None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        desk_request = cast(DeskRequest, request)
        name = request.resolver_match.view_name if request.resolver_match else ""
        if duty := duties.duty_of(desk_request.user, request.session):
            return _lead(desk_request, duty, name)
        return _ask_again(desk_request) if _is_guarded(name) else None


def _lead(request: DeskRequest, duty: Duty, name: str) -> HttpResponse | None:
    """To the page where it is done; None if this is one."""
    if duty == Duty.NEW_PASSWORD:
        return None if name == CHANGE_PASSWORD else redirect_to(request, reverse(CHANGE_PASSWORD))
    if name in ASKING:
        return None
    if factors.kinds_of(request.user):
        return redirect_to(request, _asking_page(request))
    if name not in SET_UP:
        return redirect_to(request, reverse("mfa_index"))
    return _ask_again(request) if _is_guarded(name) else None


def _is_guarded(name: str) -> bool:
    return name in GUARDED or name.startswith(GUARDED_ADMIN)


def _ask_again(request: DeskRequest) -> HttpResponse | None:
    """None if the user has proved lately who they are."""
    is_shown = request.method in ("GET", "HEAD")
    known_for = settings.ASK_AGAIN_SECONDS + (0 if is_shown else FILLING)
    proofs = duties.authentications(request.user, request.session)
    if not settings.ASK_AGAIN_SECONDS or (proofs and time.time() - proofs[-1]["at"] < known_for):
        return None
    if is_shown:
        return redirect_to(request, _asking_page(request))
    return render(request, "account/asked_again.html", {"url": _asking_page(request)}, status=422)


def _asking_page(request: DeskRequest) -> str:
    """Where the user proves who they are, with the way back."""
    query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    page = reverse(_best_proof(request))
    return f"{page}?{query}" if query else page


def _best_proof(request: DeskRequest) -> str:
    kinds = factors.kinds_of(request.user)
    if "webauthn" in kinds and "totp" not in kinds:
        return "mfa_reauthenticate_webauthn"
    return "mfa_reauthenticate" if kinds else "account_reauthenticate"

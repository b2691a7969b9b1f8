"""What a person has to do before they may go on."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from inbox.htmx import DeskRequest, redirect_to

CHANGE_PASSWORD = "account_change_password"  # noqa: S105


class GateMiddleware:
    """Lets nobody past who has to choose a password first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, *_of_the_view: Any
    ) -> HttpResponseBase | None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if request.user.must_change_password and name != CHANGE_PASSWORD:
            return redirect_to(cast(DeskRequest, request), reverse(CHANGE_PASSWORD))
        return None

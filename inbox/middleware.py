"""Middleware: the viewer's own settings, and the thread an answer is about."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from inbox.htmx import DeskRequest
from inbox.pages.viewer import Viewer


class ThreadMiddleware:
    """Sends the pk of the thread with each answer: a page that shows another thread drops it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if pk := getattr(request, "about_thread", None):
            response["X-Thread"] = str(pk)
        return response


class ViewerMiddleware:
    """Sets request.viewer, and activates the viewer's language and time zone.

    Without own settings, the browser's language and the server's time zone apply.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        desk_request = cast(DeskRequest, request)
        desk_request.viewer = Viewer(desk_request.user)
        # Threads are reused: the time zone is reset after each request.
        with timezone.override(None):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_of_the_view: Any) -> None:
        """Only for views that need a login: requests of machines make no query."""
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return
        user = request.user
        if language := user.offered_language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        if zone := user.zone:
            timezone.activate(zone)

"""Middleware: the viewer's own settings, sessions, who acts, and an answer's thread."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from helpdesk.client_address import client_address
from inbox.htmx import DeskRequest
from inbox.pages.viewer import Viewer
from inbox.services import audit
from inbox.services.people import sessions

# What open pages ask by themselves: no hand is needed for it.
POLLS = {
    *("bell", "changes", "changed-rows", "thread-now", "thread-presence", "zone", "outbox-count"),
    *("thread-draft", "form-draft"),
}


class ThreadMiddleware:
    """Sends the pk of the thread with each answer: a page that shows another thread drops it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if pk := getattr(request, "about_thread", None):
            response["X-Thread"] = str(pk)
        return response


class ActorMiddleware:
    """Lets the audit log know who does what a request does, and where from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def find_actor() -> audit.Actor:
            return audit.Actor(request.user.pk, client_address(request))

        with audit.acting(find_actor):
            return self.get_response(request)


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


class SessionUseMiddleware:
    """Notes when a session was last used by a person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_of_the_view: Any) -> None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return
        if request.resolver_match and request.resolver_match.view_name in POLLS:
            return
        sessions.record_use(
            cast(sessions.SessionStore, request.session),
            request.user,
            address=client_address(request),
            user_agent=request.headers.get("User-Agent", ""),
        )

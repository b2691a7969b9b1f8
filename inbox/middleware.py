"""What each person has set for themselves, in effect for their requests."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from inbox.dates import time_zones
from inbox.pages.viewer import Viewer


class ThreadMiddleware:
    """Each answer says which conversation it is about: a page that shows another one drops it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if pk := getattr(request, "about_thread", None):
            response["X-Thread"] = str(pk)
        return response


class ViewerMiddleware:
    """Makes the Viewer, and puts their language and their time zone in effect.

    Where they set none, the browser's and the server's hold.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = Viewer(request.user)  # type: ignore[attr-defined,arg-type]
        # What one request sets is undone before this thread's next one.
        with timezone.override(None):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_of_the_view: Any) -> None:
        """Only where somebody has to be logged in: what machines ask for all day asks no table."""
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return
        user = request.user
        if user.language in dict(settings.LANGUAGES):
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        if user.time_zone in time_zones():
            timezone.activate(ZoneInfo(user.time_zone))

"""Limits the size of request bodies by view, and refuses larger ones before reading them."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import ResolverMatch

from helpdesk.middleware import GetResponse

# Without a login, and for all other views.
SMALL = 64 * 1024
# A form of 50,000 characters takes up to 450 kB. A draft may hold 200,000 characters.
TEXT = 2 * 1024 * 1024
# Mirakl accepts 30 MB of files with a message.
FILES = 35 * 1000 * 1000

TAKES_TEXT = {
    *("thread-draft", "thread-canned-insert", "form-draft", "message-new", "reply-take-back"),
    *("note-new", "note", "canned-new", "canned-edit", "profile", "thread-close"),
}
TAKES_FILES = {
    *("thread-reply", "draft-files", "form-draft-files", "document-new"),
    *("thread-new", "operator-thread-new", "service-order-thread-new", "service-thread-new"),
}


class BodyLimitMiddleware:
    """Stands before the CSRF middleware, which reads the body."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, *_of_the_view: Any
    ) -> HttpResponse | None:
        size = _size_of(request)
        if size is None:
            return render(request, "411.html", status=411)
        if size <= SMALL:
            return None
        if request.resolver_match is None or size > largest_for(request.resolver_match):
            return render(request, "413.html", status=413)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return None


def largest_for(match: ResolverMatch) -> int:
    if match.view_name in TAKES_FILES:
        return FILES
    # People edit canned replies in the administration too.
    return TEXT if match.view_name in TAKES_TEXT or "admin" in match.namespaces else SMALL


def _size_of(request: HttpRequest) -> int | None:
    """Returns the announced length, or None for a chunked body."""
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return None
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return None

"""Answers for htmx: a whole page, or a fragment of it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from inbox.models import User
from inbox.pages.viewer import Viewer


class DeskRequest(HttpRequest):
    """A request that has passed the login and htmx middlewares."""

    htmx: HtmxDetails
    user: User
    viewer: Viewer
    # The pk of the thread that the answer is about, if any.
    about_thread: int | None


def wants_fragment(request: DeskRequest) -> bool:
    """True for an htmx request that is neither boosted nor a history restore."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def redirect_to(request: DeskRequest, url: str) -> HttpResponse:
    """A redirect of the page, also for an htmx request."""
    return HttpResponseClientRedirect(url) if wants_fragment(request) else redirect(url)


def render_page(
    request: DeskRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    partial: str,
    status: int = 200,
) -> HttpResponse:
    """The whole page, or the named partial for an htmx request."""
    name = f"{template}#{partial}" if wants_fragment(request) else template
    response = render(request, name, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response

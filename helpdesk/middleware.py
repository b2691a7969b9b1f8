"""What every request passes: an id for the log, and a way to the login page for htmx."""

import re
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from helpdesk.logs import request_id

GetResponse = Callable[[HttpRequest], HttpResponse]

# What a proxy sends goes to the log and back to the browser: nothing odd in it.
ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestIdMiddleware:
    """Take the proxy's X-Request-ID, or make one; the log and the answer carry it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        chosen = given if ACCEPTABLE_ID.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(chosen)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = chosen
        return response


class LoginForHtmxMiddleware:
    """Send the whole page to the login when a fragment's session has ended.

    A redirect would be followed by htmx, and put a login form where the fragment was.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not _is_sent_to_login(request, response):
            return response
        instead = HttpResponseClientRedirect(_login_for_current_page(request))
        patch_vary_headers(instead, ["HX-Request"])
        return instead


def _is_sent_to_login(request: HttpRequest, response: HttpResponse) -> bool:
    if not isinstance(response, HttpResponseRedirect) or "HX-Request" not in request.headers:
        return False
    return urlsplit(response.url).path == _login_path()


def _login_path() -> str:
    return urlsplit(redirect_to_login("").url).path


def _login_for_current_page(request: HttpRequest) -> str:
    current = urlsplit(request.headers.get("HX-Current-URL", ""))
    page = current._replace(scheme="", netloc="", fragment="").geturl()
    is_ours = page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    if not is_ours:
        page = resolve_url(settings.LOGIN_REDIRECT_URL)
    return redirect_to_login(page).url

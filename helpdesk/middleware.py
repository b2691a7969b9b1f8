"""Middleware: request ids, the log, security headers, and logging in again from htmx."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from helpdesk.logs import request_id
from helpdesk.metrics import REQUEST_SECONDS, REQUESTS

log = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

# Probes request these all day.
NOT_LOGGED = {"readyz", "metrics"}
# Static files, and URLs without a view.
NO_VIEW = "none"
METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}

# The desk uses no device of the browser.
NO_DEVICES = ", ".join(
    f"{device}=()"
    for device in (
        *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
        *("magnetometer", "microphone", "midi", "payment", "serial", "usb"),
    )
)

# The proxy's id goes to the log and back to the browser: allow only safe characters.
ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestIdMiddleware:
    """Takes the proxy's X-Request-ID or creates an id, for the log and the answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        chosen = given if ACCEPTABLE_ID.fullmatch(given) else uuid.uuid4().hex
        # Valid until this thread's next request: streamed downloads and Django log after this
        # point.
        request_id.set(chosen)
        response = self.get_response(request)
        response["X-Request-ID"] = chosen
        return response


class HealthMiddleware:
    """Answers /healthz for any host name, without session or database."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path != "/healthz":
            return self.get_response(request)
        return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})


class HeadersMiddleware:
    """Pages use no device, stand in no frame of another site, and are not stored on the browser's
    disk.

    Static files and downloads set their own caching.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Permissions-Policy", NO_DEVICES)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class CountingMiddleware:
    """Counts and logs each request by its view's name: URLs contain search terms."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = self.get_response(request)
        _note(request, response.status_code, time.monotonic() - began)
        return response


def _note(request: HttpRequest, status: int, seconds: float) -> None:
    match = request.resolver_match
    told = {
        "view": (match.view_name if match else "") or NO_VIEW,
        # A client can send any method. Each would create its own metric.
        "method": request.method if request.method in METHODS else "other",
        "status": status,
        "duration_ms": round(seconds * 1000),
    }
    REQUESTS.labels(told["view"], told["method"], status).inc()
    REQUEST_SECONDS.labels(told["view"]).observe(seconds)
    if told["view"] not in NOT_LOGGED and (match or status >= 400):
        log.info("%(method)s %(view)s: %(status)s, %(duration_ms)s ms", told, extra=told)


class NoNulMiddleware:
    """Removes NULs from queries and forms, and answers 404 to a path with one: PostgreSQL cannot
    store them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:
            raise Http404
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_of_the_view: Any) -> None:
        """Runs after the body limit and after the login check."""
        if any("\0" in text for _name, texts in request.POST.lists() for text in texts):
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]


def _without_nul(form: QueryDict) -> QueryDict:
    clean = form.copy()
    for name, texts in form.lists():
        clean.setlist(name, [text.replace("\0", "") for text in texts])
    return clean


class LoginMiddleware(LoginRequiredMiddleware):
    """Makes no database query for views without a login, so that probes work without a database."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        response = super().handle_no_permission(request, view_func)
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return response
        return HttpResponseRedirect(_say_it_ended(response.url))


class LoginForHtmxMiddleware:
    """Redirects the whole page to the login if the session ended before a fragment's request.

    htmx would follow a plain redirect and put the login form where the fragment was.
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
    return _say_it_ended(redirect_to_login(page).url)


def _say_it_ended(login: str) -> str:
    """Lets the login page say that the session has ended."""
    return f"{login}{'&' if '?' in login else '?'}ended=1"

"""What every request passes: an id and a line for the log, and for htmx a way to the login."""

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

# Machines ask for these all day.
NOT_LOGGED = {"readyz", "metrics"}
# Static files, and addresses that lead nowhere.
NO_VIEW = "none"
METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}

# The desk needs none of a browser's devices.
NO_DEVICES = ", ".join(
    f"{device}=()"
    for device in (
        *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
        *("magnetometer", "microphone", "midi", "payment", "serial", "usb"),
    )
)

# What a proxy sends goes to the log and back to the browser: nothing odd in it.
ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestIdMiddleware:
    """Take the proxy's X-Request-ID, or make one; the log and the answer carry it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        chosen = given if ACCEPTABLE_ID.fullmatch(given) else uuid.uuid4().hex
        # Until this thread's next request: a download streams, and Django logs, after we are done.
        request_id.set(chosen)
        response = self.get_response(request)
        response["X-Request-ID"] = chosen
        return response


class HealthMiddleware:
    """/healthz says that this process lives, whatever the host's name, the session and the rest."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path != "/healthz":
            return self.get_response(request)
        return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})


class HeadersMiddleware:
    """No page uses the device, is part of another site's, or stays behind on the browser's disk.

    Static files and downloads say themselves how long they may be kept.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", NO_DEVICES)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class CountingMiddleware:
    """Count and log each request by its view's name: addresses hold what people searched for."""

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
        # Anything can stand there, and each would be a row of figures.
        "method": request.method if request.method in METHODS else "other",
        "status": status,
        "duration_ms": round(seconds * 1000),
    }
    REQUESTS.labels(told["view"], told["method"], status).inc()
    REQUEST_SECONDS.labels(told["view"]).observe(seconds)
    if told["view"] not in NOT_LOGGED and (match or status >= 400):
        log.info("%(method)s %(view)s: %(status)s, %(duration_ms)s ms", told, extra=told)


class NoNulMiddleware:
    """PostgreSQL's text has no NUL: nothing is called so; in queries and forms it means nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:
            raise Http404
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_of_the_view: Any) -> None:
        """After the middleware that limits the body, and the one that asks for a login."""
        if any("\0" in text for _name, texts in request.POST.lists() for text in texts):
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]


def _without_nul(form: QueryDict) -> QueryDict:
    clean = form.copy()
    for name, texts in form.lists():
        clean.setlist(name, [text.replace("\0", "") for text in texts])
    return clean


class LoginMiddleware(LoginRequiredMiddleware):
    """Asks nothing of the database where no login is needed, so that probes do without one."""

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
    return _say_it_ended(redirect_to_login(page).url)


def _say_it_ended(login: str) -> str:
    """The login page tells whoever had been logged in that they are no longer."""
    return f"{login}{'&' if '?' in login else '?'}ended=1"

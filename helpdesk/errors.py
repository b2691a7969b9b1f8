"""Error pages that name the missing part, if it is known."""

import sys
from collections.abc import Iterator

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from psycopg import errors as postgresql

from helpdesk.storage import FULL
from helpdesk.time_outs import ReportTooSlowError

RETRY_AFTER_SECONDS = 5


def server_error(request: HttpRequest) -> HttpResponse:
    """Called by Django during exception handling. It uses neither the database nor the user."""
    return _missing_part(request, sys.exc_info()[1]) or render(request, "500.html", status=500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page looks like 404. Django refuses a foreign Host before the body limit applies.

    It also calls a request bad if its session could not be saved, for whatever reason.
    """
    refused = HttpResponse("<h1>Bad Request (400)</h1>", status=400)
    return _missing_part(request, exception) or refused


def _missing_part(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    if is_disk_full(error):
        words = _(
            "The server's disk is full, so nothing can be saved. Ask your admin to free up space."
        )
        return _told(request, words, 507)
    if any(isinstance(one, ReportTooSlowError) for one in _chain(error)):
        # Trying again would take as long.
        words = _(
            "This report takes too long, so it was stopped. Choose a shorter period or fewer "
            "marketplaces, or remove filters."
        )
        return _told(request, words, 503)
    if any(isinstance(one, OperationalError | InterfaceError) for one in _chain(error)):
        words = _("The database isn't responding. Try again in a moment.")
        # By a time-out that an administrator has set, or by hand.
        if any(isinstance(one, postgresql.QueryCanceled) for one in _chain(error)):
            words = _("The database stopped a query that took too long. Try again in a moment.")
        response = _told(request, words, 503)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    return None


def is_disk_full(error: BaseException | None) -> bool:
    """The full disk may be the one of the staged files or PostgreSQL's."""
    return any(
        (isinstance(one, OSError) and one.errno in FULL) or isinstance(one, postgresql.DiskFull)
        for one in _chain(error)
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _told(request: HttpRequest, words: str, status: int) -> HttpResponse:
    if "HX-Request" in request.headers:
        return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    return render(request, "unavailable.html", {"words": words}, status=status)

"""Health probes: does this process live, and does the desk work?"""

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.cache import never_cache

from helpdesk import live
from helpdesk.celery import app
from helpdesk.storage import free_bytes, is_low

WAIT_SECONDS = 1.0


@login_not_required
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers and monitors request this path even if no page links to it."""
    return redirect(static("favicon.svg"))


@login_not_required
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Returns a line for each part, for on-call; 503 if a part is missing."""
    answers = {"database": _database()}
    answers["migrations"] = (
        "cannot be read without the database" if answers["database"] else _migrations()
    )
    answers["redis"] = _redis()
    # Workers are found through Redis. Without Redis this check would only wait.
    answers["worker"] = "cannot be asked without Redis" if answers["redis"] else _worker()
    answers["files"] = _files()
    if settings.LIVE_URL:
        answers["live"] = "cannot be asked without Redis" if answers["redis"] else _live()
    lines = [f"{name}: {answer or 'ok'}" for name, answer in answers.items()]
    # With a full disk everything but files works, and pages without a live channel ask by
    # themselves: keep the traffic.
    parts = answers.keys() - {"files", "live"}
    status = 503 if any(answers[name] for name in parts) else 200
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain", status=status)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "no answer; see DATABASE_URL"
    return ""


def _migrations() -> str:
    """New code on an old database fails page by page, so it should get no traffic."""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return f"{missing} not applied; run `python manage.py migrate`" if missing else ""


def _redis() -> str:
    try:
        cache.get("readyz")
    except redis.RedisError:
        return "no answer; see REDIS_URL"
    return ""


def _files() -> str:
    free = free_bytes()
    if free is None or not is_low(free):
        return ""
    return f"{free // 1_000_000} MB free in UPLOAD_DIR; make room"


def _live() -> str:
    return "" if live.heard() else "none is running; start `python manage.py live`"


def _worker() -> str:
    is_there = app.control.ping(timeout=WAIT_SECONDS, limit=1)
    return "" if is_there else "none is running; start `celery -A helpdesk worker`"

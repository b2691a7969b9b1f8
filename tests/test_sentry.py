"""Errors that reach a Sentry server: where they arose, and nothing of what they were about."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
import sentry_sdk
from django.conf import settings

from helpdesk.version import VERSION
from tests.serving import ROOT

# In each place that Sentry's own SDK would send along.
MARKER = "Jeanne-Moreau-0612345678"
# A page, a task and a log line that fail, as in a web process and a worker.
FAILING = """
import logging
import django
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage")
django.setup()
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import path
from helpdesk import urls
from helpdesk.celery import app
from django.contrib.auth.decorators import login_not_required

marker = {marker!r}

@login_not_required
def page(request):
    note = marker
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / (%s = %s)::int::bool::int", [note, note])
        cursor.execute("SELECT %s::int", [note])

urls.urlpatterns.append(path("failing/", page))
client = Client(raise_request_exception=False, SERVER_NAME="localhost")
client.cookies["marker"] = marker
answer = client.post(f"/failing/?q={{marker}}", {{"body": marker}}, headers={{
    "X-Marker": marker, "X-Request-ID": "edge-12345678", "X-Forwarded-For": marker,
    "X-CSRFToken": "a" * 64}})
assert answer.status_code == 500, answer.status_code

@app.task
def task(argument):
    try:
        raise IntegrityError(f"Key (name)=({{argument}}) already exists.")
    except IntegrityError as error:
        raise ValueError(argument) from error

task.apply(args=[marker])
logging.getLogger("inbox").error("no file for %s", marker)
raise SystemExit(0)
"""


@dataclass
class Sentry:
    """A server that keeps the items it gets."""

    items: list[dict[str, Any]] = field(default_factory=list)
    bytes_got: bytes = b""

    def keep(self, body: bytes) -> None:
        self.bytes_got += body
        lines = body.splitlines()
        # An envelope: its head, and then a head and a line for each item.
        self.items += [json.loads(line) for line in lines[2::2]]


@pytest.fixture(scope="module")
def sentry() -> Sentry:
    """Has heard of all that fails."""
    kept = Sentry()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802  the library's name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Encoding"] == "br"
            kept.keep(brotli.decompress(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        run_failing(f"http://key@127.0.0.1:{server.server_address[1]}/1")
        server.shutdown()
    return kept


def run_failing(dsn: str) -> None:
    script = FAILING.format(marker=MARKER)
    env = {**os.environ, "SENTRY_DSN": dsn, "NO_PROXY": "127.0.0.1"}
    command = [sys.executable, "-c", script]
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_errors_arrive_without_any_word_of_a_person(sentry: Sentry) -> None:
    page, task, line = sorted(sentry.items, key=lambda one: one["timestamp"])

    assert MARKER.encode() not in sentry.bytes_got
    assert page["exception"]["values"][-1]["type"] == "DataError"
    assert page["tags"] == {"request_id": "edge-12345678"}
    assert [one["type"] for one in task["exception"]["values"]] == ["IntegrityError", "ValueError"]
    assert line["logentry"] == {"message": "no file for %s"}


def test_an_error_says_where_it_arose_and_in_which_release(sentry: Sentry) -> None:
    page = min(sentry.items, key=lambda one: one["timestamp"])
    frames = page["exception"]["values"][-1]["stacktrace"]["frames"]

    assert frames[-1].keys() == {"filename", "function", "lineno"}
    assert any(one["function"] == "page" for one in frames)
    assert page["release"] == VERSION


def test_nothing_is_sent_without_an_address() -> None:
    assert settings.SENTRY_DSN == ""
    assert not sentry_sdk.get_client().is_active()

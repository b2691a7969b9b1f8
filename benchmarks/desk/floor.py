"""Bare pages: the same calls to Mirakl, the session, the user, and HTML of the same length.

Runs under gunicorn with `floor_settings`. `FLOOR_PAGES` is a JSON file with the `frames` of the
desk's own pages, `FLOOR_MIRAKL` the address of the stub.
"""

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import msgspec
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine, Template
from django.urls import path

from benchmarks.desk.frames import Frame

ROWS = """
    SELECT thread.mirakl_id AS id, customer_name AS who, entity_id AS entity, preview,
        last_message_at AS at
    FROM inbox_thread thread JOIN inbox_marketplace marketplace ON marketplace.id = marketplace_id
    WHERE status = 'open' AND due_at > '-infinity'
    ORDER BY due_at, last_message_at DESC, thread.id DESC LIMIT %s
"""
MESSAGES = """
    SELECT message.mirakl_id AS id, sender_name AS who, body, message.created_at AS at
    FROM inbox_message message JOIN inbox_thread thread ON thread.id = thread_id
    WHERE thread.mirakl_id = %s ORDER BY message.created_at, message.id LIMIT %s
"""

MARKETPLACES = 3


class Message(msgspec.Struct):
    id: str
    body: str
    date_created: str


class Thread(msgspec.Struct):
    id: str
    date_updated: str
    messages: list[Message]


class Page(msgspec.Struct):
    data: list[Thread]


pool = ThreadPoolExecutor(32)
client = httpx.Client(trust_env=False)


@cache
def frames() -> dict[str, Frame]:
    found: dict[str, Frame] = json.loads(Path(os.environ["FLOOR_PAGES"]).read_text())
    return found


@cache
def template_of(source: str) -> Template:
    return Template("{% for one in found %}" + source + "{% endfor %}", engine=Engine())


def ask(m: int, path: str, **more: Any) -> bytes:
    url = os.environ["FLOOR_MIRAKL"] + path
    method = "POST" if more else "GET"
    return client.request(method, url, headers={"Authorization": f"key-{m}"}, **more).content


def read_list(m: int) -> Page:
    return msgspec.json.decode(ask(m, "/api/inbox/threads?with_messages=true"), type=Page)


def read_thread(id: str) -> Thread:
    return msgspec.json.decode(ask(int(id[:8]), f"/api/inbox/threads/{id}"), type=Thread)


def select(query: str, *values: str | int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def show(name: str, thread: str = "") -> HttpResponse:
    parts = []
    for part in frames()[name]:
        if isinstance(part, str):
            parts.append(part)
            continue
        kind, source, number = part
        found = select(ROWS, number) if kind == "rows" else select(MESSAGES, thread, number)
        parts.append(template_of(source).render(Context({"found": found})))
    return HttpResponse("".join(parts))


def inbox(request: HttpRequest) -> HttpResponse:
    list(pool.map(read_list, range(MARKETPLACES)))
    return show("inbox")


def shared_inbox(request: HttpRequest) -> HttpResponse:
    return show("inbox")


def rows(request: HttpRequest) -> HttpResponse:
    return show("rows")


def thread(request: HttpRequest, id: str) -> HttpResponse:
    read_thread(id)
    return show("thread", id)


def reply(request: HttpRequest, id: str) -> HttpResponse:
    read_thread(id)
    message = json.dumps({"body": request.POST["body"], "to": [{"type": "CUSTOMER"}]})
    part = {"message_input": (None, message, "application/json")}
    sent = json.loads(ask(int(id[:8]), f"/api/inbox/threads/{id}/message", files=part))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO floor_reply VALUES (%s, %s, %s)",
            [id, request.POST["body"], sent["message_id"]],
        )
    return show("reply")


View = Callable[..., HttpResponse]


def with_user(view: View) -> View:
    def read_user(request: HttpRequest, **values: str) -> HttpResponse:
        assert request.user.is_authenticated
        return view(request, **values)

    return read_user


urlpatterns = [
    path("inbox/", with_user(inbox)),
    path("shared/", with_user(shared_inbox)),
    path("rows/", with_user(rows)),
    path("thread/<id>/", with_user(thread)),
    path("reply/<id>/", with_user(reply)),
]
application = get_wsgi_application()

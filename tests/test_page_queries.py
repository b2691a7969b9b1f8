"""How many queries the pages cost that are shown all day, from the second display on.

A savepoint is the test's own: without a transaction around it, the desk would begin one.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from inbox.models import Outgoing, Thread, User
from inbox.services.composing import drafts
from tests.builders import HTMX
from tests.writing import file

SAVEPOINTS = ("SAVEPOINT", "RELEASE SAVEPOINT")


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    statements: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        statements.extend([] if sql.startswith(SAVEPOINTS) else [sql])
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield statements


@pytest.fixture
def shown(agent: Client, waiting: Thread) -> Thread:
    """A conversation that has been displayed, among all others."""
    agent.get("/?view=all")
    agent.get(waiting.get_absolute_url())
    # Its next display asks M10 again.
    Thread.objects.update(read_at=None)
    return waiting


def test_the_inbox_costs_few_queries(agent: Client, shown: Thread) -> None:
    with counted() as statements:
        agent.get("/?view=all")

    assert len(statements) <= 12, "\n".join(statements)


def test_a_conversation_costs_few_queries_its_reading_and_storing_included(
    agent: Client, shown: Thread
) -> None:
    with counted() as statements:
        agent.get(shown.get_absolute_url())

    assert len(statements) <= 25, "\n".join(statements)


def reply_form(thread: Thread, token: uuid.UUID) -> dict[str, Any]:
    newest = thread.messages.order_by("pk").last()
    seen = newest.pk if newest else 0
    return {"token": token, "body": "It left.", "to": "CUSTOMER", "noted": 0, "seen": seen}


def test_a_reply_costs_few_queries_until_it_is_at_mirakl(agent: Client, shown: Thread) -> None:
    form = reply_form(shown, uuid.uuid4())

    with counted() as statements:
        agent.post(f"{shown.get_absolute_url()}reply/", form, headers=HTMX)

    assert len(statements) <= 34, "\n".join(statements)


def test_a_reply_with_a_draft_and_its_file_costs_few_more(
    agent: Client, alice: User, shown: Thread
) -> None:
    form = reply_form(shown, uuid.uuid4())
    attached = drafts.attach(shown, user=alice, upload=file(), token=form["token"])
    form["kept"] = ["", attached.pk]

    with counted() as statements:
        agent.post(f"{shown.get_absolute_url()}reply/", form, headers=HTMX)

    assert Outgoing.objects.get().state == Outgoing.State.SENT
    assert len(statements) <= 42, "\n".join(statements)

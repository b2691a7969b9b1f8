"""The desk that benchmarks measure is as reading its conversations from Mirakl would make it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks.desk import laying, people, stub, world
from inbox import mirakl
from inbox.mirakl.decoding import decode_list
from inbox.models import Marketplace, Message, Thread
from inbox.services.mirror.upsert import store_threads

NEWEST_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
OURS = {"id", "search", "status", "assignee", "snoozed_until", "read_at", "language"}


@pytest.fixture
def marketplaces(db: None) -> list[Marketplace]:
    found = people.connect("https://mirakl.example", 2)
    laying.lay(dict.fromkeys(found, 60), people.hire(2, found), NEWEST_AT, world.PER_THREAD)
    return found


def rows_of(model: type[Thread] | type[Message]) -> list[dict[str, Any]]:
    names = [field.name for field in model._meta.concrete_fields if field.name not in OURS]
    return list(model._default_manager.order_by("pk").values(*names))


def test_the_stub_answers_what_was_laid(marketplaces: list[Marketplace]) -> None:
    threads, messages = rows_of(Thread), rows_of(Message)
    answers = stub.Mirakl(NEWEST_AT, world.PER_THREAD)

    for m, marketplace in enumerate(marketplaces):
        _status, body = answers.answer("GET", "/api/inbox/threads", f"key-{m}", b"")
        listed = decode_list(mirakl.Thread, body, "data")
        assert listed is not None
        assert len(listed.items) == stub.PAGE
        assert not store_threads(marketplace, listed.items)
    assert rows_of(Thread) == threads
    assert rows_of(Message) == messages

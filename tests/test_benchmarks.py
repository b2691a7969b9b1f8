"""The desk that benchmarks measure is as reading its conversations from Mirakl would make it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks.desk import laying, people, stub, world
from inbox import mirakl
from inbox.mirakl.decoding import decode_list
from inbox.models import Marketplace, Message, Thread
from inbox.services.mirror import known_answers
from inbox.services.mirror.upsert import store_threads

NEWEST_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLDEST_SHOWN = NEWEST_AT - stub.PAGE * world.SPACING
# What a later answer writes, and what Mirakl does not know.
OURS = {"id", "search", "status", "assignee", "snoozed_until", "answer_digest", "is_answer_whole"}


@pytest.fixture
def marketplaces(db: None) -> list[Marketplace]:
    found = people.connect("https://mirakl.example", 2)
    laying.lay(dict.fromkeys(found, 60), people.hire(2, found), NEWEST_AT, world.PER_THREAD)
    return found


def rows_of(model: type[Thread] | type[Message]) -> list[dict[str, Any]]:
    names = [field.name for field in model._meta.concrete_fields if field.name not in OURS]
    return list(model._default_manager.order_by("pk").values(*names))


def ask_for_list(m: int) -> list[mirakl.Thread]:
    answers = stub.Mirakl(NEWEST_AT, world.PER_THREAD)
    _status, body = answers.answer("GET", "/api/inbox/threads", f"key-{m}", b"")
    listed = decode_list(mirakl.Thread, body, "data")
    assert listed is not None
    return listed.items


def test_the_stub_answers_what_was_laid(marketplaces: list[Marketplace]) -> None:
    threads, messages = rows_of(Thread), rows_of(Message)

    for m, marketplace in enumerate(marketplaces):
        assert not store_threads(marketplace, ask_for_list(m))

    assert not Thread.objects.filter(answer_digest=b"", last_message_at__gt=OLDEST_SHOWN).exists()
    assert rows_of(Thread) == threads
    assert rows_of(Message) == messages


def test_open_conversations_count_as_read(marketplaces: list[Marketplace]) -> None:
    laying.store_digests(NEWEST_AT, world.PER_THREAD)

    changed = known_answers.select_changed(marketplaces[0], ask_for_list(0))

    still_open = Thread.objects.filter(marketplace=marketplaces[0], status=Thread.Status.OPEN)
    assert still_open
    assert not {one.id for one in changed} & set(still_open.values_list("mirakl_id", flat=True))


def test_an_open_conversation_is_laid_as_its_answer_is_stored(
    marketplaces: list[Marketplace],
) -> None:
    laid = Thread.objects.filter(marketplace=marketplaces[0], status=Thread.Status.OPEN)
    columns = laid.order_by("pk").values_list("answer_digest", "is_answer_whole")

    store_threads(marketplaces[0], ask_for_list(0))
    listed = list(columns.filter(last_message_at__gt=OLDEST_SHOWN))
    laid.update(answer_digest=b"", is_answer_whole=False)
    laying.store_digests(NEWEST_AT, world.PER_THREAD)

    assert listed
    assert list(columns.filter(last_message_at__gt=OLDEST_SHOWN)) == listed

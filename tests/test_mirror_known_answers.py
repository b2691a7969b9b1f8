"""Answers that are in the mirror already are neither mapped nor written again."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox import mirakl
from inbox.models import Attachment, Marketplace, Message, Thread, User
from inbox.services import reply_clock
from inbox.services.mirror import known_answers
from inbox.services.mirror.upsert import store_thread, store_threads
from tests.reading import ago, message, thread_of
from tests.writing import queued

pytestmark = pytest.mark.django_db
QUESTION = message("m1", "CUSTOMER", ago(hours=3), body="Where is it?")
ANSWER = message("m2", "SHOP", ago(hours=2), body="On its way.")
THREAD = thread_of(QUESTION, ANSWER)


def record(thread: dict[str, Any]) -> mirakl.Thread:
    return msgspec.convert(thread, mirakl.Thread)


def queries_of_page(marketplace: Marketplace, *threads: dict[str, Any]) -> list[str]:
    """The statements that storing this page of M11 takes."""
    with CaptureQueriesContext(connection) as found:
        store_threads(marketplace, [record(one) for one in threads])
    return [one["sql"] for one in found.captured_queries]


def opened(marketplace: Marketplace, thread: dict[str, Any]) -> Thread:
    found = store_thread(marketplace, record(thread), read_at=timezone.now())
    assert found
    return found


def bodies() -> list[str]:
    return list(Message.objects.values_list("body", flat=True))


def test_a_page_without_news_takes_one_query(maison: Marketplace) -> None:
    other = thread_of(QUESTION, id="other")
    queries_of_page(maison, THREAD, other)

    (only,) = queries_of_page(maison, THREAD, other)

    assert only.startswith("SELECT")


def test_only_the_changed_thread_of_a_page_is_written(maison: Marketplace) -> None:
    other = thread_of(message("n1", "CUSTOMER", ago(hours=1), body="Before"), id="other")
    queries_of_page(maison, THREAD, other)
    altered = thread_of(message("n1", "CUSTOMER", ago(hours=1), body="After"), id="other")

    asked = queries_of_page(maison, THREAD, altered)

    assert "After" in bodies()
    assert not [sql for sql in asked if "Where is it?" in sql]


def test_a_body_that_changes_without_its_dates_is_stored(maison: Marketplace) -> None:
    queries_of_page(maison, THREAD)
    altered = THREAD | {"messages": [QUESTION | {"body": "Forget it."}, ANSWER]}

    queries_of_page(maison, altered)

    assert bodies() == ["Forget it.", "On its way."]


def test_what_a_reply_changed_is_read_again(maison: Marketplace, alice: User) -> None:
    """The marketplace still shows the thread without it."""
    waiting = thread_of(QUESTION)
    queries_of_page(maison, waiting)
    thread = Thread.objects.get()
    reply = queued(thread, alice)
    reply.sending_at = timezone.now()
    reply_clock.stop_clock(reply)
    assert Thread.objects.get().last_sender_is_ours

    queries_of_page(maison, waiting)

    assert not Thread.objects.get().last_sender_is_ours


def test_a_conversation_opened_again_moves_its_reading_time_alone(maison: Marketplace) -> None:
    first = opened(maison, THREAD)

    with CaptureQueriesContext(connection) as found:
        again = opened(maison, THREAD)

    assert len(found.captured_queries) == 2
    assert again.read_at
    assert first.read_at
    assert again.read_at > first.read_at
    assert Thread.objects.get().read_at == again.read_at


def test_a_conversation_listed_whole_is_not_written_again_when_opened(
    maison: Marketplace,
) -> None:
    queries_of_page(maison, THREAD)

    with CaptureQueriesContext(connection) as found:
        assert opened(maison, THREAD).read_at

    assert len(found.captured_queries) == 2


def test_an_end_of_a_conversation_is_read_whole_when_opened(maison: Marketplace) -> None:
    end = THREAD | {"messages": [ANSWER], "metadata": {"total_count": 2}}
    queries_of_page(maison, end)
    opened(maison, end | {"messages": [QUESTION, ANSWER]})

    assert bodies() == ["Where is it?", "On its way."]


def test_a_file_that_m11_no_longer_shows_goes_when_opened(maison: Marketplace) -> None:
    file = {"id": "f1", "name": "lamp.png", "size": 7}
    opened(maison, THREAD | {"messages": [QUESTION | {"attachments": [file]}, ANSWER]})
    queries_of_page(maison, THREAD)
    assert Attachment.objects.count() == 1

    opened(maison, THREAD)

    assert Attachment.objects.count() == 0


def test_an_equal_answer_of_m10_still_deletes_what_m11_could_not(maison: Marketplace) -> None:
    opened(maison, THREAD)
    shorter = THREAD | {"messages": [ANSWER]}
    queries_of_page(maison, shorter)

    opened(maison, shorter)

    assert bodies() == ["", "On its way."]


def test_a_new_message_that_m10_lacks_is_deleted_once_it_is_old(maison: Marketplace) -> None:
    opened(maison, THREAD)
    Message.objects.filter(mirakl_id="m1").update(created_at=timezone.now())
    shorter = THREAD | {"messages": [ANSWER]}
    opened(maison, shorter)
    assert "Where is it?" in bodies()

    Message.objects.filter(mirakl_id="m1").update(created_at=timezone.now() - timedelta(hours=1))
    opened(maison, shorter)

    assert "Where is it?" not in bodies()


def test_another_version_of_the_code_reads_the_same_answer_again(
    maison: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries_of_page(maison, THREAD)
    Thread.objects.update(preview="by the old code")

    monkeypatch.setattr(known_answers, "_code", lambda: b"another version")
    queries_of_page(maison, THREAD)

    assert Thread.objects.get().preview == "On its way."

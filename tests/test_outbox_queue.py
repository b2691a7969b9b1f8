"""Into the outbox: once per form, whole or not at all."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from inbox.models import Event, Outgoing, Thread, User
from inbox.services.outbox import delivery, queue, transitions
from tests.answering import Endless, peer
from tests.writing import Mirakl, broker_at, file, new_outgoing, queued, staged_names


def test_it_keeps_the_reply_its_files_and_who_wrote_it(thread: Thread, alice: User) -> None:
    reply = queued(thread, alice, files=[file("lamp.png", b"pixels")])

    staged = reply.files.get()
    assert (reply.state, reply.author) == (Outgoing.State.QUEUED, alice)
    assert (staged.name, staged.size) == ("lamp.png", 6)
    with staged.file.open() as opened:
        assert opened.read() == b"pixels"
    assert list(Event.objects.values_list("verb", "by")) == [("queued", alice.pk)]


def test_it_names_staged_files_itself(thread: Thread, alice: User) -> None:
    reply = queued(thread, alice, files=[file("..\\..\\etc/passwd.png")])

    staged = reply.files.get()
    assert staged.name == "passwd.png"
    assert "passwd" not in str(staged.file.name)


def test_it_honours_a_token_once(thread: Thread, alice: User) -> None:
    token = uuid.uuid4()
    first = queued(thread, alice, token=token, files=[file()])

    again, created = queue.add(new_outgoing(thread, token=token, files=[file()]), by=alice)

    assert (again, created) == (first, False)
    assert again.files.count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_honours_a_token_once_when_forms_race(thread: Thread, alice: User) -> None:
    token, before = uuid.uuid4(), staged_names()

    def post(_number: int) -> Outgoing:
        try:
            return queued(thread, alice, token=token, files=[file()])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        replies = set(pool.map(post, range(8)))

    assert len(replies) == 1
    assert len(staged_names() - before) == 1
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_leaves_no_file_behind_when_the_rows_are_rolled_back(
    thread: Thread, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = staged_names()

    def full(*_args: Any) -> None:
        raise OSError("disk full")

    # The last thing that happens before the commit.
    monkeypatch.setattr(transitions, "record_event", full)
    with pytest.raises(OSError, match="disk full"):
        queued(thread, alice, files=[file(), file()])

    assert staged_names() == before
    assert not Outgoing.objects.exists()


def test_it_leaves_small_replies_to_the_request(
    thread: Thread,
    alice: User,
    mirakl: Mirakl,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        reply = queued(thread, alice, files=[file()])

    assert delivery.is_inline(reply)
    assert callbacks == []
    assert mirakl.calls("M12") == []


def test_it_hands_large_replies_to_a_worker_after_the_commit(
    thread: Thread,
    alice: User,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.UPLOAD_INLINE_BYTES = 4

    with django_capture_on_commit_callbacks() as callbacks:
        reply = queued(thread, alice, files=[file(content=b"12345")])

    assert not delivery.is_inline(reply)
    assert len(callbacks) == 1


@pytest.mark.django_db(transaction=True)
def test_it_stays_queued_where_there_is_no_broker(
    thread: Thread, alice: User, settings: Settings, no_broker: None
) -> None:
    settings.UPLOAD_INLINE_BYTES = 4

    reply = queued(thread, alice, files=[file(content=b"12345")])

    reply.refresh_from_db()
    assert reply.state == Outgoing.State.QUEUED
    assert default_storage.exists(str(reply.files.get().file.name))


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_broker_that_is_frozen(
    thread: Thread, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen = Endless()

    with peer(frozen) as url:
        broker_at(url.replace("http", "redis"), monkeypatch)
        reply = queued(thread, alice, undo_seconds=5)

    assert frozen.was_left()
    assert Outgoing.objects.get() == reply

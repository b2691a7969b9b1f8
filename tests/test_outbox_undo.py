"""Undo and edit: nothing goes before its time, and what comes back is whole and in one place."""

import threading
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from helpdesk.processes import Child
from inbox.models import Draft, Event, Outgoing, Thread, User
from inbox.services.composing import drafts
from inbox.services.outbox import delivery, queue, transitions
from tests.writing import (
    Mirakl,
    change,
    eventually,
    file,
    later,
    queued,
    queued_thread,
    staged_names,
)

State = Outgoing.State


def undoable(thread: Thread, by: User, **changes: object) -> Outgoing:
    return queued(thread, by, undo_seconds=5, **changes)


def its_time_has_come(reply: Outgoing) -> None:
    change(reply, undo_until=timezone.now() - timedelta(seconds=3))
    later(reply, seconds=8)


def test_nobody_sends_it_before_its_time(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    reply = undoable(thread, alice)
    later(reply, minutes=5)
    reply = Outgoing.objects.get()

    queue.sweep()
    delivery.deliver(reply.pk)
    delivery.deliver_if_left(reply)
    delivery.deliver(queue.resend(reply, by=alice).pk)

    assert Outgoing.objects.get().state == State.QUEUED
    assert mirakl.calls("M12") == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_it_when_its_time_has_come(
    celery_worker: Child, thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = queued(thread, alice, undo_seconds=1)

    assert not delivery.is_inline(reply)
    eventually(lambda: Outgoing.objects.get().state == State.SENT)
    assert mirakl.bodies(thread.mirakl_id).count(reply.body) == 1


def test_a_display_sends_what_no_worker_has_taken(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = undoable(thread, alice)
    its_time_has_come(reply)

    assert delivery.deliver_if_left(reply).state == State.SENT


def test_a_display_leaves_a_worker_the_time_to_take_it(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = undoable(thread, alice)
    later(reply, seconds=30)
    change(reply, undo_until=timezone.now())

    assert delivery.deliver_if_left(reply).state == State.QUEUED


def test_undo_gives_the_draft_its_text_recipients_and_files_back(
    thread: Thread, alice: User
) -> None:
    before = staged_names()
    reply = undoable(thread, alice, files=[file("lamp.png", b"pixels")])

    queue.take_back(reply, alice)

    draft = Draft.objects.get(user=alice, thread=thread)
    kept = draft.files.get()
    assert (draft.body, draft.recipients) == (reply.body, ["CUSTOMER"])
    with default_storage.open(str(kept.file.name)) as stored:
        assert (kept.name, stored.read()) == ("lamp.png", b"pixels")
    assert len(staged_names() - before) == 1
    assert Outgoing.objects.get().state == State.DISCARDED
    assert Event.objects.filter(verb="undone", by=alice).count() == 1


def test_undo_puts_what_was_typed_meanwhile_below(thread: Thread, alice: User) -> None:
    reply = undoable(thread, alice)

    queue.take_back(reply, alice, typed="And another thing")

    assert Draft.objects.get().body == f"{reply.body}\n\nAnd another thing"


def test_what_came_back_goes_out_again_with_its_files(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    queue.take_back(undoable(thread, alice, files=[file("lamp.png", b"pixels")]), alice)

    reply = delivery.deliver(queued(thread, alice, body="Another text").pk)

    (attached,) = mirakl.messages(thread.mirakl_id)[-1]["attachments"]
    assert mirakl.download(attached["id"]) == b"pixels"
    assert reply.state == State.SENT
    assert not Draft.objects.exists()


def test_a_file_that_is_left_out_is_not_kept_anywhere(
    thread: Thread,
    alice: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    before = staged_names()
    queue.take_back(undoable(thread, alice, files=[file()]), alice)

    with django_capture_on_commit_callbacks(execute=True):
        reply = queued(thread, alice, kept=[])

    assert not reply.files.exists()
    assert staged_names() == before


def test_undo_comes_too_late_once_it_is_being_sent(thread: Thread, alice: User) -> None:
    reply = undoable(thread, alice)
    change(reply, undo_until=timezone.now())
    assert transitions.claim(reply)

    with pytest.raises(queue.TooLate):
        queue.take_back(reply, alice)

    assert Outgoing.objects.get().state == State.SENDING
    assert not Draft.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_undo_and_sending_never_both_win(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    replies = [undoable(thread, alice, body=f"Number {number}") for number in range(6)]
    Outgoing.objects.update(undo_until=timezone.now())
    start = threading.Barrier(12)

    def take_back(reply: Outgoing) -> None:
        start.wait()
        try:
            queue.take_back(reply, alice)
        except queue.TooLate:
            return
        finally:
            connection.close()

    def deliver(reply: Outgoing) -> None:
        start.wait()
        delivery.deliver(reply.pk)
        connection.close()

    racers = [threading.Thread(target=take_back, args=[one]) for one in replies]
    racers += [threading.Thread(target=deliver, args=[one]) for one in replies]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(30)

    states = dict(Outgoing.objects.values_list("body", "state"))
    there = mirakl.bodies(thread.mirakl_id)
    draft = Draft.objects.filter(thread=thread).first()
    for body, state in states.items():
        came_back = draft is not None and body in draft.body.split("\n\n")
        assert (there.count(body), came_back) == ((1, False) if state == "sent" else (0, True))


def test_a_failed_reply_is_edited_in_the_draft_of_whoever_edits_it(
    thread: Thread, alice: User, bob: User, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", status=400)
    reply = delivery.deliver(queued(thread, alice, files=[file()]).pk)

    queue.take_back(reply, bob)

    assert Draft.objects.get(user=bob).files.count() == 1
    assert not Outgoing.objects.in_trouble().exists()


def test_an_unconfirmed_reply_is_not_edited_before_it_is_known_to_be_absent(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", drop="after")
    reply = delivery.deliver(queued(thread, alice).pk)

    with pytest.raises(queue.TooLate):
        queue.take_back(reply, alice)


# -- replies without a thread -------------------------------------------------


def test_a_new_conversation_that_is_undone_stays_where_it_can_be_seen(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = queued_thread(thread, alice, undo_seconds=5, files=[file()])

    queue.take_back(reply, alice)
    its_time_has_come(reply)
    delivery.deliver(reply.pk)

    reply.refresh_from_db()
    assert (reply.state, reply.files.count()) == (State.FAILED, 1)
    assert "You canceled this reply" in reply.error
    assert Outgoing.objects.in_trouble().get() == reply
    assert mirakl.calls("OR43") == []


def test_what_replaces_it_takes_its_files_and_gives_it_up(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    old = queued_thread(thread, alice, undo_seconds=5, files=[file("a.png"), file("b.png")])
    queue.take_back(old, alice)
    old.refresh_from_db()
    wanted = old.files.get(name="b.png")

    new = queued_thread(thread, alice, replaces=old, kept=[wanted.key])

    assert [one.name for one in delivery.deliver(new.pk).files.all()] == ["b.png"]
    assert Outgoing.objects.get(pk=old.pk).state == State.DISCARDED
    assert len(mirakl.calls("OR43")) == 1


def test_nothing_replaces_what_has_gone_out_meanwhile(thread: Thread, alice: User) -> None:
    old = queued_thread(thread, alice, undo_seconds=5)
    queue.take_back(old, alice)
    stale = Outgoing.objects.get()
    queue.resend(stale, by=alice)
    change(old, state=State.SENT)

    with pytest.raises(queue.TooLate):
        queued_thread(thread, alice, replaces=stale)

    assert Outgoing.objects.count() == 1


# -- two tabs -----------------------------------------------------------------


def test_sending_leaves_the_newer_text_of_another_tab(thread: Thread, alice: User) -> None:
    first = drafts.save(thread, user=alice, body="First", recipients=[], token=None, based_on="")
    assert first.draft
    known = first.draft.version
    drafts.save(thread, user=alice, body="Newer", recipients=[], token=None, based_on=known)

    queued(thread, alice, body="First", based_on=known)

    assert Draft.objects.get().body == "Newer"


# -- how often a page asks for it -----------------------------------------------


def test_a_page_asks_again_when_undo_has_ended(thread: Thread, alice: User) -> None:
    reply = queued(thread, alice, undo_seconds=60)
    reply.refresh_from_db()

    assert 55 < reply.ask_again_in <= 61

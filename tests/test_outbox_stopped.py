"""Cancel: a waiting reply becomes a draft again, and a reply being sent is stopped."""

import itertools
import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from inbox.models import Details, Draft, Event, Outgoing, Thread, User
from inbox.services.outbox import delivery, queue, transitions, upload_progress
from tests.builders import HTMX, text_of, viewer_of
from tests.writing import Mirakl, change, eventually, file, queued

pytestmark = pytest.mark.django_db(transaction=True)

State = Outgoing.State
LARGE = 900_000


@pytest.fixture
def reply(thread: Thread, alice: User) -> Outgoing:
    return queued(thread, alice, files=[file("noise.bin", bytes(LARGE))])


@pytest.fixture
def sending(reply: Outgoing) -> Outgoing:
    assert transitions.claim(reply)
    reply.refresh_from_db()
    return reply


@pytest.fixture
def is_asked_to_stop(monkeypatch: pytest.MonkeyPatch, bob: User) -> None:
    """A person presses Cancel as soon as the first chunk has left."""
    renew: Callable[[Outgoing], bool] = transitions.renew
    renewals = itertools.count()

    def ask_and_renew(reply: Outgoing) -> bool:
        # The first is made before anything leaves.
        if next(renewals) == 1:
            transitions.request_stop(reply, bob)
        return renew(reply)

    monkeypatch.setattr(upload_progress, "WRITTEN_EVERY", 0)
    monkeypatch.setattr(transitions, "renew", ask_and_renew)


def take_back(agent: Client, reply: Outgoing) -> str:
    return text_of(agent.post(f"/replies/{reply.token}/take-back/", headers=HTMX))


def test_an_upload_is_stopped_and_waits_for_a_person_with_its_files(
    reply: Outgoing, thread: Thread, mirakl: Mirakl, is_asked_to_stop: None
) -> None:
    before = mirakl.bodies(thread.mirakl_id)

    reply = delivery.deliver(reply.pk)

    assert (reply.state, reply.needs_person) == (State.FAILED, True)
    assert "canceled before it was complete" in reply.error
    assert mirakl.bodies(thread.mirakl_id) == before
    assert [one.file.size for one in reply.files.all()] == [LARGE]


def test_what_was_stopped_is_sent_again_once(
    reply: Outgoing, thread: Thread, alice: User, mirakl: Mirakl, is_asked_to_stop: None
) -> None:
    delivery.deliver(reply.pk)
    reply.refresh_from_db()

    reply = delivery.deliver(queue.resend(reply, by=alice).pk)

    assert reply.state == State.SENT
    assert mirakl.bodies(thread.mirakl_id).count(reply.body) == 1


def test_what_has_left_as_a_whole_is_not_stopped(
    sending: Outgoing, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_progress, "WRITTEN_EVERY", 0)
    told = upload_progress.Progress(sending, transitions.renew)
    transitions.request_stop(sending, alice)

    told(1200, 1200)

    with pytest.raises(upload_progress.SendingInterrupted):
        told(1199, 1200)


def test_what_mirakl_accepted_meanwhile_is_sent_although_somebody_wanted_it_stopped(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = queued(thread, alice, files=[file()])
    mirakl.fails("M12", latency_ms=1500, times=1)
    sender = threading.Thread(target=deliver, args=(reply.pk,))
    sender.start()
    eventually(lambda: Outgoing.objects.get().state == State.SENDING and mirakl.calls("M12"))
    reply.refresh_from_db()

    queue.take_back(reply, alice)
    sender.join(20)

    reply.refresh_from_db()
    assert (reply.state, bool(reply.message_id)) == (State.SENT, True)
    assert not Draft.objects.exists()


def deliver(pk: int) -> None:
    try:
        delivery.deliver(pk)
    finally:
        connection.close()


def test_of_several_documents_those_that_have_not_begun_stay(
    thread: Thread, alice: User, bob: User, mirakl: Mirakl
) -> None:
    """Small ones, whose progress is never asked for."""
    types = dict.fromkeys(("one.pdf", "two.pdf"), "CUSTOMER_INVOICE")
    about = {"thread": None, "kind": "document", "subject_id": thread.entity_id, "body": ""}
    files = [file(name) for name in types]
    reply = queued(
        thread, alice, **about, files=files, details=Details(document_types=types), recipients=[]
    )
    before = len(mirakl.documents(thread.entity_id))

    with pytest.MonkeyPatch.context() as somebody:
        somebody.setattr(transitions, "renew", stops_after_the_first(bob))
        reply = delivery.deliver(reply.pk)

    assert (reply.state, [one.name for one in reply.unsent_files]) == ("failed", ["two.pdf"])
    assert "Sending was canceled. Send the rest again" in reply.error
    assert len(mirakl.documents(thread.entity_id)) == before + 1
    assert delivery.deliver(queue.resend(reply, by=alice).pk).state == State.SENT
    assert len(mirakl.documents(thread.entity_id)) == before + 2


def stops_after_the_first(by: User) -> Callable[[Outgoing], bool]:
    renew = transitions.renew

    def ask_and_renew(reply: Outgoing) -> bool:
        if reply.files.filter(file="").exists():
            transitions.request_stop(reply, by)
        return renew(reply)

    return ask_and_renew


def test_a_reply_under_way_offers_to_stop_it_and_says_that_it_stops(
    agent: Client, sending: Outgoing, alice: User
) -> None:
    shown = text_of(agent.get(sending.get_absolute_url(), headers=HTMX))
    asked = take_back(agent, sending)

    sending.refresh_from_db()
    assert "Cancel sending" in shown
    assert "Canceling…" in asked
    assert "Cancel sending" not in asked
    assert sending.stop_asked_by == alice


def test_without_javascript_it_leads_back_to_the_reply(agent: Client, sending: Outgoing) -> None:
    response = agent.post(f"/replies/{sending.token}/take-back/")

    assert response.status_code == 302
    assert f"#reply-{sending.token}" in response["Location"]


def test_one_that_waits_for_its_turn_comes_back_at_once(
    agent: Client, reply: Outgoing, mirakl: Mirakl
) -> None:
    shown = text_of(agent.get(reply.get_absolute_url(), headers=HTMX))
    take_back(agent, reply)

    reply.refresh_from_db()
    assert "Cancel sending" in shown
    assert (reply.state, Draft.objects.get().body) == (State.DISCARDED, reply.body)
    assert delivery.deliver(reply.pk).state == State.DISCARDED
    assert mirakl.calls("M12") == []


def test_a_text_without_files_is_gone_before_anybody_could_stop_it(
    agent: Client, sending: Outgoing
) -> None:
    sending.files.all().delete()

    assert "Cancel sending" not in take_back(agent, sending)
    assert Outgoing.objects.get().stop_asked_by is None


def test_an_earlier_wish_does_not_stop_a_later_try(sending: Outgoing, alice: User) -> None:
    transitions.request_stop(sending, alice)
    change(sending, state=State.QUEUED)

    assert transitions.claim(sending)

    assert Outgoing.objects.get().stop_asked_by is None


def test_it_is_recorded_who_stopped_it(reply: Outgoing, bob: User, is_asked_to_stop: None) -> None:
    delivery.deliver(reply.pk)

    assert Event.objects.get(verb=Event.Verb.UNDONE).by == bob


def test_a_viewer_stops_nothing(agent: Client, sending: Outgoing) -> None:
    agent.force_login(viewer_of(sending.marketplace))

    response = agent.post(f"/replies/{sending.token}/take-back/", headers=HTMX)

    assert response.status_code == 403
    assert Outgoing.objects.get().stop_asked_by is None


def test_an_outsider_finds_nothing_to_stop(agent: Client, sending: Outgoing, charlie: User) -> None:
    agent.force_login(charlie)

    response = agent.post(f"/replies/{sending.token}/take-back/", headers=HTMX)

    assert response.status_code == 404
    assert Outgoing.objects.get().stop_asked_by is None

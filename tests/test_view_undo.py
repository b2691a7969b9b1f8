"""Undo, Edit, and replies held back by colleagues' messages."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inbox.models import Details, Draft, Marketplace, Note, Outgoing, Thread, User
from tests.builders import HTMX, post_reply, reply_form, text_of, viewer_of
from tests.deciding import act, failed, on_page, patient
from tests.writing import Mirakl, change, file, later, queued, queued_thread

REFUSED = {"status": 400, "body": {"errors": [{"message": "Not on Sundays"}]}}
State = Outgoing.State


def test_a_reply_waits_for_its_author_and_counts_down(
    agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    patient(alice)

    bubble = text_of(post_reply(agent, waiting))

    assert 'data-countdown="5"' in bubble
    assert "Undo" in bubble
    assert "You can undo this." in bubble
    assert mirakl.calls("M12") == []


def test_who_has_set_nothing_has_five_seconds(
    agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    User.objects.update(undo_seconds=User().undo_seconds)
    post_reply(agent, waiting)

    reply = Outgoing.objects.get()
    assert reply.undo_until
    assert reply.undo_until - reply.created_at <= timedelta(seconds=5)
    assert reply.undo_until - reply.created_at > timedelta(seconds=4)


def test_undo_puts_text_and_topic_back_into_the_composer(
    agent: Client, alice: User, waiting: Thread
) -> None:
    patient(alice)
    post_reply(agent, waiting, body="Wait a moment", topic="Another topic")
    reply = Outgoing.objects.get()

    answer = act(agent, reply, "take-back", on_page(waiting), body="and this")

    text = text_of(answer)
    assert (answer.status_code, answer["HX-Retarget"]) == (200, f"#composer-{waiting.pk}")
    assert "Wait a moment\n\nand this</textarea>" in text
    assert 'value="Another topic"' in text
    assert f'id="reply-{reply.token}" hx-swap-oob="delete"' in text
    assert "<html" not in text


def test_without_javascript_undo_leads_back_to_the_composer(
    agent: Client, alice: User, waiting: Thread
) -> None:
    patient(alice)
    post_reply(agent, waiting, body="Wait a moment", htmx=False)

    answer = agent.post(f"{Outgoing.objects.get().get_absolute_url()}take-back/", follow=True)

    assert "Wait a moment</textarea>" in text_of(answer)
    assert Outgoing.objects.get().state == State.DISCARDED


def test_undo_is_its_authors_alone(
    agent: Client, alice: User, bob: User, waiting: Thread, mirakl: Mirakl
) -> None:
    patient(alice)
    post_reply(agent, waiting)
    reply = Outgoing.objects.get()
    agent.force_login(bob)

    assert act(agent, reply, "take-back").status_code == 403
    assert Outgoing.objects.get().state == State.QUEUED


def test_an_undo_that_comes_too_late_shows_where_the_reply_stands(
    agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    post_reply(agent, waiting)

    answer = act(agent, Outgoing.objects.get(), "take-back", on_page(waiting))

    assert 'data-state="sent"' in text_of(answer)
    assert not Draft.objects.exists()


def test_what_failed_is_edited_in_its_thread_with_its_files(
    agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    reply = failed(waiting, alice, body="Nearly right", files=[file("lamp.png")])

    address = act(agent, reply, "take-back", HTMX)["HX-Redirect"]
    page = text_of(agent.get(address))
    post_reply(agent, waiting, body="Quite right", kept=["", Draft.objects.get().files.get().pk])

    assert "Nearly right</textarea>" in page
    assert "lamp.png" in page
    sent = mirakl.messages(waiting.mirakl_id)[-1]
    assert (sent["body"], len(sent["attachments"])) == ("Quite right", 1)


@pytest.mark.parametrize("action", ["take-back", "check"])
def test_others_neither_take_back_nor_check(
    action: str, client: Client, alice: User, charlie: User, maison: Marketplace, waiting: Thread
) -> None:
    reply = failed(waiting, alice)

    client.force_login(charlie)
    assert act(client, reply, action).status_code == 404
    client.force_login(viewer_of(maison))
    assert act(client, reply, action).status_code == 403
    assert Outgoing.objects.get().state == State.FAILED


def test_a_new_conversation_is_edited_in_its_own_form(
    agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    mirakl.fails("OR43", **REFUSED, times=1)
    form = {"topic": "Your lamp", "body": "Nearly right", "to": ["CUSTOMER"]}
    url = reverse("thread-new", args=["maison-verte", waiting.entity_id])
    agent.post(url, reply_form(waiting) | form | {"files": [file("lamp.png")]})
    old = Outgoing.objects.get()

    address = act(agent, old, "take-back")["Location"]
    page = text_of(agent.get(address))
    again = form | {"body": "Quite right", "replaces": str(old.token)}
    agent.post(address, reply_form(waiting) | again)

    assert "Nearly right</textarea>" in page
    assert 'value="Your lamp"' in page
    assert "lamp.png" in page
    new = Outgoing.objects.exclude(pk=old.pk).get()
    assert (new.state, [one.name for one in new.files.all()]) == (State.SENT, ["lamp.png"])
    assert Outgoing.objects.get(pk=old.pk).state == State.DISCARDED


def test_what_is_edited_is_not_sent_twice_if_the_other_has_gone_out(
    agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    old = queued_thread(waiting, alice)
    change(old, state=State.SENT)
    form = {"topic": "Your lamp", "body": "Edited", "to": ["CUSTOMER"], "replaces": str(old.token)}
    url = reverse("thread-new", args=["maison-verte", waiting.entity_id])

    answer = agent.post(url, reply_form(waiting) | form, headers=HTMX)

    assert answer.status_code == 422
    assert "was sent or discarded in the meantime" in text_of(answer)
    assert mirakl.calls("OR43") == []


def test_an_old_message_is_edited_in_its_own_form(
    agent: Client, alice: User, maison: Marketplace, waiting: Thread
) -> None:
    Marketplace.objects.update(has_threads=False)
    about = {"thread": None, "subject_id": waiting.entity_id, "kind": "order_message"}
    reply = failed(waiting, alice, **about, email_subject="Your lamp", body="Nearly")

    page = text_of(agent.get(act(agent, reply, "take-back")["Location"]))

    assert "Nearly</textarea>" in page
    assert 'value="Your lamp"' in page


def test_a_document_is_edited_without_choosing_its_file_again(
    agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    about = {"thread": None, "subject_id": waiting.entity_id, "kind": "document", "body": ""}
    details = Details(document_types={"paper.pdf": "CUSTOMER_INVOICE"})
    old = failed(waiting, alice, **about, details=details, files=[file("paper.pdf", b"%PDF-1.4")])
    address = act(agent, old, "take-back")["Location"]
    page = text_of(agent.get(address))

    form = {"token": reply_form(waiting)["token"], "type": "OTHER", "replaces": str(old.token)}
    agent.post(address, form)

    assert "paper.pdf" in page
    (there,) = mirakl.documents(waiting.entity_id)[-1:]
    assert (there["file_name"], there["type"]) == ("paper.pdf", "OTHER")


# -- held back by colleagues --------------------------------------------------


def test_a_colleagues_reply_that_is_still_under_way_holds_mine_back(
    agent: Client, bob: User, waiting: Thread, mirakl: Mirakl
) -> None:
    form = reply_form(waiting)
    queued(waiting, bob, body="Bob answers this", undo_seconds=30)

    held = post_reply(agent, waiting, **form)
    shown = text_of(held).split('name="shown" value="')[1].split('"')[0]
    again = post_reply(agent, waiting, **form | {"shown": [shown]})

    assert held.status_code == 409
    assert "Bob answers this" in text_of(held)
    assert 'name="meant"' in text_of(held)
    assert again.status_code == 200
    assert len(mirakl.calls("M12")) == 1


def test_a_colleagues_note_holds_mine_back(
    agent: Client, bob: User, waiting: Thread, mirakl: Mirakl
) -> None:
    form = reply_form(waiting) | {"noted": "0"}
    Note.objects.create(thread=waiting, author=bob, body="Do not answer this", token=form["token"])

    held = post_reply(agent, waiting, **form)

    assert held.status_code == 409
    assert "Do not answer this" in text_of(held)
    assert mirakl.calls("M12") == []


def test_a_colleagues_failed_reply_holds_nothing_back(
    agent: Client, bob: User, waiting: Thread, mirakl: Mirakl
) -> None:
    failed(waiting, bob)

    assert post_reply(agent, waiting).status_code == 200


def test_what_its_page_has_shown_holds_nothing_back(
    agent: Client, bob: User, waiting: Thread, mirakl: Mirakl
) -> None:
    theirs = queued(waiting, bob, body="Bob answers this", undo_seconds=30)

    page = text_of(agent.get(waiting.get_absolute_url()))

    assert f'name="shown" value="{theirs.token}"' in page
    assert post_reply(agent, waiting, shown=[str(theirs.token)]).status_code == 200


def test_the_display_of_a_bubble_sends_what_no_worker_has_taken(
    agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    patient(alice)
    post_reply(agent, waiting)
    reply = Outgoing.objects.get()
    change(reply, undo_until=timezone.now() - timedelta(seconds=3))
    later(reply, seconds=10)

    text = text_of(agent.get(reply.get_absolute_url(), headers=on_page(waiting)))

    assert 'data-state="sent"' in text
    assert "Answered 0m" in text


@pytest.mark.django_db(transaction=True)
def test_a_form_that_comes_many_times_at_once_is_one_reply_that_can_be_undone(
    alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    patient(alice)
    form = reply_form(waiting)

    def post(_number: int) -> int:
        try:
            return int(post_reply(logged_in(alice), waiting, **form).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(post, range(6)))

    assert answers == [200] * 6
    act(logged_in(alice), Outgoing.objects.get(), "take-back")
    assert Draft.objects.get().body == form["body"]
    assert mirakl.calls("M12") == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_the_second_is_held_back(
    alice: User, bob: User, waiting: Thread, mirakl: Mirakl
) -> None:
    patient(alice)
    patient(bob)
    forms = {person: reply_form(waiting, body=f"By {person}") for person in (alice, bob)}

    def post(person: User) -> int:
        try:
            return int(post_reply(logged_in(person), waiting, **forms[person]).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(post, [alice, bob]))

    assert sorted(answers) == [200, 409]
    assert Outgoing.objects.count() == 1


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client

"""Replies on a thread's page: held back, refused, sent again, discarded; with and without htmx."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from inbox.models import Marketplace, Outgoing, Participant, Thread, User
from inbox.sandbox.server import Running
from inbox.services.mirror import sync
from tests.builders import (
    HTMX,
    post_reply,
    reply_form,
    text_of,
    value_of,
    viewer_of,
)
from tests.writing import Mirakl, change, date_back, file, queued

State = Outgoing.State
NEWS = "Forget it, it has just come"
WORDS = "A text worth keeping"


def failed_reply(agent: Client, thread: Thread, mirakl: Mirakl, **changes: Any) -> Outgoing:
    mirakl.fails("M12", status=400, body={"errors": [{"message": "Not on Sundays"}]})
    post_reply(agent, thread, **changes)
    mirakl.recovers()
    return Outgoing.objects.get(state=State.FAILED)


def address(reply: Outgoing, action: str = "") -> str:
    return f"/replies/{reply.token}/{action}"


# -- who may ------------------------------------------------------------------


@pytest.mark.parametrize("action", ["send-again/", "discard/"])
def test_a_viewer_settles_nothing(
    action: str, agent: Client, waiting: Thread, mirakl: Mirakl, maison: Marketplace
) -> None:
    reply = failed_reply(agent, waiting, mirakl)
    agent.force_login(viewer_of(maison))

    response = agent.post(address(reply, action), headers=HTMX)

    reply.refresh_from_db()
    assert (response.status_code, reply.state) == (403, State.FAILED)


def test_a_viewer_sees_what_failed_without_buttons_that_would_refuse(
    agent: Client, waiting: Thread, mirakl: Mirakl, maison: Marketplace
) -> None:
    reply = failed_reply(agent, waiting, mirakl)
    buttons = ["Send again", "Discard"]
    pages = {"agent": shown_to(agent, reply)}

    agent.force_login(viewer_of(maison))
    pages["viewer"] = shown_to(agent, reply)

    assert all(word in page for page in pages["agent"] for word in buttons)
    assert not any(word in page for page in pages["viewer"] for word in buttons)
    assert all("Not on Sundays" in page for page in pages["viewer"])


def shown_to(agent: Client, reply: Outgoing) -> list[str]:
    assert reply.thread is not None
    bubble = agent.get(address(reply), headers=HTMX)
    return [text_of(bubble), text_of(agent.get(reply.thread.get_absolute_url()))]


@pytest.mark.parametrize("action", ["", "send-again/", "discard/"])
def test_a_reply_is_not_there_for_an_outsider(
    action: str, agent: Client, waiting: Thread, mirakl: Mirakl, charlie: User
) -> None:
    reply = failed_reply(agent, waiting, mirakl)
    agent.force_login(charlie)

    answers = [agent.get(address(reply)), agent.post(address(reply, action), headers=HTMX)]

    reply.refresh_from_db()
    expected = {404} if action else {404, 405}
    assert {answer.status_code for answer in answers} <= expected
    assert reply.state == State.FAILED


def test_an_outsider_writes_nothing(client: Client, charlie: User, waiting: Thread) -> None:
    client.force_login(charlie)

    responses = [post_reply(client, waiting), post_reply(client, waiting, htmx=False)]

    assert [response.status_code for response in responses] == [404, 404]
    assert not Outgoing.objects.exists()


def test_who_is_not_logged_in_is_sent_to_the_login_and_back_to_the_thread(
    client: Client, waiting: Thread
) -> None:
    here = waiting.get_absolute_url()
    current = {"HX-Current-URL": f"http://testserver{here}"}

    plain = post_reply(client, waiting, htmx=False)
    fragment = client.post(f"{here}reply/", reply_form(waiting), headers=HTMX | current)

    assert plain["Location"].startswith("/accounts/login/")
    assert fragment["HX-Redirect"] == f"/accounts/login/?next={here}&ended=1"
    assert not Outgoing.objects.exists()


def test_nobodys_form_is_taken_from_another_site(alice: User, waiting: Thread) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)

    assert post_reply(strict, waiting).status_code == 403
    assert not Outgoing.objects.exists()


# -- refused before it is sent ------------------------------------------------


def test_a_refusal_fills_in_its_reasons_and_nothing_else(agent: Client, waiting: Thread) -> None:
    response = post_reply(agent, waiting, body=WORDS, to=[])

    assert (response.status_code, response["HX-Retarget"]) == (422, "find .problems")
    assert "Choose at least one recipient" in text_of(response)
    assert WORDS not in text_of(response)
    assert "<html" not in text_of(response)


def test_a_form_that_was_refused_still_knows_what_its_page_had_shown(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    seen = reply_form(waiting)["seen"]
    refusal = text_of(post_reply(agent, waiting, to=[], seen=seen))
    mirakl.customer_writes(waiting.mirakl_id, NEWS)

    response = post_reply(agent, waiting, seen=value_of(refusal, "seen"))

    assert response.status_code == 409
    assert mirakl.calls("M12") == []


def test_files_that_are_too_much_together_are_refused_before_they_are_sent(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    half = bytes(16_000_000)
    files = [SimpleUploadedFile(f"{name}.bin", half) for name in ("one", "two")]

    response = post_reply(agent, waiting, files=files)

    assert response.status_code == 422
    assert "30" in text_of(response)
    assert mirakl.calls("M12") == []


# -- held back ----------------------------------------------------------------


def test_a_reply_is_held_back_when_the_customer_has_written_meanwhile(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    form = reply_form(waiting)
    mirakl.customer_writes(waiting.mirakl_id, NEWS)

    held = post_reply(agent, waiting, **form)
    again = post_reply(agent, waiting, **form | {"seen": value_of(text_of(held), "seen")})

    assert (held.status_code, held["HX-Retarget"]) == (409, "find .problems")
    assert NEWS in text_of(held)
    assert again.status_code == 200
    assert Outgoing.objects.get().state == State.SENT
    assert len(mirakl.calls("M12")) == 1


def test_what_came_later_with_an_earlier_date_holds_it_back_too(
    agent: Client, waiting: Thread, mirakl: Mirakl, sandbox: Running
) -> None:
    mirakl.customer_writes(waiting.mirakl_id, "A second word")
    sync.open_thread(waiting.marketplace, waiting.mirakl_id, force=True)
    form = reply_form(waiting)
    mirakl.customer_writes(waiting.mirakl_id, NEWS)
    date_back(sandbox, waiting.mirakl_id)

    held = post_reply(agent, waiting, **form)

    assert held.status_code == 409
    assert NEWS in text_of(held)


def test_what_was_written_before_all_that_was_shown_does_not(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    """The page had only the end of a conversation; the look before sending brings the rest."""
    mirakl.customer_writes(waiting.mirakl_id, NEWS)
    sync.open_thread(waiting.marketplace, waiting.mirakl_id, force=True)
    waiting.messages.exclude(body__contains=NEWS).delete()
    Thread.objects.update(answer_digest=b"")

    assert post_reply(agent, waiting).status_code == 200
    assert waiting.messages.count() > 1


def test_numbers_that_no_row_has_hold_nothing_back(agent: Client, waiting: Thread) -> None:
    for seen, noted in (("9" * 19, "9" * 30), ("9" * 19, "-" + "9" * 30), ("9" * 18, "0")):
        assert post_reply(agent, waiting, seen=seen, noted=noted).status_code == 200


def test_without_javascript_what_is_held_back_keeps_its_text_and_can_be_sent_again(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    form = reply_form(waiting, body=WORDS)
    mirakl.customer_writes(waiting.mirakl_id, NEWS)

    held = post_reply(agent, waiting, htmx=False, **form)
    page = text_of(held)
    form |= {"seen": value_of(page, "seen"), "token": value_of(page, "token")}
    again = post_reply(agent, waiting, htmx=False, **form)

    assert held.status_code == 409
    assert NEWS in page
    assert f"{WORDS}</textarea>" in page
    assert again["Location"].startswith(waiting.get_absolute_url())
    assert Outgoing.objects.get().state == State.SENT


def test_an_answer_from_the_back_office_holds_a_reply_back_too(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    form = reply_form(waiting)
    mirakl.write(waiting.mirakl_id, "Answered in the back office")

    response = post_reply(agent, waiting, **form)

    assert response.status_code == 409
    assert "Answered in the back office" in text_of(response)


def test_a_reply_goes_out_when_the_thread_cannot_be_read_first(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    mirakl.fails("M10", status=500)

    post_reply(agent, waiting)

    assert Outgoing.objects.get().state == State.SENT


# -- sent ---------------------------------------------------------------------


def test_a_sent_reply_comes_back_as_a_bubble_and_an_empty_form_with_a_new_token(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    form = reply_form(waiting, body=WORDS)

    fragment = text_of(post_reply(agent, waiting, **form))

    assert fragment.count(WORDS) == 1
    assert f'hx-swap-oob="beforeend:#timeline-{waiting.pk}"' in fragment
    assert value_of(fragment, "token") != form["token"]
    assert mirakl.bodies(waiting.mirakl_id)[-1] == WORDS


def test_a_sent_reply_is_shown_once_by_the_next_display(
    agent: Client, waiting: Thread, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from inbox.services.mirror import sync

    monkeypatch.setattr(sync, "THREAD_FRESH_FOR", timedelta(0))
    post_reply(agent, waiting, body=WORDS)

    page = text_of(agent.get(waiting.get_absolute_url()))

    assert page.partition(' class="timeline"')[2].partition("<aside")[0].count(f">{WORDS}<") == 1


def test_a_recipient_that_mirakl_does_not_offer_is_never_written_to(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    Thread.objects.filter(pk=waiting.pk).update(
        authorized_participants=[Participant("OPERATOR", display_name="Maison Verte")]
    )

    response = post_reply(agent, waiting, to=["CUSTOMER"])

    assert response.status_code == 422
    assert mirakl.calls("M12") == []


def test_both_recipients_reach_mirakl(agent: Client, waiting: Thread, mirakl: Mirakl) -> None:
    post_reply(agent, waiting, to=["CUSTOMER", "OPERATOR"])

    to = mirakl.messages(waiting.mirakl_id)[-1]["to"]
    assert {one["type"] for one in to} == {"CUSTOMER", "OPERATOR"}


# -- settled by a person ------------------------------------------------------


@pytest.mark.parametrize("htmx", [True, False])
def test_a_failed_reply_is_sent_again_with_its_text_and_its_file(
    htmx: bool, agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    file = SimpleUploadedFile("note.txt", b"for you")
    reply = failed_reply(agent, waiting, mirakl, body=WORDS, files=file)

    response = agent.post(address(reply, "send-again/"), headers=HTMX if htmx else {})

    newest = mirakl.messages(waiting.mirakl_id)[-1]
    assert response.status_code == (200 if htmx else 302)
    assert newest["body"] == WORDS
    assert mirakl.download(newest["attachments"][0]["id"]) == b"for you"
    assert ('data-state="sent"' in text_of(response)) == htmx


def test_sending_again_twice_sends_once(agent: Client, waiting: Thread, mirakl: Mirakl) -> None:
    reply = failed_reply(agent, waiting, mirakl)
    refused = len(mirakl.calls("M12"))

    for _click in range(2):
        agent.post(address(reply, "send-again/"), headers=HTMX)

    assert len(mirakl.calls("M12")) == refused + 1
    assert mirakl.bodies(waiting.mirakl_id).count(reply.body) == 1


@pytest.mark.parametrize("htmx", [True, False])
def test_a_discarded_reply_is_gone_from_its_thread(
    htmx: bool, agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    reply = failed_reply(agent, waiting, mirakl, body=WORDS)

    response = agent.post(address(reply, "discard/"), headers=HTMX if htmx else {})

    page = text_of(agent.get(waiting.get_absolute_url()))
    assert response.status_code == (200 if htmx else 302)
    assert "Send again" not in text_of(response)
    assert f"reply-{reply.token}" not in page
    assert mirakl.bodies(waiting.mirakl_id).count(WORDS) == 0


def test_a_failed_reply_is_seen_in_the_thread_and_in_the_list(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    reply = failed_reply(agent, waiting, mirakl, body=WORDS)

    thread, inbox = (text_of(agent.get(url)) for url in (waiting.get_absolute_url(), "/"))

    assert f'id="reply-{reply.token}"' in thread
    assert "Not on Sundays" in thread
    assert WORDS in thread
    assert "Reply not sent" in inbox


def test_looking_at_a_reply_without_javascript_leads_to_its_thread(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    reply = failed_reply(agent, waiting, mirakl)

    response = agent.get(address(reply))

    there = f"{waiting.get_absolute_url()}?reply={reply.token}#reply-{reply.token}"
    assert response["Location"] == there


def test_each_file_shows_how_much_of_it_mirakl_has(
    agent: Client, thread: Thread, alice: User
) -> None:
    reply = queued(thread, alice, files=[file("a.png"), file("b.png")])
    reply.files.filter(name="a.png").update(bytes_sent=9)
    change(reply, state=Outgoing.State.SENDING, lease_until=timezone.now() + timedelta(minutes=1))

    page = text_of(agent.get(reply.get_absolute_url(), headers=HTMX))

    assert '<progress max="15" value="9" aria-label="a.png, sent to the marketplace">' in page
    assert "b.png, sent" not in page

"""The bubble that compares a reply with a candidate, and its two answers."""

import pytest
from django.test import Client
from django.urls import reverse

from inbox.models import Candidate, Marketplace, Outgoing, Thread, User
from inbox.services.outbox import confirmation, delivery
from tests.builders import HTMX, text_of, viewer_of
from tests.writing import Mirakl, change, later, queued

ANSWERS = ["candidate-is-it", "candidate-is-not"]


@pytest.fixture
def asked(thread: Thread, alice: User, mirakl: Mirakl) -> Candidate:
    mirakl.fails("M12", alter="mask", drop="after", times=1)
    reply = delivery.deliver(queued(thread, alice, body="Call 01 23 45 67 89 <today>.").pk)
    mirakl.recovers()
    later(reply, seconds=6)
    return confirmation.confirm(reply).candidates.get()


def address(name: str, candidate: Candidate) -> str:
    return reverse(name, args=[candidate.outgoing.token, candidate.pk])


def test_both_texts_stand_side_by_side(
    client: Client, alice: User, thread: Thread, asked: Candidate
) -> None:
    client.force_login(alice)

    page = text_of(client.get(thread.get_absolute_url()))

    assert "Call 01 23 45 67 89 &lt;today&gt;." in page
    assert "Call *** &lt;today&gt;." in page
    assert "Yes, this is it" in page
    assert "Send again" not in page


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_without_javascript_leads_back(
    client: Client, alice: User, asked: Candidate, name: str
) -> None:
    client.force_login(alice)

    answer = client.post(address(name, asked))

    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"#reply-{asked.outgoing.token}")


@pytest.mark.parametrize(
    ("name", "state"), [("candidate-is-it", "sent"), ("candidate-is-not", "unconfirmed")]
)
def test_an_answer_by_htmx_is_the_bubble(
    client: Client, alice: User, asked: Candidate, name: str, state: str
) -> None:
    client.force_login(alice)

    page = text_of(client.post(address(name, asked), headers=HTMX))

    assert f'data-state="{state}"' in page
    assert "Yes, this is it" not in page
    assert "<html" not in page


@pytest.mark.parametrize("name", ANSWERS)
def test_outsiders_and_viewers_decide_nothing(
    client: Client, charlie: User, maison: Marketplace, asked: Candidate, name: str
) -> None:
    for user, status in ((charlie, 404), (viewer_of(maison), 403)):
        client.force_login(user)
        assert client.post(address(name, asked)).status_code == status

    asked.refresh_from_db()
    assert asked.verdict == Candidate.Verdict.UNDECIDED


def test_a_viewer_sees_the_question_without_its_buttons(
    client: Client, maison: Marketplace, asked: Candidate
) -> None:
    client.force_login(viewer_of(maison))

    page = text_of(client.get(reverse("reply", args=[asked.outgoing.token]), headers=HTMX))

    assert "You wrote" in page
    assert "Yes, this is it" not in page


@pytest.mark.parametrize("name", ANSWERS)
def test_a_candidate_of_another_reply_is_not_there(
    client: Client, alice: User, thread: Thread, asked: Candidate, name: str
) -> None:
    other = queued(thread, alice)
    client.force_login(alice)

    answer = client.post(reverse(name, args=[other.token, asked.pk]))

    assert answer.status_code == 404


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_are_posted(client: Client, alice: User, asked: Candidate, name: str) -> None:
    client.force_login(alice)

    assert client.get(address(name, asked)).status_code == 405


def test_an_edit_looks_once_more(
    client: Client, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", drop="before", times=1)
    reply = delivery.deliver(queued(thread, alice).pk)
    change(reply, missing_since=reply.created_at, absent_at=reply.created_at)
    mirakl.write(thread.mirakl_id, "It left this ***.")
    client.force_login(alice)

    client.post(reverse("reply-take-back", args=[reply.token]))

    reply.refresh_from_db()
    assert (reply.state, reply.needs_comparison) == (Outgoing.State.UNCONFIRMED, True)

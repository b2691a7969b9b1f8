import uuid

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Draft, Marketplace, Participant, Thread, User
from inbox.services.composing import drafts
from tests.builders import text_of
from tests.writing import queued


@pytest.fixture
def talk(maison: Marketplace) -> Thread:
    return Thread.objects.create(
        marketplace=maison,
        mirakl_id="talk",
        last_message_at=timezone.now(),
        authorized_participants=[Participant("CUSTOMER", "C-1"), Participant("OPERATOR")],
    )


def save(client: Client, thread: Thread, body: str, **more: str) -> str:
    response = client.post(
        f"{thread.get_absolute_url()}draft/", {"body": body, "to": "OPERATOR"} | more
    )
    return text_of(response)


def test_it_keeps_what_is_typed_and_says_when(alice: User, client: Client, talk: Thread) -> None:
    client.force_login(alice)

    answer = save(client, talk, "Half a sen")
    save(client, talk, "Half a sentence")

    draft = Draft.objects.get()
    assert "Saved" in answer
    assert (draft.body, draft.recipients) == ("Half a sentence", ["OPERATOR"])


def test_it_keeps_no_empty_draft(alice: User, client: Client, talk: Thread) -> None:
    client.force_login(alice)
    save(client, talk, "Never mind")

    save(client, talk, "  ")

    assert not Draft.objects.exists()


def test_it_does_not_come_back_after_its_reply(alice: User, client: Client, talk: Thread) -> None:
    client.force_login(alice)
    token = uuid.uuid4()
    drafts.save(talk, user=alice, body="Here it is", recipients=["CUSTOMER"], token=token)

    queued(talk, alice, token=token, body="Here it is")
    save(client, talk, "Here it is", token=str(token))

    assert not Draft.objects.exists()


def test_a_colleagues_draft_is_a_colleagues_own(
    alice: User, bob: User, client: Client, talk: Thread
) -> None:
    drafts.save(talk, user=bob, body="Bob writes", recipients=[], token=None)
    client.force_login(alice)

    save(client, talk, "Alice writes")

    assert set(Draft.objects.values_list("body", flat=True)) == {"Bob writes", "Alice writes"}


def test_it_is_there_when_the_thread_is_opened_again(
    alice: User, client: Client, talk: Thread
) -> None:
    drafts.save(talk, user=alice, body="To be <continued>", recipients=["OPERATOR"], token=None)
    client.force_login(alice)

    page = text_of(client.get(talk.get_absolute_url()))

    assert "To be &lt;continued&gt;" in page
    assert 'value="OPERATOR" checked' in page
    assert 'value="CUSTOMER" checked' not in page


def test_an_outsider_keeps_nothing(charlie: User, client: Client, talk: Thread) -> None:
    client.force_login(charlie)

    response = client.post(f"{talk.get_absolute_url()}draft/", {"body": "Hello"})

    assert (response.status_code, Draft.objects.count()) == (404, 0)


def test_a_save_that_the_next_has_overtaken_changes_nothing(
    alice: User, client: Client, talk: Thread
) -> None:
    client.force_login(alice)
    token = str(uuid.uuid4())
    save(client, talk, "Half", token=token, number="1")
    save(client, talk, "Half a sentence", token=token, number="3")

    save(client, talk, "Half a", token=token, number="2")

    assert Draft.objects.get().body == "Half a sentence"


def test_another_form_counts_its_saves_anew(alice: User, client: Client, talk: Thread) -> None:
    client.force_login(alice)
    save(client, talk, "Then", token=str(uuid.uuid4()), number="7")

    save(client, talk, "Now", token=str(uuid.uuid4()), number="1")

    assert Draft.objects.get().body == "Now"


@pytest.mark.parametrize("path", ["draft/", "presence/", "topic/", ""])
def test_each_answer_says_which_conversation_it_is_about(
    path: str, alice: User, client: Client, talk: Thread
) -> None:
    client.force_login(alice)
    ask = client.post if path in ("draft/", "presence/") else client.get

    answer = ask(f"{talk.get_absolute_url()}{path}", {"body": "", "state": "viewing"})

    assert answer["X-Thread"] == str(talk.pk)

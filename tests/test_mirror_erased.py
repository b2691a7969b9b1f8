"""Data that Mirakl erases is erased here: text, names, files; the row of a message stays."""

from typing import Any

import pytest
from django.test import Client

from inbox.models import Attachment, Marketplace, Message, Participant, Thread, User
from inbox.services.mirror import sync
from inbox.services.outbox import delivery
from inbox.services.search import full_text
from tests.builders import text_of
from tests.reading import ago, message, page_of, thread_of
from tests.writing import Mirakl, change, queued

pytestmark = pytest.mark.django_db(transaction=True)

UPDATED = ago(minutes=30)
FILE_NAME = "passport-dupont.png"
FILE = {"id": "f1", "name": FILE_NAME, "size": 9}
ASKED = message("m1", "CUSTOMER", ago(hours=5), body="My name is Dupont", attachments=[FILE])
ANSWERED = message("m2", "SHOP", ago(hours=4), body="Dear Mr Dupont")
THANKED = message("m3", "CUSTOMER", ago(hours=3), body="Dupont says thanks")


def conversation(*messages: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return thread_of(*messages, **({"date_updated": UPDATED} | changes))


@pytest.fixture
def m10(maison: Marketplace, mirakl: Mirakl) -> Any:
    """Reads the thread while M10 answers with these messages."""

    def read(*messages: dict[str, Any], **changes: Any) -> Thread:
        mirakl.fails("M10", status=200, body=conversation(*messages, **changes))
        opened = sync.open_thread(maison, "thread-1", force=True)
        assert opened.thread
        assert opened.freshness.state == "fresh"
        return opened.thread

    return read


def message_of(mirakl_id: str) -> Message:
    return Message.objects.get(mirakl_id=mirakl_id)


# -- one message less -----------------------------------------------------


def test_a_message_that_m10_no_longer_shows_loses_its_text_and_files(m10: Any) -> None:
    m10(ASKED, ANSWERED, THANKED)
    before = message_of("m1")

    m10(ANSWERED, THANKED)

    gone = message_of("m1")
    assert (gone.body, gone.sender_name, gone.search_text) == ("", "", "")
    assert (gone.pk, gone.created_at) == (before.pk, before.created_at)
    assert gone.sender_side == "CUSTOMER"
    assert gone.recipients == [Participant("SHOP")]
    assert gone.gone_at is not None
    assert not Attachment.objects.exists()


def test_the_page_says_that_a_message_is_no_longer_there(
    m10: Any, alice: User, client: Client
) -> None:
    m10(ASKED, ANSWERED)
    thread = m10(ANSWERED)
    client.force_login(alice)

    page = text_of(client.get(thread.get_absolute_url()))

    assert "This message was deleted." in page
    assert "My name is Dupont" not in page


def test_a_preview_goes_with_its_message(m10: Any) -> None:
    m10(ASKED, ANSWERED, THANKED)

    thread = m10(ASKED, ANSWERED)

    assert thread.preview == "Dear Mr Dupont"


def test_search_finds_nothing_of_it(m10: Any, alice: User, client: Client) -> None:
    m10(ASKED, ANSWERED | {"body": "Hello"})
    m10(ANSWERED | {"body": "Hello"})
    client.force_login(alice)

    page = text_of(client.get("/search/?q=Dupont"))

    assert "thread-1" not in page


def test_a_message_that_comes_back_is_shown_again(m10: Any) -> None:
    m10(ASKED, ANSWERED)
    m10(ANSWERED)

    m10(ASKED, ANSWERED)

    assert (message_of("m1").body, message_of("m1").gone_at) == ("My name is Dupont", None)
    assert Attachment.objects.get().name == FILE["name"]


def test_an_erased_answer_of_ours_makes_nobody_wait_again(m10: Any, maison: Marketplace) -> None:
    m10(ASKED, ANSWERED)

    thread = m10(ASKED)

    assert thread.waiting_since is None


# -- data that stays ------------------------------------------------------


def test_the_window_of_m11_erases_nothing(m10: Any, maison: Marketplace, mirakl: Mirakl) -> None:
    m10(ASKED, ANSWERED, THANKED)
    mirakl.fails("M11", status=200, body=page_of(conversation(THANKED)))

    sync.refresh([maison])

    assert message_of("m1").body == "My name is Dupont"
    assert Attachment.objects.exists()


def test_an_m10_at_its_limit_erases_nothing(m10: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    m10(ASKED, ANSWERED, THANKED)
    monkeypatch.setattr("inbox.services.mirror.mapping.MOST_MESSAGES", 2)

    m10(ANSWERED, THANKED)

    assert message_of("m1").body == "My name is Dupont"


def test_a_message_of_a_moment_ago_may_not_be_shown_yet(m10: Any) -> None:
    just_sent = message("m4", "SHOP", ago(seconds=20), body="On its way")
    m10(ASKED, ANSWERED, just_sent)

    m10(ASKED, ANSWERED)

    assert message_of("m4").body == "On its way"


@pytest.mark.parametrize("messages", ["none", None, [], {}])
def test_an_m10_whose_messages_cannot_be_read_erases_nothing(messages: Any, m10: Any) -> None:
    m10(ASKED, ANSWERED)

    m10(messages=messages, metadata={"total_count": 2})

    assert message_of("m1").body == "My name is Dupont"


# -- other fields ---------------------------------------------------------


def anonymous(record: dict[str, Any]) -> dict[str, Any]:
    return record | {
        "from": {"type": record["from"]["type"], "display_name": "Deleted"},
        "attachments": [{"id": "f1", "name": "erased.png", "size": 0}],
    }


@pytest.mark.parametrize("operation", ["M10", "M11"])
def test_names_are_updated_though_the_text_stays(
    operation: str, m10: Any, maison: Marketplace, mirakl: Mirakl
) -> None:
    m10(ASKED, ANSWERED)
    after = conversation(anonymous(ASKED), ANSWERED)
    mirakl.fails(operation, status=200, body=after if operation == "M10" else page_of(after))

    sync.refresh([maison])
    sync.open_thread(maison, "thread-1", force=True)

    assert message_of("m1").sender_name == "Deleted"
    assert Attachment.objects.get(mirakl_id="f1").name == "erased.png"


def test_a_name_that_is_left_out_is_left_out_here(m10: Any, maison: Marketplace) -> None:
    m10(ASKED | {"from": {"type": "CUSTOMER_USER"}}, ANSWERED)
    nameless = [{"type": "CUSTOMER", "id": "C-1"}]

    thread = m10(ASKED | {"from": {"type": "CUSTOMER_USER"}}, authorized_participants=nameless)

    assert (thread.customer_name, thread.search_names.strip()) == ("", "")


def test_a_file_that_m10_no_longer_shows_is_gone(m10: Any) -> None:
    m10(ASKED, ANSWERED)

    thread = m10(ASKED | {"attachments": []}, ANSWERED)

    assert not Attachment.objects.exists()
    assert not thread.has_attachments
    assert not full_text.matching(Thread.objects.all(), FILE_NAME).exists()


def test_a_file_that_m10_shows_later_is_found_by_its_name(m10: Any) -> None:
    m10(ASKED | {"attachments": []}, ANSWERED)
    assert not full_text.matching(Thread.objects.all(), FILE_NAME).exists()

    thread = m10(ASKED, ANSWERED)

    assert list(full_text.matching(Thread.objects.all(), FILE_NAME)) == [thread]


def test_an_erased_reply_that_was_accepted_without_an_id_does_not_return(
    thread: Thread, alice: User, agent: Client, mirakl: Mirakl
) -> None:
    reply = delivery.deliver(queued(thread, alice, body="Words to be erased").pk)
    change(reply, message_id="")
    agent.get(thread.get_absolute_url())
    ours = thread.messages.order_by("pk").last()
    assert ours
    assert ours.is_ours
    Message.objects.filter(pk=ours.pk).update(gone_at=ours.created_at, body="")

    page = text_of(agent.get(thread.get_absolute_url()))

    assert f"reply-{reply.token}" not in page

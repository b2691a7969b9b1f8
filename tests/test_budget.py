import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from inbox.mirakl.wire import MESSAGE_BYTES
from inbox.models import (
    Attachment,
    Marketplace,
    Message,
    MirrorState,
    Outgoing,
    Participant,
    Thread,
    User,
)
from inbox.services.composing import limits
from tests.builders import post_reply, text_of

ORDER = {"entity_type": "MMP_ORDER", "entity_id": "MV-1-A"}


def a_thread(marketplace: Marketplace, files: int = 0, /, **fields: object) -> Thread:
    thread = Thread.objects.create(
        marketplace=marketplace,
        mirakl_id=uuid.uuid4().hex,
        last_message_at=timezone.now(),
        **(ORDER | fields),
    )
    message = Message.objects.create(
        marketplace=thread.marketplace, thread=thread, mirakl_id="M1", created_at=timezone.now()
    )
    Attachment.objects.bulk_create(
        Attachment(
            marketplace=message.marketplace,
            message=message,
            mirakl_id=uuid.uuid4().hex,
            name="a.png",
        )
        for _ in range(files)
    )
    return thread


def test_files_are_counted_over_all_threads_of_the_order(maison: Marketplace) -> None:
    thread = a_thread(maison, 3)
    a_thread(maison, 4)
    a_thread(maison, 5, entity_id="MV-2-A")

    found = limits.budget_for(thread)

    assert (found.files, found.most_files, found.files_left) == (7, 50, 43)
    assert not found.has_few_files


def test_a_file_on_two_messages_is_one(maison: Marketplace) -> None:
    thread = a_thread(maison, 1)
    again = Message.objects.create(
        marketplace=thread.marketplace, thread=thread, mirakl_id="M2", created_at=timezone.now()
    )
    known = Attachment.objects.get()
    Attachment.objects.create(
        marketplace=again.marketplace, message=again, mirakl_id=known.mirakl_id, name="a.png"
    )

    assert limits.budget_for(thread).files == 1


def test_files_of_another_marketplaces_order_are_none_of_it(
    maison: Marketplace, nordhaus: Marketplace
) -> None:
    a_thread(nordhaus, 9)

    assert limits.budget_for(a_thread(maison, 1)).files == 1


def test_more_files_fit_between_shop_and_operator(maison: Marketplace) -> None:
    thread = a_thread(maison, 50, entity_type="SELLER_OPERATOR", entity_id="2001")

    assert limits.budget_for(thread).files_left == 950


@pytest.mark.parametrize(
    ("count", "is_full", "has_few"),
    [(989, False, False), (990, False, True), (1000, True, True), (1200, True, True)],
)
def test_a_thread_holds_a_thousand_messages(
    count: int, is_full: bool, has_few: bool, maison: Marketplace
) -> None:
    found = limits.budget_for(a_thread(maison, message_count=count))

    assert (found.is_full, found.has_few_messages) == (is_full, has_few)


# -- on the page ----------------------------------------------------------


@pytest.fixture
def down(maison: Marketplace, alice: User, client: Client) -> Client:
    """Alice's browser while Mirakl is down: only the mirror's data."""
    later = timezone.now() + timedelta(minutes=5)
    MirrorState.objects.filter(pk=maison.pk).update(retry_at=later, failing_since=timezone.now())
    client.force_login(alice)
    return client


def test_a_full_thread_offers_a_new_one_on_its_order(down: Client, maison: Marketplace) -> None:
    page = down.get(_page_of(maison, message_count=1000)).content.decode()

    assert "This conversation has reached its limit of 1000 messages" in page
    assert "Start a new conversation about this order" in page
    assert 'aria-label="Your reply"' not in page


def test_the_page_says_how_much_is_used(down: Client, maison: Marketplace) -> None:
    page = down.get(_page_of(maison, files=45, message_count=12)).content.decode()

    assert "12 of 1000 messages used" in page
    assert "45 of 50 files used on this order" in page
    assert "attach 5 more files" in page


def test_the_page_says_who_declared_that_no_reply_is_needed_and_when(
    down: Client, maison: Marketplace
) -> None:
    said = [{"date": "2026-03-04T10:05:00+00:00", "user_type": "OPERATOR"}]

    page = down.get(_page_of(maison, no_store_reply_needed=said)).content.decode()

    assert "Marked by Operator" in page
    assert "4 Mar 2026, 10:05" in page


def _page_of(maison: Marketplace, files: int = 0, **fields: object) -> str:
    to = [Participant("CUSTOMER", "C-1", "Élise")]
    thread = a_thread(maison, files, authorized_participants=to, **fields)
    return thread.get_absolute_url()


def test_more_files_than_fit_are_refused_before_anything_is_sent(
    maison: Marketplace, alice: User, client: Client, thread: Thread
) -> None:
    a_thread(maison, 49, entity_type=thread.entity_type, entity_id=thread.entity_id)
    client.force_login(alice)

    def two() -> list[SimpleUploadedFile]:
        return [SimpleUploadedFile(f"{name}.txt", b"text") for name in "ab"]

    on_thread = post_reply(client, thread, files=two())
    on_order = client.post(
        f"{thread.order_url}threads/new/",
        {
            "token": uuid.uuid4(),
            "to": "CUSTOMER",
            "topic": "Yours",
            "body": "Here.",
            "files": two(),
        },
    )

    for answer in (on_thread, on_order):
        assert answer.status_code == 422
        assert "You can attach 1 more file here." in text_of(answer)
    assert not Outgoing.objects.exists()


def test_files_of_the_maximum_size_leave_no_room_for_text(
    alice: User, client: Client, thread: Thread
) -> None:
    client.force_login(alice)
    brim = SimpleUploadedFile("brim.bin", b"x" * MESSAGE_BYTES)

    answer = post_reply(client, thread, files=[brim])

    assert answer.status_code == 422
    assert "but a message can have up to" in text_of(answer)

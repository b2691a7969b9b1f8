"""A mirrored conversation with a heavy page."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.html import Page

if TYPE_CHECKING:
    from inbox.models import Marketplace, Message, Thread

SMALL = 2_000_000  # bytes


@pytest.fixture
def mirror_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prevents calls to Mirakl for mirrored conversations."""
    from inbox.services.mirror import sync

    monkeypatch.setattr(sync, "THREAD_FRESH_FOR", timedelta(days=1))


@pytest.fixture
def talk(maison: "Marketplace") -> "Thread":
    """Creates a conversation with a customer, just read."""
    from inbox.models import Participant, Thread

    return Thread.objects.create(
        marketplace=maison,
        mirakl_id="talk",
        last_message_at=timezone.now(),
        read_at=timezone.now(),
        authorized_participants=[Participant("CUSTOMER", "C-1")],
    )


def customer_writes(thread: "Thread", body: str, times: int = 1) -> "list[Message]":
    from inbox.models import Message

    begun = timezone.now() - timedelta(days=1)
    return Message.objects.bulk_create(
        Message(
            marketplace=thread.marketplace,
            thread=thread,
            mirakl_id=f"m{number}",
            body=body,
            sender_type="CUSTOMER_USER",
            created_at=begun + timedelta(minutes=number),
        )
        for number in range(times)
    )


def shown_on(page: str) -> list[str]:
    """Returns the Mirakl ids of the messages on the page."""
    ids = Page(page).get_all("id", "section", css_class="bubble")
    return [one.removeprefix("message-") for one in ids if one.startswith("message-")]

"""All files of a conversation, and of an order's conversations."""

from typing import Any

import pytest
from django.test import Client

from inbox.models import Attachment, Message, Thread, User
from inbox.services.mirror import sync
from inbox.stretches import MOST_ROWS
from tests.builders import text_of
from tests.writing import Mirakl


@pytest.fixture
def filed(thread: Thread, mirakl: Mirakl) -> Thread:
    mirakl.write(thread.mirakl_id, "My bill.", ("bill.pdf", b"%PDF-1.4 a bill"))
    sync.refresh([thread.marketplace])
    return Thread.objects.get(pk=thread.pk)


def addresses(thread: Thread) -> list[str]:
    order = f"/orders/maison-verte/{thread.entity_id}/"
    return [f"{thread.get_absolute_url()}files/", f"{order}files/"]


def test_they_are_listed_with_their_message(agent: Client, filed: Thread) -> None:
    message = Message.objects.get(attachments__name="bill.pdf")
    for address in addresses(filed):
        page = text_of(agent.get(address))

        assert "bill.pdf" in page
        assert f"#message-{message.mirakl_id}" in page


def test_the_pages_of_both_lead_there(agent: Client, filed: Thread) -> None:
    of_thread, of_order = addresses(filed)

    assert f'href="{of_thread}"' in text_of(agent.get(filed.get_absolute_url()))
    order = text_of(agent.get(of_order.removesuffix("files/")))
    assert f'href="{of_order}"' in order


def test_how_many_there_are_asks_no_more(
    agent: Client, filed: Thread, django_assert_max_num_queries: Any
) -> None:
    message = Message.objects.get(attachments__name="bill.pdf")
    Attachment.objects.bulk_create(
        [
            Attachment(
                marketplace=message.marketplace, message=message, mirakl_id=f"m{n}", name=f"{n}.txt"
            )
            for n in range(400)
        ]
    )
    with django_assert_max_num_queries(18):
        page = text_of(agent.get(addresses(filed)[0]))

    assert page.count("data-file=") == MOST_ROWS
    assert f"Show {401 - MOST_ROWS} more" in page


def test_others_find_nothing(agent: Client, filed: Thread) -> None:
    agent.force_login(User.objects.create_user("olga"))

    assert [agent.get(address).status_code for address in addresses(filed)] == [404, 404]

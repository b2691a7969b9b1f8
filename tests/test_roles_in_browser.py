"""Each role in a browser: it reads, replies with a file, and starts a thread."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import FilePayload, Page, expect

from inbox.models import Access, Marketplace, Outgoing, User
from tests.storefront import Storefront, order_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[User], None]
PAPER = FilePayload(name="paper.txt", mimeType="text/plain", buffer=b"bytes of a paper")


@pytest.fixture
def olga(maison_operator: Marketplace) -> User:
    """An agent of the operator of Maison Verte."""
    group = Group.objects.create(name="Operators")
    Access.objects.create(group=group, marketplace=maison_operator, role=Access.Role.LEAD)
    person = User.objects.create_user("olga", undo_seconds=0, after_sending="stay")
    person.groups.add(group)
    return person


def write(page: Page, label: str, words: str, button: str) -> None:
    page.get_by_label(label, exact=True).fill(words)
    page.get_by_label("Attach files").set_input_files([PAPER])
    page.get_by_role("button", name=button).click()


def latest(storefront: Storefront, thread_id: str) -> dict[str, Any]:
    return storefront.messages(thread_id)[-1]


def test_a_storefront_does_its_job_as_the_customer(
    page: Page, sign_in: SignIn, frida: User, storefront: Storefront
) -> None:
    order_id = order_of(storefront.first)
    sign_in(frida)

    page.goto("/")
    page.get_by_label("By order").fill(order_id)
    page.get_by_role("button", name="Find customer").click()
    page.locator(f'a[href*="/{storefront.first["id"]}/"]').click()
    write(page, "Your reply", "Where is my lamp?", "Send to shop")
    expect(page.get_by_role("region", name="Messages").get_by_text("Sent")).to_be_visible()

    sent = latest(storefront, storefront.first["id"])
    assert sent["from"]["type"] == "CUSTOMER_USER"
    assert storefront.download(sent["attachments"][0]["id"]) == PAPER["buffer"]

    page.goto(f"/customers/maison-verte-front/{storefront.mine}/")
    page.get_by_label("Order number").fill(order_id)
    page.get_by_role("button", name="Start a conversation").click()
    expect(page.get_by_text("viewing this as the customer")).to_be_visible()
    write_new(page, "Send to shop")
    page.wait_for_url("**/threads/maison-verte-front/*/")

    begun = latest(storefront, page.url.rstrip("/").split("/")[-1])
    assert begun["from"]["type"] == "CUSTOMER_USER"
    assert begun["attachments"][0]["name"] == "paper.txt"


def test_an_operator_does_its_job_over_every_shop(
    page: Page, sign_in: SignIn, olga: User, storefront: Storefront
) -> None:
    order_id = order_of(storefront.first)
    sign_in(olga)

    page.goto("/?view=all")
    page.goto(f"/search/?list=1&q={order_id}")
    row = page.locator(f'li:has(a[href*="/{storefront.first["id"]}/"])')
    assert shop_of(storefront.first) in row.inner_text()
    row.locator("a").click()
    write(page, "Your reply", "We look into it.", "Send to")
    expect(page.get_by_role("region", name="Messages").get_by_text("Sent")).to_be_visible()

    sent = latest(storefront, storefront.first["id"])
    assert sent["from"]["type"] == "OPERATOR_USER"
    assert storefront.download(sent["attachments"][0]["id"]) == PAPER["buffer"]

    page.goto(f"/orders/maison-verte-operator/{order_id}/threads/new/")
    write_new(page, "Send to customer")
    page.wait_for_url("**/threads/maison-verte-operator/*/")

    assert latest(storefront, page.url.rstrip("/").split("/")[-1])["from"]["type"] == (
        "OPERATOR_USER"
    )


def write_new(page: Page, button: str) -> None:
    page.get_by_label("Topic", exact=True).fill("About the lamp")
    write(page, "Message", "A question about my order.", button)


def shop_of(thread: dict[str, Any]) -> str:
    parties = thread["authorized_participants"]
    return str(next(one["display_name"] for one in parties if one["type"] == "SHOP"))


def test_a_shop_does_its_job_where_there_are_no_conversations(
    page: Page, sign_in: SignIn, maison: Marketplace, alice: User, storefront: Storefront
) -> None:
    Marketplace.objects.filter(pk=maison.pk).update(has_threads=False)
    sign_in(alice)

    page.goto("/legacy/maison-verte/messages/")
    page.locator('a[href^="/orders/maison-verte/"]').first.click()
    page.get_by_role("link", name="Send order message").click()
    page.get_by_label("Subject", exact=True).fill("About the lamp")
    page.get_by_label("Message", exact=True).fill("It left this morning.")
    page.get_by_role("button", name="Send to customer").click()
    expect(page.locator("#threads").get_by_text("It left this morning.").first).to_be_visible()

    sent = Outgoing.objects.get()
    assert (sent.state, sent.kind) == (Outgoing.State.SENT, Outgoing.Kind.ORDER_MESSAGE)
    assert [call["status"] for call in storefront.calls("OR42")] == [201]

"""Canned replies in a real browser, by keyboard; warnings and the page after sending."""

import pytest
from playwright.sync_api import Page, expect

from inbox.models import CannedReply, Outgoing, Thread
from tests.builders import show_inbox
from tests.composing import send, sent, write
from tests.writing import Mirakl

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ready(waiting: Thread) -> None:
    CannedReply.objects.create(name="Greeting", body="Hello {{ customer.name }},")
    CannedReply.objects.create(name="Parcel", body="It is with {{ tracking.carrier }} now.")


def test_a_slash_finds_a_canned_reply_and_enter_inserts_it_at_the_cursor(
    ready: None, opened: Page, waiting: Thread
) -> None:
    box = opened.get_by_label("Your reply")
    box.focus()
    opened.keyboard.press("/")
    search = opened.get_by_role("combobox", name="Search canned replies")
    expect(search).to_be_focused()
    expect(opened.get_by_role("option")).to_have_count(2)
    opened.keyboard.type("greet")
    expect(opened.get_by_role("option")).to_have_count(1)
    expect(opened.get_by_role("region", name="Preview")).to_have_text(
        f"Hello {waiting.customer_name},"
    )

    opened.keyboard.press("Enter")
    opened.keyboard.type(" 1/2")

    expect(box).to_be_focused()
    expect(box).to_have_value(f"Hello {waiting.customer_name}, 1/2")
    expect(search).to_be_hidden()


def test_a_gap_is_shown_holds_the_reply_and_is_typed_over(
    ready: None, opened: Page, mirakl: Mirakl
) -> None:
    mirakl.fails("OR11", status=500)
    opened.get_by_role("button", name="Canned replies").click()
    opened.keyboard.type("parcel")
    expect(opened.get_by_text("1 missing")).to_be_visible()
    opened.keyboard.press("Enter")
    gap = opened.get_by_role("button", name="[missing: tracking.carrier]")
    expect(gap).to_be_visible()

    send(opened)
    assert mirakl.calls("M12") == []
    gap.click()
    opened.keyboard.type("Demo Post")

    expect(gap).to_have_count(0)
    send(opened)
    sent(opened)
    assert Outgoing.objects.get().body == "It is with Demo Post now."


def test_a_warning_is_mended_or_sent_anyway(opened: Page, mirakl: Mirakl) -> None:
    write(opened, "Can you refund him?")
    send(opened)
    expect(opened.get_by_text("sounds like a note to a colleague")).to_be_visible()

    opened.get_by_role("button", name="Change").click()
    expect(opened.get_by_label("Your reply")).to_be_focused()
    expect(opened.get_by_role("button", name="Send to customer anyway")).to_have_count(0)
    send(opened)
    opened.get_by_role("button", name="Send to customer anyway").click()

    sent(opened)
    assert Outgoing.objects.get().body == "Can you refund him?"


def test_after_sending_the_next_one_opens_and_says_so(opened: Page, waiting: Thread) -> None:
    show_inbox(waiting.marketplace)
    opened.reload()
    beside = opened.locator(".rows .open")
    following = beside.nth(1).get_attribute("href")
    write(opened)

    opened.get_by_label("After sending").click()
    opened.get_by_role("button", name="Open the next conversation in the view").click()

    opened.wait_for_url(f"**{following}")
    expect(opened.locator("#done .told", has_text=f"to {waiting.who}")).to_be_visible()

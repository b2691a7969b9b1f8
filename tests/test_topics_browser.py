"""Topics in a browser: a reason hides the free text, and both appear on demand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from inbox.models import Thread, User
from tests.writing import Mirakl

SignIn = Callable[[User], None]


@pytest.mark.browser
def test_a_conversation_with_the_operator_starts_by_reason(
    page: Page, sign_in: SignIn, alice: User, mirakl: Mirakl
) -> None:
    sign_in(alice)

    page.goto("/threads/new/")
    page.get_by_role("link", name="Write to the operator").click()
    page.get_by_label("Reason").select_option(label="Invoices and payments")
    expect(page.get_by_label("Topic")).to_be_hidden()
    page.get_by_label("Message").fill("When is it due?")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("heading", name="Invoices and payments")).to_be_visible()
    assert len(mirakl.calls("M14")) == 1


@pytest.mark.browser
def test_a_reply_changes_the_topic(
    page: Page, sign_in: SignIn, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    sign_in(alice)
    page.goto(thread.get_absolute_url())
    expect(page.get_by_label("Reason")).to_have_count(0)

    page.get_by_text("Change topic").click()
    page.get_by_label("Topic").fill("Your new lamp")
    page.get_by_label("Your reply").fill("It left this morning.")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("heading", name="Your new lamp")).to_be_visible()
    there = next(one for one in mirakl.threads() if one["id"] == thread.mirakl_id)
    assert there["topic"] == {"type": "FREE_TEXT", "value": "Your new lamp"}

"""Undo, and drafts that survive their page, in a real browser."""

import re
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from inbox.models import Draft, Outgoing, Thread, User
from tests.composing import WORDS, reload_late, send, sent, write
from tests.writing import Mirakl, eventually

SAVED = re.compile(r"Saved at \d\d:\d\d")
SignIn = Callable[[User], None]

pytestmark = pytest.mark.browser


@pytest.fixture
def patient(opened: Page, alice: User) -> Page:
    """Her tab, in which replies can be undone for a while."""
    User.objects.filter(pk=alice.pk).update(undo_seconds=50)
    return opened


def test_undo_gives_the_text_back_above_what_was_typed_meanwhile(
    patient: Page, mirakl: Mirakl
) -> None:
    write(patient)
    send(patient)
    expect(patient.locator("[data-countdown]")).to_have_text(re.compile(r"Sending in [1-4]\d s"))
    write(patient, "And another thing")

    patient.get_by_role("button", name="Undo").click()

    expect(patient.get_by_label("Your reply")).to_have_value(f"{WORDS}\n\nAnd another thing")
    expect(patient.locator("section[data-state=queued]")).to_have_count(0)
    assert mirakl.calls("M12") == []


def test_a_reply_goes_out_by_itself_when_its_time_has_come(
    patient: Page, waiting: Thread, mirakl: Mirakl
) -> None:
    User.objects.update(undo_seconds=1)
    write(patient)

    send(patient)

    sent(patient)
    expect(patient.locator(".thread-head")).to_contain_text("Answered")
    assert mirakl.bodies(waiting.mirakl_id).count(WORDS) == 1


def test_a_failure_is_counted_without_a_reload(patient: Page, mirakl: Mirakl) -> None:
    User.objects.update(undo_seconds=1)
    mirakl.fails("M12", status=400)
    write(patient)

    send(patient)

    expect(patient.get_by_role("link", name="Failed 1")).to_be_visible(timeout=20_000)


def test_a_reload_keeps_what_was_typed_a_moment_ago(opened: Page) -> None:
    write(opened)

    opened.reload()

    expect(opened.get_by_label("Your reply")).to_have_value(WORDS)


def test_a_reload_that_overtakes_a_save_keeps_it_too(opened: Page) -> None:
    write(opened)

    reload_late(opened, happened=Draft.objects.filter(body=WORDS).exists)

    expect(opened.get_by_label("Your reply")).to_have_value(WORDS)


def test_a_session_that_ends_costs_no_text(
    opened: Page, alice: User, waiting: Thread, sign_in: SignIn
) -> None:
    # The page has sent the browser's time zone.
    eventually(lambda: bool(User.objects.get(pk=alice.pk).time_zone))
    Session.objects.all().delete()
    write(opened)
    opened.wait_for_url("**/accounts/login/**")

    sign_in(alice)
    opened.goto(waiting.get_absolute_url())

    expect(opened.get_by_label("Your reply")).to_have_value(WORDS)
    assert not Outgoing.objects.exists()


def test_the_older_of_two_tabs_says_so_and_is_kept_when_asked_to(
    opened: Page, waiting: Thread
) -> None:
    newer = opened.context.new_page()
    newer.goto(waiting.get_absolute_url())
    write(newer, "From the newer tab")
    expect(newer.locator("[data-composer] [data-save-state]")).to_contain_text(SAVED)
    write(opened, "From the older tab")
    expect(opened.get_by_text("A different version was saved in another tab")).to_be_visible()
    assert Draft.objects.get().body == "From the newer tab"

    opened.get_by_text("Keep this version").click()

    expect(opened.locator("[data-composer] [data-save-state]")).to_contain_text(SAVED)
    assert Draft.objects.get().body == "From the older tab"

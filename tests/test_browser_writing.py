"""Writing in a real browser: files, failed requests, and a lost connection."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import FilePayload, Page, Route, expect

from helpdesk.processes import Child
from inbox.models import Draft, Outgoing, Thread, User
from tests.composing import WORDS, send, sent, write
from tests.writing import Mirakl, eventually

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[User], None]
NOTE = FilePayload(name="note.txt", mimeType="text/plain", buffer=b"for you")


def test_it_answers_with_a_file_by_mouse_and_the_form_is_as_new(
    opened: Page, waiting: Thread, mirakl: Mirakl
) -> None:
    opened.get_by_label("Attach files").set_input_files([NOTE])
    write(opened)

    send(opened)

    sent(opened)
    expect(opened.get_by_label("Your reply")).to_have_value("")
    expect(opened.get_by_role("button", name="Remove note.txt")).to_have_count(0)
    newest = mirakl.messages(waiting.mirakl_id)[-1]
    assert newest["body"] == WORDS
    assert mirakl.download(newest["attachments"][0]["id"]) == b"for you"


def test_a_second_reply_can_follow_the_first(opened: Page, waiting: Thread, mirakl: Mirakl) -> None:
    for words in ("The first of two", "The second of two"):
        write(opened, words)
        send(opened)
        expect(opened.locator("section[data-state=sent]", has_text=words)).to_be_visible()

    assert mirakl.bodies(waiting.mirakl_id)[-2:] == ["The first of two", "The second of two"]


def test_a_refused_form_keeps_text_and_files_and_goes_out_when_mended(
    opened: Page, waiting: Thread, mirakl: Mirakl
) -> None:
    opened.get_by_label("Attach files").set_input_files([NOTE])
    write(opened)
    customer = opened.get_by_role("checkbox", name="Customer")
    customer.uncheck()

    send(opened)

    expect(opened.get_by_text("Choose at least one recipient.")).to_be_visible()
    expect(opened.get_by_label("Your reply")).to_have_value(WORDS)
    customer.check()
    send(opened)
    sent(opened)
    expect(opened.get_by_text("Choose at least one recipient.")).to_have_count(0)
    assert mirakl.messages(waiting.mirakl_id)[-1]["attachments"][0]["name"] == "note.txt"


def test_a_large_reply_shows_how_far_it_is(
    opened: Page, celery_worker: Child, waiting: Thread, mirakl: Mirakl, tmp_path: Path
) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(25_000_000))
    opened.get_by_label("Attach files").set_input_files(large)
    write(opened)
    mirakl.fails("M12", latency_ms=1500)

    send(opened)

    progress = opened.get_by_role("progressbar", name="Sent to the marketplace")
    expect(progress).to_be_visible(timeout=30_000)
    assert progress.get_attribute("max") == "25000000"
    sent(opened)
    expect(progress).to_have_count(0)
    assert mirakl.messages(waiting.mirakl_id)[-1]["attachments"][0]["size"] == 25_000_000


def test_what_failed_is_sent_again_at_the_press_of_a_button(
    opened: Page, waiting: Thread, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", status=400, times=1)
    write(opened)
    send(opened)
    expect(opened.locator("section[data-state=failed]")).to_contain_text(WORDS)

    opened.get_by_role("button", name="Send again").click()

    sent(opened)
    assert mirakl.bodies(waiting.mirakl_id).count(WORDS) == 1


def test_text_that_is_rubbed_out_does_not_come_back(opened: Page, waiting: Thread) -> None:
    box = opened.get_by_label("Your reply")
    box.press_sequentially("Not this")
    eventually(lambda: Draft.objects.filter(body="Not this").exists())

    box.clear()

    eventually(lambda: not Draft.objects.exists())


def test_what_failed_can_be_discarded(opened: Page, waiting: Thread, mirakl: Mirakl) -> None:
    mirakl.fails("M12", status=400)
    write(opened)
    send(opened)

    opened.get_by_role("button", name="Discard").click()

    expect(opened.get_by_role("button", name="Send again")).to_have_count(0)
    assert Outgoing.objects.get().state == Outgoing.State.DISCARDED


def test_text_that_cannot_leave_the_browser_stays_in_the_form(
    opened: Page, waiting: Thread, mirakl: Mirakl
) -> None:
    write(opened)
    opened.route("**/reply/", lambda route: route.abort())

    send(opened)

    expect(opened.get_by_role("alert").filter(has_text="You're offline")).to_be_visible()
    expect(opened.get_by_label("Your reply")).to_have_value(WORDS)
    opened.unroute("**/reply/")
    send(opened)
    sent(opened)
    assert len(mirakl.calls("M12")) == 1


def test_a_lost_answer_of_the_desk_does_not_send_twice(
    opened: Page, waiting: Thread, mirakl: Mirakl
) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    write(opened)
    opened.route("**/reply/", lose, times=1)
    send(opened)
    expect(opened.get_by_role("alert").filter(has_text="You're offline")).to_be_visible()

    send(opened)

    sent(opened)
    assert mirakl.bodies(waiting.mirakl_id).count(WORDS) == 1


def test_a_session_that_ends_while_writing_loses_no_draft(
    page: Page, sign_in: SignIn, alice: User, waiting: Thread
) -> None:
    alice.set_password("a good one")
    alice.save()
    sign_in(alice)
    page.goto(waiting.get_absolute_url())
    page.get_by_label("Your reply").press_sequentially(WORDS)
    page.get_by_label("Your reply").blur()
    expect(page.get_by_text("Saved")).to_be_visible()
    Session.objects.all().delete()

    send(page)
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("a good one")
    page.get_by_role("button", name="Log in", exact=True).click()

    expect(page).to_have_url(re.compile(waiting.get_absolute_url()))
    expect(page.get_by_label("Your reply")).to_have_value(WORDS)


def test_a_large_reply_is_stopped_on_its_way(
    opened: Page, celery_worker: Child, waiting: Thread, mirakl: Mirakl, tmp_path: Path
) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(25_000_000))
    opened.get_by_label("Attach files").set_input_files(large)
    write(opened)
    mirakl.fails("M12", latency_ms=6000)
    send(opened)
    eventually(lambda: Outgoing.objects.filter(state=Outgoing.State.SENDING).exists())

    opened.get_by_role("button", name="Cancel sending").click(timeout=30_000)

    stopped = opened.locator("section[data-state=failed]")
    expect(stopped).to_contain_text("canceled before it was complete", timeout=30_000)
    stopped.get_by_role("button", name="Edit").click()
    expect(opened.get_by_label("Your reply")).to_have_value(WORDS)
    expect(opened.get_by_role("button", name="Remove large.bin")).to_be_visible()
    assert WORDS not in mirakl.bodies(waiting.mirakl_id)

"""The main job in a real browser: read, reply with files, start a conversation."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from inbox.models import Draft, Outgoing, Thread, User
from inbox.sandbox.server import Running
from tests.seeded import ORDER_WITH_THREAD
from tests.writing import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from helpdesk.processes import Child

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SEND = re.compile("^Send")


def at_mirakl(sandbox: Running, thread_id: str) -> dict[str, Any]:
    response = httpx.get(
        f"{sandbox.url}/api/inbox/threads/{thread_id}",
        headers={"Authorization": "sandbox-shop-maison"},
    )
    record: dict[str, Any] = response.raise_for_status().json()
    return record


def messages(sandbox: Running, thread_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = at_mirakl(sandbox, thread_id)["messages"]
    return found


def sent(sandbox: Running, operation: str) -> int:
    log = httpx.get(f"{sandbox.url}/_sandbox/log").json()
    return sum(entry["operation"] == operation for entry in log)


def test_it_logs_in_and_shows_the_inbox(page: "Page", alice: User, waiting: Thread) -> None:
    alice.set_password("demo")
    alice.save()

    page.goto("/")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Log in", exact=True).click()

    page.get_by_role("list", name="Conversations").get_by_role("link").first.wait_for()
    assert page.get_by_role("heading", name="Needs reply").is_visible()


def test_it_answers_with_a_file_by_keyboard(
    page: "Page", sign_in: Callable[[User], None], alice: User, waiting: Thread, sandbox: Running
) -> None:
    sign_in(alice)
    page.goto(waiting.get_absolute_url())
    page.get_by_label("Attach files").set_input_files(
        {"name": "note.txt", "mimeType": "text/plain", "buffer": b"for you"}
    )

    page.get_by_label("Your reply").fill("Hello from the desk")
    page.get_by_label("Your reply").press("Control+Enter")

    page.locator("section[data-state=sent]").wait_for()
    assert page.get_by_label("Your reply").input_value() == ""
    newest = messages(sandbox, waiting.mirakl_id)[-1]
    assert newest["body"] == "Hello from the desk"
    (attachment,) = newest["attachments"]
    content = httpx.get(
        f"{sandbox.url}/api/inbox/threads/{attachment['id']}/download",
        headers={"Authorization": "sandbox-shop-maison"},
    ).content
    assert content == b"for you"


def test_a_double_click_sends_once(
    page: "Page", sign_in: Callable[[User], None], alice: User, waiting: Thread, sandbox: Running
) -> None:
    sign_in(alice)
    page.goto(waiting.get_absolute_url())
    page.get_by_label("Your reply").fill("Only once")

    page.get_by_role("button", name=SEND).dblclick()

    page.locator("section[data-state=sent]").wait_for()
    assert sent(sandbox, "M12") == 1


def test_the_button_names_who_reads_it(
    page: "Page", sign_in: Callable[[User], None], alice: User, waiting: Thread
) -> None:
    sign_in(alice)
    page.goto(waiting.get_absolute_url())
    assert page.get_by_role("button", name=SEND).inner_text() == "Send to customer"

    page.get_by_role("checkbox", name="Operator").check()

    assert page.get_by_role("button", name=SEND).inner_text() == "Send to customer and operator"


def test_a_customers_message_holds_the_reply_back_and_leaves_it_untouched(
    page: "Page", sign_in: Callable[[User], None], alice: User, waiting: Thread, sandbox: Running
) -> None:
    sign_in(alice)
    page.goto(waiting.get_absolute_url())
    page.get_by_label("Your reply").fill("An answer to what was asked")
    httpx.post(
        f"{sandbox.url}/_sandbox/customer-message",
        json={
            "marketplace": "maison-verte",
            "thread_id": waiting.mirakl_id,
            "body": "Forget it, it has come",
        },
    ).raise_for_status()

    page.get_by_role("button", name=SEND).click()

    page.locator(".problems").get_by_text("Forget it, it has come").wait_for()
    assert page.get_by_label("Your reply").input_value() == "An answer to what was asked"
    assert sent(sandbox, "M12") == 0
    page.get_by_role("button", name=SEND).click()
    page.locator("section[data-state=sent]").wait_for()
    assert sent(sandbox, "M12") == 1


def test_a_large_reply_goes_through_the_worker(
    page: "Page",
    celery_worker: "Child",
    sign_in: Callable[[User], None],
    alice: User,
    waiting: Thread,
    sandbox: Running,
    tmp_path: Path,
) -> None:
    sign_in(alice)
    page.goto(waiting.get_absolute_url())
    content = bytes(range(256)) * 97_657  # 25 MB
    (tmp_path / "large.bin").write_bytes(content)
    page.get_by_label("Attach files").set_input_files(tmp_path / "large.bin")
    page.get_by_label("Your reply").fill("A large one")

    page.get_by_role("button", name=SEND).click()

    page.locator("section[data-state=sent]").wait_for(timeout=60_000)
    (attachment,) = messages(sandbox, waiting.mirakl_id)[-1]["attachments"]
    assert attachment["size"] == len(content)


def test_a_conversation_begins_on_an_order(
    page: "Page", sign_in: Callable[[User], None], alice: User, waiting: Thread, sandbox: Running
) -> None:
    sign_in(alice)
    page.goto(f"/orders/maison-verte/{waiting.order_id}/")
    page.get_by_role("link", name="Start a conversation").first.click()
    page.get_by_label("Topic").first.fill("About your delivery")
    page.get_by_label("Message").fill("It leaves today")

    page.get_by_role("button", name=SEND).click()

    page.wait_for_url("**/threads/maison-verte/**")
    begun = Outgoing.objects.get().created_thread_id
    assert begun in page.url
    assert messages(sandbox, begun)[0]["body"] == "It leaves today"


def test_what_is_typed_is_there_after_a_reload(
    page: "Page", sign_in: Callable[[User], None], alice: User, waiting: Thread
) -> None:
    sign_in(alice)
    page.goto(waiting.get_absolute_url())
    page.get_by_label("Your reply").press_sequentially("Half a sen")
    eventually(Draft.objects.exists)

    page.reload()

    assert page.get_by_label("Your reply").input_value() == "Half a sen"


def test_a_hostile_message_runs_nothing(
    page: "Page", sign_in: Callable[[User], None], alice: User, waiting: Thread, sandbox: Running
) -> None:
    # The `page` fixture fails on violations of the content security policy.
    hostile = "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">Hi"
    httpx.post(
        f"{sandbox.url}/_sandbox/customer-message",
        json={"marketplace": "maison-verte", "thread_id": waiting.mirakl_id, "body": hostile},
    ).raise_for_status()
    sign_in(alice)

    page.goto(waiting.get_absolute_url())
    page.get_by_text("Show original").last.click()

    assert page.title() != "ran"
    assert "document.title='ran'" in page.locator(".original pre").last.inner_text()


def test_it_answers_without_javascript(
    _browser: "Browser",  # noqa: PT019
    live_server: "LiveServer",
    alice: User,
    waiting: Thread,
    sandbox: Running,
) -> None:
    alice.set_password("demo")
    alice.save()
    context = _browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain = context.new_page()
    plain.goto(waiting.get_absolute_url())
    plain.get_by_label("Username").fill("alice")
    plain.get_by_label("Password").fill("demo")
    plain.get_by_role("button", name="Log in", exact=True).click()

    plain.get_by_label("Your reply").fill("Without any script")
    plain.get_by_role("button", name=SEND).click()

    plain.get_by_text("Without any script", exact=True).wait_for()
    assert messages(sandbox, waiting.mirakl_id)[-1]["body"] == "Without any script"
    context.close()


@pytest.mark.parametrize("path", ["/", "thread", f"/orders/maison-verte/{ORDER_WITH_THREAD}/"])
def test_no_page_is_wider_than_a_small_phone(
    page: "Page", sign_in: Callable[[User], None], alice: User, waiting: Thread, path: str
) -> None:
    sign_in(alice)
    page.set_viewport_size({"width": 360, "height": 740})

    page.goto(waiting.get_absolute_url() if path == "thread" else path)

    assert page.evaluate("document.documentElement.scrollWidth") <= 360

"""The viewer: files one after the other, above their page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from inbox.models import Thread, User
from inbox.sandbox.seed import files
from tests.writing import Mirakl

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[User], None]
FILES = (
    ("lamp.png", files.photo(0)),
    ("broken.png", b"no picture at all"),
    ("list.txt", b"one, two"),
)


@pytest.fixture
def viewer(page: Page, sign_in: SignIn, alice: User, thread: Thread, mirakl: Mirakl) -> Locator:
    """The closed viewer on a conversation whose last message has three files."""
    mirakl.write(thread.mirakl_id, "Here are my files.", *FILES)
    sign_in(alice)
    page.goto(thread.get_absolute_url())
    return page.get_by_role("dialog")


def test_arrows_go_round_and_escape_leaves(page: Page, viewer: Locator) -> None:
    first = page.locator("[data-file][data-name='lamp.png'] [data-look]")

    first.click()
    expect(viewer.get_by_role("img", name="lamp.png")).to_be_visible()
    expect(viewer).to_contain_text(f"/ {page.locator('[data-file]').count()}")
    page.keyboard.press("ArrowRight")
    expect(viewer).to_contain_text("broken.png")
    expect(viewer).to_contain_text("This file can't be displayed.")
    page.keyboard.press("ArrowRight")
    expect(viewer).to_contain_text("list.txt")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(viewer.get_by_role("img", name="lamp.png")).to_be_visible()
    page.keyboard.press("Escape")

    expect(viewer).to_be_hidden()
    expect(first).to_be_focused()


def test_the_file_that_is_shown_is_the_one_downloaded(page: Page, viewer: Locator) -> None:
    page.locator("[data-file][data-name='lamp.png'] [data-look]").click()
    viewer.get_by_role("button", name="Next file").click()
    viewer.get_by_role("button", name="Next file").click()

    with page.expect_download() as download:
        viewer.get_by_role("link", name="Download").click()

    assert download.value.suggested_filename == "list.txt"


def test_all_files_of_a_conversation_stand_on_a_page(
    page: Page, viewer: Locator, thread: Thread
) -> None:
    page.get_by_role("button", name="Details").click()
    page.get_by_role("link", name="All files").click()

    expect(page.get_by_role("heading", name="Files")).to_be_visible()
    expect(page.get_by_text("list.txt")).to_be_visible()
    page.locator("[data-file][data-name='lamp.png'] [data-look]").click()
    expect(viewer.get_by_role("img", name="lamp.png")).to_be_visible()

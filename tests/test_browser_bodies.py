"""Untrusted bodies on a screen: lines, tables and broken pictures."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from inbox.models import Thread, User
from tests.writing import Mirakl

SignIn = Callable[[User], None]
pytestmark = pytest.mark.browser

TABLE = (
    "<table><tr><th>Article</th><th>Description</th><th>Ordered</th><th>Received</th>"
    "<th>Remark</th></tr><tr><td>44-81-KQ-70012</td><td>Garden bench anthracite</td><td>4</td>"
    "<td>3</td><td>disassembled, scratched</td></tr></table>"
)


def body_of(page: Page, sign_in: SignIn, alice: User, thread: Thread) -> Locator:
    """Returns the last message's body on a phone."""
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(alice)
    page.goto(thread.get_absolute_url())
    return page.locator(".bubble .body").last


def test_each_line_reads_in_its_own_direction(
    page: Page, sign_in: SignIn, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    mirakl.customer_writes(thread.mirakl_id, "Order MV-7\nהשולחן שבור!\nThanks")

    body = body_of(page, sign_in, alice, thread)

    lines = body.evaluate(
        """body => [...body.childNodes].filter(node => node.nodeType === 3).map(node => {
          const range = document.createRange();
          range.selectNodeContents(node);
          const line = range.getBoundingClientRect(), room = body.getBoundingClientRect();
          return [line.left - room.left, room.right - line.right].map(Math.round);
        })"""
    )
    assert [("left" if left < right else "right") for left, right in lines] == [
        *("left", "right", "left")
    ]


def test_a_wide_table_scrolls_and_does_not_break_words(
    page: Page, sign_in: SignIn, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    mirakl.customer_writes(thread.mirakl_id, TABLE)

    body = body_of(page, sign_in, alice, thread)

    heights = (
        "cell => cell.getClientRects()[0].height / parseFloat(getComputedStyle(cell).lineHeight)"
    )
    word = body.get_by_role("columnheader", name="Description")
    assert word.evaluate(heights) < 2
    table = body.locator("table")
    assert table.evaluate("table => table.scrollWidth > table.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_end_of_a_long_name_is_seen(
    page: Page, sign_in: SignIn, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    mirakl.write(thread.mirakl_id, "See", ("invoice.pdf" + "_" * 90 + ".exe", b"MZ"))

    body_of(page, sign_in, alice, thread)

    ending = page.locator(".file .name span").last
    expect(ending).to_have_text("______.exe")
    box, room = ending.bounding_box(), page.locator(".file").last.bounding_box()
    assert box
    assert room
    assert box["x"] + box["width"] < room["x"] + room["width"] <= 390


def test_a_picture_that_is_none_says_so(
    page: Page, sign_in: SignIn, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    mirakl.write(thread.mirakl_id, "See", ("lid.jpg", b"\0\0\0\x18ftypheic" + bytes(90)))

    body_of(page, sign_in, alice, thread)

    file = page.locator(".file").last
    file.scroll_into_view_if_needed()
    expect(file.get_by_text("This image can't be displayed.")).to_be_visible()
    expect(file.locator("img")).to_be_hidden()
    expect(file.get_by_role("link", name="Download lid.jpg")).to_be_visible()


def test_a_picture_that_is_none_says_so_without_scripts_too(
    page: Page, sign_in: SignIn, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    mirakl.write(thread.mirakl_id, "See", ("lid.jpg", b"\0\0\0\x18ftypheic" + bytes(90)))
    page.route("**/*.js", lambda route: route.abort())

    body_of(page, sign_in, alice, thread)

    picture = page.locator(".file .thumb img").last
    picture.scroll_into_view_if_needed()
    said = "img => getComputedStyle(img, '::after').content"
    assert "This image can't be displayed." in picture.evaluate(said)


def test_columns_of_spaces_stay_columns(
    page: Page, sign_in: SignIn, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    mirakl.customer_writes(thread.mirakl_id, "List:\n    Lamp      2\n    " + "wide " * 60)

    body = body_of(page, sign_in, alice, thread)

    expect(body).to_have_css("white-space", "pre-wrap")
    assert "    Lamp      2" in body.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") == 390

"""Rows of the list describe messages without text."""

from typing import Any

import msgspec
import pytest

from inbox import mirakl
from inbox.models import Marketplace, Thread
from inbox.services.mirror import previews
from inbox.services.mirror.upsert import store_threads
from tests.reading import ago, message, thread_of

pytestmark = pytest.mark.django_db


def row(body: str, *files: str) -> Thread:
    """Returns the row of a thread with this last message."""
    seller = Marketplace.objects.create(name="N", slug="n", base_url="https://n.example")
    attached = [{"id": f"f{n}", "name": name, "size": 9} for n, name in enumerate(files)]
    said: list[dict[str, Any]] = [
        message("m1", "SHOP", ago(hours=2), body="Hello"),
        message("m2", "CUSTOMER", ago(hours=1), body=body) | {"attachments": attached},
    ]
    store_threads(seller, [msgspec.convert(thread_of(*said), mirakl.Thread)])
    return Thread.objects.get()


@pytest.mark.parametrize(
    ("body", "files", "words"),
    [
        ("", [], "Empty message"),
        ("<p><br></p>", [], "Empty message"),
        (" \n ", ["lamp.jpg"], "Image"),
        ("", ["lamp.HEIC"], "Image"),
        ("", ["a.png", "b.webp"], "Pictures"),
        ("<p><img src='cid:1'></p>", [], "Image"),
        ("", ["invoice.pdf"], "File: invoice.pdf"),
        ("", ["lamp.jpg", "invoice.pdf"], "File: invoice.pdf"),
        ("", [""], "File: Unnamed file"),
    ],
)
def test_a_row_says_what_there_is(body: str, files: list[str], words: str) -> None:
    thread = row(body, *files)

    found = previews.wordless([thread])

    assert thread.preview == ""
    assert found == {thread.pk: words}


def test_a_row_with_text_makes_no_query(django_assert_num_queries: Any) -> None:
    thread = row("Where is it?", "lamp.jpg")

    with django_assert_num_queries(0):
        previews.wordless([thread])


def test_many_rows_take_two_queries(django_assert_num_queries: Any) -> None:
    thread = row("", "lamp.jpg")

    with django_assert_num_queries(2):
        previews.wordless([thread] * 20)

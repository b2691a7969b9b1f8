"""Resumed downloads, through the server of production."""

import collections
from collections.abc import Iterator

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Message, Thread, User
from tests.serving import running_web
from tests.writing import Mirakl

CONTENT = bytes(range(256)) * 2000
BROKEN = "incomplete|without sending"


@pytest.fixture
def address(thread: Thread, mirakl: Mirakl) -> str:
    message_id = mirakl.write(thread.mirakl_id, "See the file", ("noise.bin", CONTENT))
    (one,) = mirakl.messages(thread.mirakl_id)[-1]["attachments"]
    message = Message.objects.create(
        marketplace=thread.marketplace,
        thread=thread,
        mirakl_id=message_id,
        created_at=timezone.now(),
    )
    message.attachments.create(
        marketplace=message.marketplace, mirakl_id=one["id"], name=one["name"], size=one["size"]
    )
    return f"/attachments/maison-verte/{one['id']}/"


@pytest.fixture
def browser(transactional_db: None, address: str, alice: User) -> Iterator[httpx.Client]:
    with running_web() as web, web.browser(alice) as browser:
        yield browser


def begun(browser: httpx.Client, address: str) -> tuple[bytes, str]:
    """Returns the bytes before Mirakl broke off, and the headers to resume."""
    held: list[bytes] = []
    with browser.stream("GET", address) as response:
        assert response.headers["Content-Length"] == str(len(CONTENT))
        with pytest.raises(httpx.RemoteProtocolError, match=BROKEN):
            collections.deque(map(held.append, response.iter_raw()))
    return b"".join(held), response.headers["ETag"]


def test_a_download_that_broke_off_goes_on_where_it_was(
    browser: httpx.Client, address: str, mirakl: Mirakl
) -> None:
    mirakl.fails("M13", truncate=200_000, times=1)
    held, tag = begun(browser, address)

    rest = browser.get(address, headers={"Range": f"bytes={len(held)}-", "If-Range": tag})

    assert 0 < len(held) < len(CONTENT)
    assert (rest.status_code, held + rest.content) == (206, CONTENT)
    last = len(CONTENT) - 1
    assert rest.headers["Content-Range"] == f"bytes {len(held)}-{last}/{len(CONTENT)}"
    assert rest.headers["Content-Disposition"] == 'attachment; filename="noise.bin"'


def test_the_rest_may_break_off_too_and_never_looks_whole(
    browser: httpx.Client, address: str, mirakl: Mirakl
) -> None:
    mirakl.fails("M13", truncate=100_000)

    with pytest.raises(httpx.RemoteProtocolError, match=BROKEN):
        browser.get(address, headers={"Range": "bytes=1000-"})


def test_another_file_than_the_one_begun_comes_whole(browser: httpx.Client, address: str) -> None:
    answer = browser.get(address, headers={"Range": "bytes=1000-", "If-Range": '"another"'})

    assert (answer.status_code, answer.content) == (200, CONTENT)


# -- without the server ---------------------------------------------------


def test_what_is_shown_comes_whole(
    address: str, alice: User, client: Client, mirakl: Mirakl
) -> None:
    client.force_login(alice)

    answer = client.get(f"{address}?inline=1", headers={"Range": "bytes=1000-"})

    assert (answer.status_code, answer.getvalue()) == (200, CONTENT)
    assert "Accept-Ranges" not in answer


def test_several_spans_at_once_are_too_much(address: str, alice: User, client: Client) -> None:
    client.force_login(alice)

    answer = client.get(address, headers={"Range": "bytes=0-9,20-29"})

    assert (answer.status_code, answer.getvalue()) == (200, CONTENT)


def test_a_part_beyond_the_end_is_not_there(address: str, alice: User, client: Client) -> None:
    client.force_login(alice)

    answer = client.get(address, headers={"Range": f"bytes={len(CONTENT)}-"})

    assert answer.status_code == 416
    assert "Download the file again" in answer.content.decode()


def test_an_outsider_gets_no_part(address: str, charlie: User, client: Client) -> None:
    client.force_login(charlie)

    assert client.get(address, headers={"Range": "bytes=0-9"}).status_code == 404

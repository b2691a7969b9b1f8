"""Answers that are no file are refused with an error; files on a storage host are fetched."""

import pytest

from inbox.models import Thread
from inbox.services.marketplaces import downloads
from tests.answering import peer, says
from tests.test_attachments_download import PNG, attached, read
from tests.writing import Mirakl

LOGIN = "<html><form action='/login'><input type='password' name='p'></form></html>"


def test_a_sign_in_page_is_no_picture(thread: Thread, mirakl: Mirakl) -> None:
    attachment = attached(thread, mirakl, "photo.png", PNG)
    mirakl.fails("M13", status=200, body=LOGIN)

    with pytest.raises(downloads.Unavailable) as caught:
        downloads.stream_attachment(attachment, inline=False)

    assert "Maison Verte asked Helpdesk to log in" in caught.value.words


def test_another_page_is_no_picture(thread: Thread, mirakl: Mirakl) -> None:
    attachment = attached(thread, mirakl, "photo.png", PNG)
    mirakl.fails("M13", status=200, body="<html><h1>Welcome</h1></html>")

    with pytest.raises(downloads.Unavailable) as caught:
        downloads.stream_attachment(attachment, inline=False)

    assert "Maison Verte returned something other than this file." in caught.value.words


@pytest.mark.parametrize("path", ["login", "sso/start", "oauth/authorize", "users/sign_in"])
@pytest.mark.parametrize(
    "page",
    [
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(LOGIN), LOGIN.encode()),
    ],
    ids=["absent", "forbidden", "there"],
)
def test_a_redirect_to_a_sign_in_page_says_so(
    page: bytes, path: str, thread: Thread, mirakl: Mirakl
) -> None:
    attachment = attached(thread, mirakl, "photo.png", PNG)

    with peer(says(page)) as url:
        mirakl.fails("M13", status=302, body="", headers={"Location": f"{url}/{path}?to=M13"})
        with pytest.raises(downloads.Unavailable) as caught:
            downloads.stream_attachment(attachment, inline=False)

    assert "Maison Verte asked Helpdesk to log in" in caught.value.words
    assert caught.value.status == 503


def test_a_file_that_its_storage_lost_is_gone(thread: Thread, mirakl: Mirakl) -> None:
    attachment = attached(thread, mirakl, "photo.png", PNG)

    answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    with peer(says(answer)) as url:
        mirakl.fails("M13", status=302, body="", headers={"Location": f"{url}/files/1"})
        with pytest.raises(downloads.Unavailable) as caught:
            downloads.stream_attachment(attachment, inline=False)

    assert "Maison Verte no longer has this file." in caught.value.words


@pytest.mark.parametrize("body", ["half of it", "x" * 5000])
def test_a_file_of_another_size_is_another_file(body: str, thread: Thread, mirakl: Mirakl) -> None:
    attachment = attached(thread, mirakl, "notes.txt", bytes(1000))
    mirakl.fails("M13", status=200, body=body)

    with pytest.raises(downloads.Unavailable):
        downloads.stream_attachment(attachment, inline=False)


@pytest.mark.parametrize("told", [0, 1, 1000])
def test_a_size_may_be_untold_or_in_thousands(told: int, thread: Thread, mirakl: Mirakl) -> None:
    attachment = attached(thread, mirakl, "notes.txt", bytes(1000))
    attachment.size = told

    assert len(read(downloads.stream_attachment(attachment, inline=False))) == 1000


def test_a_file_in_a_storage_arrives(thread: Thread, mirakl: Mirakl) -> None:
    attachment = attached(thread, mirakl, "photo.png", PNG)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(PNG), PNG)

    with peer(says(answer)) as url:
        mirakl.fails("M13", status=302, body="", headers={"Location": f"{url}/signed"})
        content = read(downloads.stream_attachment(attachment, inline=False))

    assert content == PNG


@pytest.mark.parametrize("address", ["http://storage.example/", "https://xn--/", "//xn--a.example"])
def test_one_that_leads_astray_is_told(address: str, thread: Thread, mirakl: Mirakl) -> None:
    attachment = attached(thread, mirakl, "photo.png", PNG)
    mirakl.fails("M13", status=302, body="", headers={"Location": address})

    with pytest.raises(downloads.Unavailable) as caught:
        downloads.stream_attachment(attachment, inline=False)

    assert "This address redirects to another one." in caught.value.words

"""What comes instead of a file is refused in words; what lies in a storage is fetched there."""

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

    assert "Maison Verte sent something else than this file." in caught.value.words


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

    assert "It sends us to another address." in caught.value.words

"""Attachments through the desk: their names, types and limits in a browser."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from inbox.models import Marketplace, Thread, User
from tests.builders import text_of, viewer_of
from tests.writing import Mirakl

PNG = b"\x89PNG\r\n\x1a\n" + bytes(300)
PDF = b"%PDF-1.4\n" + bytes(300)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
HTML = b"<html><script>alert(1)</script>"


def address_of(agent: Client, thread: Thread, mirakl: Mirakl, name: str, content: bytes) -> str:
    """Returns the URL in the page that has just shown the message."""
    mirakl.write(thread.mirakl_id, "See the file", (name, content))
    (one,) = mirakl.messages(thread.mirakl_id)[-1]["attachments"]
    agent.get(thread.get_absolute_url())
    return f"/attachments/maison-verte/{one['id']}/"


def whole(response: Any) -> bytes:
    content: bytes = response.getvalue()
    return content


@pytest.mark.parametrize("name", ["Größe “XL” 📎.png", "facture été.pdf", 'a "quoted" one.txt'])
def test_a_file_keeps_its_name_and_every_byte(
    name: str, agent: Client, thread: Thread, mirakl: Mirakl
) -> None:
    content = bytes(range(256)) * 900

    response = agent.get(address_of(agent, thread, mirakl, name, content))

    assert whole(response) == content
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert quote(name, safe="") in disposition or name.replace('"', '\\"') in disposition
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Length"] == str(len(content))


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [("photo.png", PNG, "image/png"), ("facture.pdf", PDF, "application/pdf")],
)
def test_a_real_picture_or_pdf_is_shown_when_that_is_asked_for(
    name: str, content: bytes, kind: str, agent: Client, thread: Thread, mirakl: Mirakl
) -> None:
    address = address_of(agent, thread, mirakl, name, content)

    shown, saved = agent.get(f"{address}?inline=1"), agent.get(address)

    assert (whole(shown), whole(saved)) == (content, content)
    assert shown["Content-Type"] == kind
    assert shown["Content-Disposition"].startswith("inline")
    assert "default-src 'none'" in shown["Content-Security-Policy"]
    assert saved["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("content", [HTML, SVG])
@pytest.mark.parametrize("name", ["photo.png", "facture.pdf", "page.html", "drawing.svg"])
def test_what_could_run_is_saved_whatever_it_calls_itself(
    name: str, content: bytes, agent: Client, thread: Thread, mirakl: Mirakl
) -> None:
    address = address_of(agent, thread, mirakl, name, content)

    response = agent.get(f"{address}?inline=1")

    assert whole(response) == content
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_is_asked_for_when_somebody_wants_it(
    agent: Client, thread: Thread, mirakl: Mirakl
) -> None:
    address = address_of(agent, thread, mirakl, "photo.png", PNG)
    assert mirakl.calls("M13") == []

    whole(agent.get(address))

    assert len(mirakl.calls("M13")) == 1


def test_a_look_at_the_head_has_no_body(agent: Client, thread: Thread, mirakl: Mirakl) -> None:
    response = agent.head(address_of(agent, thread, mirakl, "photo.png", PNG))

    assert response.content == b""
    assert response["Content-Length"] == str(len(PNG))


@pytest.mark.parametrize(("status", "shown"), [(500, 503), (404, 404)])
def test_a_page_says_why_a_file_cannot_be_had(
    status: int, shown: int, agent: Client, thread: Thread, mirakl: Mirakl
) -> None:
    address = address_of(agent, thread, mirakl, "photo.png", PNG)
    mirakl.fails("M13", status=status)

    response = agent.get(address)

    assert response.status_code == shown
    assert response["Content-Type"].startswith("text/html")
    assert "Content-Disposition" not in response
    assert "Try again" in text_of(response)


def test_a_viewer_downloads(
    agent: Client, thread: Thread, mirakl: Mirakl, maison: Marketplace
) -> None:
    address = address_of(agent, thread, mirakl, "photo.png", PNG)
    agent.force_login(viewer_of(maison))

    assert whole(agent.get(address)) == PNG


def test_an_outsider_gets_nothing_and_asks_nothing(
    agent: Client, thread: Thread, mirakl: Mirakl, charlie: User
) -> None:
    address = address_of(agent, thread, mirakl, "photo.png", PNG)
    agent.force_login(charlie)

    elsewhere = address.replace("maison-verte", "nordhaus")

    assert [agent.get(one).status_code for one in (address, elsewhere)] == [404, 404]
    assert mirakl.calls("M13") == []


def test_a_stranger_is_asked_to_log_in(agent: Client, thread: Thread, mirakl: Mirakl) -> None:
    address = address_of(agent, thread, mirakl, "photo.png", PNG)
    agent.logout()

    assert agent.get(address)["Location"] == f"/accounts/login/?next={address}"
    assert mirakl.calls("M13") == []


def test_a_file_that_no_display_has_shown_is_not_found(
    agent: Client, thread: Thread, mirakl: Mirakl
) -> None:
    assert agent.get("/attachments/maison-verte/unknown/").status_code == 404
    assert mirakl.calls("M13") == []

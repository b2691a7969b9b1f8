"""Every URL of the desk, future ones included: allowed users, and 404 for others."""

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from inbox import urls
from inbox.models import Marketplace, Outgoing, Thread, User
from tests.builders import HTMX, reply_form, text_of, viewer_of, waiting_on
from tests.seeded import ORDER_WITH_THREAD
from tests.writing import Mirakl

# Text that an outsider must not see.
NAMES = ["Maison Verte", "Nordhaus"]
VALUES: dict[str, Any] = {
    "marketplace": "maison-verte",
    "order_id": ORDER_WITH_THREAD,
    "service_code": "S-1",
    "customer_id": "C-1",
    "document_id": 1,
    "number": 0,
    "attachment_id": "A-1",
    "message_id": "M-1",
    "pk": 1,
    "block": "activity",
    "page": "overview",
    "rows": "answered",
}
# Writes that a viewer may do: personal settings.
FREE = {
    "/notifications/read/",
    "/profile/",
    "/profile/zone/",
    "/profile/sidebar/",
    "/reports/overview/save/",
    "/threads/maison-verte/T-1/presence/",
    "/views/new/",
}
PATTERNS = [one for one in urls.urlpatterns if isinstance(one, URLPattern)]


@pytest.fixture
def addresses(maison: Marketplace, mirakl: Mirakl) -> list[str]:
    """Returns the URL of each pattern, filled with objects of Maison Verte."""
    now = timezone.now()
    thread = Thread.objects.create(marketplace=maison, mirakl_id="T-1", last_message_at=now)
    failed = {"state": "failed", "settled_at": now}
    reply = Outgoing.objects.create(marketplace=maison, thread=thread, body="Hello", **failed)
    known = VALUES | {"thread_id": thread.mirakl_id, "token": reply.token}
    return [
        reverse(str(one.name), kwargs={name: known[name] for name in one.pattern.converters})
        for one in PATTERNS
    ]


def test_an_outsider_finds_nothing(
    addresses: list[str], client: Client, mirakl: Mirakl, subtests: pytest.Subtests
) -> None:
    otto = User.objects.create_user("otto")
    asked = len(mirakl.calls("M11"))

    for address in addresses:
        with subtests.test(address):
            client.force_login(otto)

            answers = [client.get(address), client.get(address, headers=HTMX), client.post(address)]

            assert {answer.status_code for answer in answers} <= {404, 405}
            assert not [name for name in NAMES if name in "".join(map(text_of, answers))]
            assert len(mirakl.calls("M11")) == asked
            assert mirakl.calls("M10") == []


def test_a_stranger_is_sent_to_the_login(
    addresses: list[str], client: Client, subtests: pytest.Subtests
) -> None:
    for address in addresses:
        with subtests.test(address):
            plain, posted = client.get(address), client.post(address)
            fragment = client.get(address, headers=HTMX)

            assert plain["Location"].startswith("/accounts/login/?next=")
            assert posted["Location"].startswith("/accounts/login/")
            assert fragment["HX-Redirect"].startswith("/accounts/login/")
            assert fragment.content == b""


def test_a_viewer_writes_nothing(
    addresses: list[str], client: Client, maison: Marketplace, subtests: pytest.Subtests
) -> None:
    vera = viewer_of(maison)
    form = {"body": "Hello there", "to": "CUSTOMER", "topic": "A topic", "token": uuid.uuid4()}
    before = set(Outgoing.objects.values_list("pk", "state"))

    for address in addresses:
        with subtests.test(address):
            client.force_login(vera)

            answer = client.post(address, form | {"files": SimpleUploadedFile("a.txt", b"a")})

            allowed = {204, 302, 422} if address in FREE else {403, 404, 405}
            assert answer.status_code in allowed
            assert set(Outgoing.objects.values_list("pk", "state")) == before


def test_the_administration_is_closed_to_an_agent(client: Client, alice: User) -> None:
    client.force_login(alice)

    answers = [client.get("/admin/"), client.post("/admin/"), client.post("/admin/login/")]

    sent_to = "/admin/login/?next=/admin/"
    assert [answer.get("Location") for answer in answers] == [sent_to, sent_to, None]
    assert answers[-1].status_code == 403


def test_what_is_not_there_says_so_kindly(
    client: Client, charlie: User, maison: Marketplace
) -> None:
    client.force_login(charlie)

    response = client.get("/threads/maison-verte/any/")

    assert response.status_code == 404
    assert "you may not have access to its marketplace" in text_of(response)
    assert 'href="/"' in text_of(response)


# -- logging in ---------------------------------------------------------------


def log_in(client: Client, password: str, **more: str) -> Any:
    return client.post("/accounts/login/", {"username": "alice", "password": password} | more)


@pytest.fixture
def known(alice: User) -> User:
    alice.set_password("a good one")
    alice.save()
    return alice


def test_a_login_leads_back_to_the_page_that_asked_for_it(known: User, client: Client) -> None:
    page = "/threads/maison-verte/any/"

    answer = log_in(client, "a good one", next=page)

    assert answer["Location"] == page


def test_a_login_leads_to_no_other_site(known: User, client: Client) -> None:
    assert log_in(client, "a good one", next="https://phish.example/")["Location"] == "/"


def test_a_wrong_password_says_so_and_keeps_the_name(known: User, client: Client) -> None:
    page = text_of(log_in(client, "a wrong one"))

    assert 'value="alice"' in page
    assert "a wrong one" not in page
    assert 'role="alert"' in page


def test_who_left_the_team_cannot_log_in(known: User, client: Client) -> None:
    User.objects.update(is_active=False)

    log_in(client, "a good one")

    assert client.get("/")["Location"].startswith("/accounts/login/")


def test_who_lost_access_meanwhile_writes_nothing(
    alice: User, client: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    thread = waiting_on(maison)
    client.force_login(alice)
    alice.groups.clear()

    answer = client.post(f"{thread.get_absolute_url()}reply/", reply_form(thread))

    assert (answer.status_code, mirakl.calls("M12")) == (404, [])

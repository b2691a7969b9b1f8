"""The login for htmx, and the request's id."""

import logging
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from helpdesk.logs import RequestIdFilter, request_id

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/search/?q=lamp#first"}


def _next(location: str) -> str:
    return parse_qs(urlsplit(location).query)["next"][0]


def test_it_sends_a_page_to_the_login(client: Client) -> None:
    response = client.get("/")

    assert response.status_code == 302
    assert urlsplit(response["Location"]).path == "/accounts/login/"


def test_it_sends_the_whole_page_to_the_login_when_a_fragment_has_no_session(
    client: Client,
) -> None:
    response = client.get("/", headers=HTMX)

    assert (response.status_code, response.content) == (200, b"")
    assert "Location" not in response
    assert urlsplit(response["HX-Redirect"]).path == "/accounts/login/"
    assert _next(response["HX-Redirect"]) == "/search/?q=lamp"
    assert "HX-Request" in response["Vary"]


def test_it_comes_back_to_the_page_of_a_form_not_to_the_forms_address(client: Client) -> None:
    response = client.post("/threads/maison-verte/1/reply/", headers=HTMX)

    assert _next(response["HX-Redirect"]) == "/search/?q=lamp"


@pytest.mark.parametrize("page", ["", "http://testserver//evil.example/", "javascript:alert(1)"])
def test_it_comes_back_to_the_inbox_when_the_page_is_odd(client: Client, page: str) -> None:
    response = client.get("/", headers={**HTMX, "HX-Current-URL": page})

    assert _next(response["HX-Redirect"]) == "/"


def test_it_never_leads_to_another_host(client: Client) -> None:
    odd = {**HTMX, "HX-Current-URL": "https://evil.example/threads/"}

    response = client.get("/", headers=odd)

    assert _next(response["HX-Redirect"]) == "/threads/"


@pytest.mark.django_db
def test_the_login_page_says_that_the_session_has_ended(client: Client) -> None:
    told = "Your text was saved."
    first = client.get("/", follow=True)
    fragment = client.get("/", headers=HTMX)
    client.cookies["sessionid"] = "one-that-has-ended"
    later = client.get("/", follow=True)

    assert told not in first.content.decode()
    assert told in client.get(fragment["HX-Redirect"]).content.decode()
    assert told in later.content.decode()


@pytest.mark.django_db
def test_it_signs_out_twice_without_a_detour(client: Client) -> None:
    response = client.post("/accounts/logout/")

    assert response["Location"] == "/accounts/login/"


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["/accounts/logout/", "/admin/logout/"])
def test_who_signs_out_leaves_no_page_behind(client: Client, door: str) -> None:
    assert client.post(door)["Clear-Site-Data"] == '"cache"'


def test_it_keeps_the_id_that_a_proxy_gave(client: Client) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": "edge-12345678"})

    assert response["X-Request-ID"] == "edge-12345678"


@pytest.mark.parametrize("odd", ["short", "with space and more", "x" * 65, 'quote"quote'])
def test_it_makes_an_id_of_its_own_when_the_given_one_is_odd(client: Client, odd: str) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": odd})

    assert len(response["X-Request-ID"]) == 32


def test_it_notes_the_requests_id_on_every_line_of_the_log() -> None:
    record = logging.makeLogRecord({})
    token = request_id.set("edge-12345678")
    RequestIdFilter().filter(record)
    request_id.reset(token)

    assert record.__dict__["request_id"] == "edge-12345678"

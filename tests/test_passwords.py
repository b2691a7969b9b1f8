"""A forgotten password is chosen anew by mail; one that somebody else has set must be changed."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from inbox.models import User
from tests.builders import HTMX, text_of
from tests.html import Page
from tests.mail_server import MailServer, running_mail_server
from tests.queued_tasks import purge_tasks, run_tasks
from tests.signing_in import LOGIN, PASSWORD, guess, log_in

pytestmark = pytest.mark.django_db

RESET, CHANGE = "/accounts/password/reset/", "/accounts/password/"
NEW = {"password1": "much better 1", "password2": "much better 1"}


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    settings.SENDS_MAIL, settings.DESK_URL = True, "https://desk.example"
    purge_tasks()
    with running_mail_server(settings) as one:
        yield one


@pytest.fixture
def forgetful(ada: User) -> User:
    ada.email, ada.language = "Ada@Team.example", "de"
    ada.save()
    return ada


def ask_for_link(address: str = "ada@team.example") -> None:
    assert Client().post(RESET, {"email": address}).status_code == 302
    run_tasks()


def link_in(server: MailServer) -> str:
    text = server.got[-1].get_content()
    found = re.search(r"https://desk\.example(/accounts/password/reset/\S+)", text)
    assert found
    return found[1]


def choose(path: str) -> str:
    browser = Client()
    page = browser.get(path, follow=True)
    address, _status = page.redirect_chain[-1]
    return text_of(browser.post(address, NEW, follow=True))


def test_a_link_by_mail_leads_to_a_new_password(forgetful: User, server: MailServer) -> None:
    ask_for_link()
    choose(link_in(server))

    assert server.readers[0] == "Ada@Team.example"
    assert "ada" in server.got[0].get_content()
    assert "Passwort" in str(server.got[0]["Subject"])
    assert log_in(Client()).status_code == 200
    assert log_in(Client(), NEW["password1"]).status_code == 302


def test_its_owner_is_told(forgetful: User, server: MailServer) -> None:
    ask_for_link()
    choose(link_in(server))
    run_tasks()

    assert len(server.got) == 2
    assert "Passwort" in str(server.got[1]["Subject"])


def test_a_mail_scanner_does_not_use_it_up(forgetful: User, server: MailServer) -> None:
    ask_for_link()
    for _ in range(3):
        Client().get(link_in(server), follow=True)
        Client().head(link_in(server), follow=True)

    choose(link_in(server))

    assert log_in(Client(), NEW["password1"]).status_code == 302


def test_it_works_once(forgetful: User, server: MailServer) -> None:
    ask_for_link()
    choose(link_in(server))

    page = Page(text_of(Client().get(link_in(server))))

    assert page.texts("h1") == ["This link no longer works"]


def test_an_unknown_address_is_answered_the_same(forgetful: User, server: MailServer) -> None:
    ask_for_link("nobody@team.example")

    assert server.got == []


def test_nobody_is_flooded_with_links(forgetful: User, server: MailServer) -> None:
    ask_for_link()
    ask_for_link()

    assert len(server.got) == 1


def test_people_who_left_get_no_link(forgetful: User, server: MailServer) -> None:
    User.objects.update(is_active=False)
    ask_for_link()

    assert server.got == []


def test_people_without_a_password_are_told_where_to_log_in(
    forgetful: User, server: MailServer
) -> None:
    forgetful.set_unusable_password()
    forgetful.save()
    ask_for_link()

    text = server.got[0].get_content()
    assert "https://desk.example/accounts/login/" in text
    assert "/reset/" not in text


def test_a_mail_server_that_refuses_breaks_nothing(forgetful: User, server: MailServer) -> None:
    server.answer = "550 no"

    ask_for_link()


def test_without_mail_nothing_is_offered(ada: User, client: Client) -> None:
    assert RESET not in text_of(client.get(LOGIN))
    assert client.get(RESET).status_code == 404


# -- set by somebody else -------------------------------------------------------


def test_a_password_of_somebody_elses_must_be_changed(
    client: Client, ada: User, alice: User
) -> None:
    client.force_login(ada)
    both = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    client.post(f"/admin/inbox/user/{alice.pk}/password/", both)
    theirs = Client()
    log_in(theirs, name="alice")

    page, fragment = theirs.get("/"), theirs.get("/", headers=HTMX)

    assert (page["Location"], fragment["HX-Redirect"]) == (CHANGE, CHANGE)
    assert "set by somebody else" in text_of(theirs.get(CHANGE))
    assert theirs.post(CHANGE, {"oldpassword": PASSWORD} | NEW).status_code == 302
    assert theirs.get("/").status_code == 200


def test_a_new_colleague_chooses_a_password_at_the_first_login(client: Client, ada: User) -> None:
    client.force_login(ada)
    both = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}

    client.post("/admin/inbox/user/add/", {"username": "newcomer"} | both)

    assert User.objects.get(username="newcomer").must_change_password


def test_people_without_a_password_change_none(client: Client, alice: User) -> None:
    alice.set_unusable_password()
    alice.save()
    client.force_login(alice)

    assert client.get(CHANGE).status_code == 404


def test_the_right_password_does_not_help_whoever_is_limited(client: Client, ada: User) -> None:
    client.force_login(ada)
    guess(address="127.0.0.1")

    assert client.post(CHANGE, {"oldpassword": PASSWORD} | NEW).status_code == 429

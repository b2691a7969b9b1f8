"""Somebody new is invited by mail, and chooses a password by a link that works once."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from inbox.models import Access, AuditEntry, GroupPolicy, Invitation, Marketplace, User
from inbox.services.ops import holds
from tests.builders import text_of
from tests.html import Page
from tests.mail_server import MailServer, running_mail_server
from tests.queued_tasks import purge_tasks, run_tasks
from tests.signing_in import log_in

pytestmark = pytest.mark.django_db

PASSWORD = "much better 1"
FORM = {"password1": PASSWORD, "password2": PASSWORD, "first_name": "Nia", "last_name": "New"}
# Of the list of people, for a lead.
MOST_QUERIES = 14
ADDRESS = "Nia.New@team.example"


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    settings.SENDS_MAIL, settings.DESK_URL = True, "https://desk.example"
    purge_tasks()
    with running_mail_server(settings) as one:
        yield one


@pytest.fixture
def ada() -> User:
    return User.objects.create_superuser("ada")


@pytest.fixture
def lead(client: Client, bob: User) -> Client:
    client.force_login(bob)
    return client


@pytest.fixture
def team(maison: Marketplace) -> Group:
    group = Group.objects.create(name="Maison newcomers")
    Access.objects.create(group=group, marketplace=maison, role=Access.Role.AGENT)
    return group


def invite(client: Client, *teams: Group) -> User:
    """By the form; the worker mails it."""
    form = {"email": ADDRESS, "first_name": "Nia", "teams": [one.pk for one in teams]}
    assert client.post("/people/new/", form).status_code == 302
    run_tasks()
    return User.objects.get(email=ADDRESS)


def link_in(text: str) -> str:
    found = re.search(r"(/accounts/invitation/[\w-]+/)", text)
    assert found
    return found[1]


def mailed(server: MailServer) -> str:
    return link_in(server.got[-1].get_content())


def shown(client: Client, person: User) -> str:
    return link_in(text_of(client.post(f"/people/{person.pk}/invite/link/")))


def works(link: str) -> bool:
    return Client().get(link).status_code == 200


def row_of(client: Client) -> str:
    (row,) = [one for one in Page(text_of(client.get("/people/"))).texts("tr") if ADDRESS in one]
    return row


def test_a_lead_invites_and_the_person_comes_in_after_scanners(
    lead: Client, team: Group, server: MailServer
) -> None:
    person = invite(lead, team)
    link = mailed(server)
    assert server.readers == [ADDRESS]
    assert not person.has_usable_password()
    assert "Invited, sent" in row_of(lead)

    for _ in range(3):
        looked, headed = Client().get(link), Client().head(link)
        assert (looked.status_code, headed.status_code) == (200, 200)
        assert "no-store" in looked["Cache-Control"]
        # "no-referrer" would hide the origin of the form, which is then refused.
        assert looked["Referrer-Policy"] == "same-origin"
    assert ADDRESS in text_of(looked)

    theirs = Client()
    assert theirs.post(link, FORM)["Location"] == "/"
    assert theirs.get("/").status_code == 200
    person.refresh_from_db()
    assert (person.username, person.display_name) == ("Nia.New", "Nia New")
    assert list(person.groups.all()) == [team]
    assert log_in(Client(), PASSWORD, name=ADDRESS).status_code == 302
    assert Client().get(link).status_code == 410
    assert Client().post(link, FORM).status_code == 410
    assert "Invited" not in row_of(lead)


def test_the_database_and_the_broker_know_no_link(
    lead: Client, team: Group, server: MailServer
) -> None:
    person = invite(lead, team)
    token = mailed(server).split("/")[-2]

    stored = str(list(Invitation.objects.values()))

    assert token not in stored
    assert token not in str(list(AuditEntry.objects.values("details")))
    kinds = AuditEntry.objects.filter(target="inbox.user", target_id=person.pk)
    assert "invited" in kinds.values_list("kind", flat=True)


def test_passwords_that_are_refused_use_nothing_up(
    lead: Client, team: Group, server: MailServer
) -> None:
    invite(lead, team)

    refused = Client().post(mailed(server), FORM | {"password2": "another one 2"})

    assert refused.status_code == 422
    assert works(mailed(server))


def test_a_second_step_that_is_demanded_is_asked_for(
    lead: Client, team: Group, server: MailServer
) -> None:
    GroupPolicy.objects.create(group=team, demands_factor=True)
    invite(lead, team)
    theirs = Client()

    theirs.post(mailed(server), FORM)

    assert theirs.get("/")["Location"] == "/accounts/2fa/"


# -- mails that don't arrive -------------------------------------------------------


def test_without_mail_the_link_is_shown_once_to_who_invited(
    lead: Client, team: Group, ada: User
) -> None:
    person = invite(lead, team)
    assert "This desk sends no mail" in row_of(lead)
    other = Client()
    other.force_login(ada)
    assert other.post(f"/people/{person.pk}/invite/link/").status_code == 422

    answer = lead.post(f"/people/{person.pk}/invite/link/")

    assert "no-store" in answer["Cache-Control"]
    assert works(link_in(text_of(answer)))
    assert AuditEntry.objects.filter(kind="link_shown", target_id=person.pk).count() == 1
    assert lead.post(f"/people/{person.pk}/invite/link/").status_code == 422
    assert "Show the link once" not in text_of(lead.get(f"/people/{person.pk}/"))


@pytest.mark.parametrize(
    ("answer", "told"),
    [("550 no such user", "server refused the mail"), (None, "may not have arrived")],
)
def test_the_row_says_why_a_mail_was_not_sent(
    answer: str | None, told: str, lead: Client, team: Group, server: MailServer
) -> None:
    server.answer = answer

    invite(lead, team)

    assert re.search(f"Invited, not sent: The mail .*{told}", row_of(lead))


# -- links that are void -----------------------------------------------------------


def test_inviting_again_voids_both_older_links(
    lead: Client, team: Group, server: MailServer
) -> None:
    person = invite(lead, team)
    older = [mailed(server), shown(lead, person)]
    assert [works(one) for one in older] == [True, True]

    lead.post(f"/people/{person.pk}/invite/")
    run_tasks()

    assert [works(one) for one in older] == [False, False]
    assert works(mailed(server))


def test_it_works_for_seven_days(lead: Client, team: Group, server: MailServer) -> None:
    invite(lead, team)
    old = timezone.now() - timedelta(days=6, hours=23)
    Invitation.objects.update(at=old)
    assert works(mailed(server))

    Invitation.objects.update(at=old - timedelta(hours=2))

    assert not works(mailed(server))


@pytest.mark.parametrize("change", ["deactivated", "restored", "moved", "raised", "inviter left"])
def test_it_is_void_when_what_it_was_made_for_has_changed(
    change: str, lead: Client, team: Group, server: MailServer, bob: User, nordhaus: Marketplace
) -> None:
    person = invite(lead, team)
    if change == "deactivated":
        lead.post(f"/people/{person.pk}/deactivate/")
        lead.post(f"/people/{person.pk}/activate/")
    elif change == "restored":
        holds.hold()
    elif change == "moved":
        User.objects.filter(pk=person.pk).update(email="right@team.example")
    elif change == "raised":
        Access.objects.create(group=team, marketplace=nordhaus, role=Access.Role.VIEWER)
    else:
        User.objects.filter(pk=bob.pk).update(is_active=False)

    assert not works(mailed(server))
    assert Client().post(mailed(server), FORM).status_code == 410
    assert not User.objects.get(pk=person.pk).has_usable_password()


# -- who may -----------------------------------------------------------------------


def test_a_lead_gives_only_groups_of_what_they_lead(
    lead: Client, team: Group, charlie: User
) -> None:
    elsewhere = charlie.groups.get()
    form = {"email": ADDRESS}

    answers = [lead.post("/people/new/", form | more) for more in ({}, {"teams": [elsewhere.pk]})]

    assert [one.status_code for one in answers] == [422, 422]
    assert elsewhere.name not in text_of(lead.get("/people/new/"))
    assert not User.objects.filter(email=ADDRESS).exists()


def test_agents_invite_nobody(lead: Client, team: Group, alice: User) -> None:
    person = invite(lead, team)
    agent = Client()
    agent.force_login(alice)

    assert agent.get("/people/new/").status_code == 404
    assert agent.post(f"/people/{person.pk}/invite/").status_code == 404


def test_whoever_has_logged_in_is_not_invited(lead: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(email="a@team.example", last_login=timezone.now())

    assert lead.post(f"/people/{alice.pk}/invite/").status_code == 403
    assert lead.post("/people/new/", {"email": "A@team.example"}).status_code == 422


def test_invited_people_cost_the_list_no_query(lead: Client, team: Group) -> None:
    lead.get("/people/")
    with CaptureQueriesContext(connection) as before:
        lead.get("/people/")
    invite(lead, team)
    # Says that somebody is invited.
    lead.get("/people/")

    with CaptureQueriesContext(connection) as after:
        lead.get("/people/")

    assert len(after) == len(before) <= MOST_QUERIES

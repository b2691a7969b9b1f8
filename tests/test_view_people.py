"""The directory of people: who sees whom, and changes what."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from inbox.models import Access, Marketplace, User
from tests.builders import HTMX, text_of, works_on

NO_ROWS = {"access-TOTAL_FORMS": "0", "access-INITIAL_FORMS": "0"}


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_superuser("ada", password="a long one")


@pytest.fixture
def root(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def lead(client: Client, bob: User) -> Client:
    client.force_login(bob)
    return client


def url(person: User, part: str = "") -> str:
    return f"/people/{person.pk}/{part}"


def test_an_admin_sees_everybody_with_their_marketplaces(
    root: Client, alice: User, charlie: User
) -> None:
    page, found = text_of(root.get("/people/")), text_of(root.get("/people/?q=charl", headers=HTMX))

    assert "alice" in page
    assert "Maison Verte agents" in page
    assert "Nordhaus" in page
    assert "alice" not in found
    assert "<html" not in found


def test_a_lead_sees_the_own_team_and_nothing_of_others(
    lead: Client, alice: User, charlie: User, ada: User, nordhaus: Marketplace
) -> None:
    works_on(nordhaus, alice)

    page = text_of(lead.get("/people/"))
    groups = text_of(lead.get("/people/groups/"))
    hers = lead.get(url(alice))

    assert "alice" in page
    assert lead.get(url(charlie)).status_code == 404
    assert lead.get(url(ada)).status_code == 404
    assert not [name for name in ("charlie", "Nordhaus", "nordhaus") if name in page + groups]
    # She has a role that Bob can't give.
    assert "Nordhaus" not in text_of(hers)
    assert lead.post(url(alice, "deactivate/")).status_code == 403


def test_an_agent_has_no_directory(agent: Client, bob: User) -> None:
    assert [agent.get(path).status_code for path in ("/people/", url(bob))] == [404, 404]
    assert 'href="/people/"' not in text_of(agent.get("/quality/"))


def test_a_role_is_given_and_taken_by_the_marketplaces_own_groups(
    root: Client, maison: Marketplace, nordhaus: Marketplace, charlie: User
) -> None:
    form = {f"role_{maison.pk}": "viewer", f"role_{nordhaus.pk}": "lead"}

    root.post(url(charlie, "roles/"), form)

    roles = Access.objects.filter(group__user=charlie).values_list("marketplace__slug", "role")
    assert set(roles) == {("maison-verte", "viewer"), ("nordhaus", "lead")}
    root.post(url(charlie, "roles/"), {})
    assert not charlie.groups.exists()


def test_a_role_by_a_wider_group_stays(
    root: Client, maison: Marketplace, nordhaus: Marketplace, charlie: User
) -> None:
    both = Group.objects.create(name="Both")
    for place in (maison, nordhaus):
        Access.objects.create(group=both, marketplace=place, role="agent")
    charlie.groups.set([both])

    root.post(url(charlie, "roles/"), {})

    assert list(charlie.groups.all()) == [both]
    assert "By Both: Agent" in text_of(root.get(url(charlie)))


def test_a_group_of_the_same_name_with_more_rights_is_not_joined(
    lead: Client, maison: Marketplace, alice: User
) -> None:
    mighty = Group.objects.create(name="Maison Verte: viewers")
    mighty.permissions.set(Permission.objects.all()[:3])

    lead.post(url(alice, "roles/"), {f"role_{maison.pk}": "viewer"})

    assert alice.groups.get().name == "Maison Verte: viewers 2"


def test_nobody_raises_their_own_rights(
    lead: Client, bob: User, maison: Marketplace, nordhaus: Marketplace
) -> None:
    mighty, elsewhere = Group.objects.create(name="Mighty"), Group.objects.create(name="Elsewhere")
    mighty.permissions.set(Permission.objects.all())
    Access.objects.create(group=elsewhere, marketplace=nordhaus, role="viewer")
    before = list(bob.groups.all())
    everything = {"is_superuser": "on", "is_staff": "on", "first_name": "Bob"}

    lead.post(url(bob, "groups/"), {"teams": [mighty.pk, elsewhere.pk, before[0].pk]})
    lead.post(url(bob, "roles/"), {f"role_{nordhaus.pk}": "lead", f"role_{maison.pk}": "lead"})
    names = lead.post(url(bob, "names/"), everything)
    new_group = lead.post("/people/groups/new/", NO_ROWS | {"name": "Mine"})

    bob.refresh_from_db()
    assert list(bob.groups.all()) == before
    assert (bob.is_superuser, bob.is_staff, bob.first_name) == (False, False, "")
    assert [names.status_code, new_group.status_code] == [403, 403]


def test_a_manager_gives_no_more_than_they_have(
    client: Client, maison: Marketplace, nordhaus: Marketplace, alice: User, charlie: User
) -> None:
    manager = User.objects.create_user("mia", is_staff=True)
    manager.user_permissions.set(Permission.objects.filter(codename="change_user"))
    works_on(maison, manager, "agent")
    client.force_login(manager)

    answer = client.post(url(alice, "roles/"), {f"role_{maison.pk}": "lead"})
    named = client.post(url(alice, "names/"), {"first_name": "Alice", "email": "a@desk.example"})
    other = client.post(url(charlie, "names/"), {"email": "mia@desk.example"})

    assert answer.status_code == 422
    assert named.status_code == 302
    assert other.status_code == 403
    assert User.objects.get(pk=alice.pk).first_name == "Alice"


def test_deactivating_ends_sessions_and_every_list_of_people(
    root: Client, alice: User, maison: Marketplace
) -> None:
    hers = Client()
    hers.force_login(alice)

    answer = root.post(url(alice, "deactivate/"))
    root.post(url(alice, "activate/"))

    assert answer["Location"] == url(alice)
    # Also after a reactivation, an old session is none.
    assert hers.get("/")["Location"].startswith("/accounts/login/")
    root.post(url(alice, "deactivate/"))
    assert alice not in maison.answerers()
    link, choice = f'href="{url(alice)}"', f'<option value="{alice.pk}">'
    assert link not in text_of(root.get("/people/"))
    assert link in text_of(root.get("/people/?show=inactive"))
    assert choice not in text_of(root.get("/connections/maison-verte/people/"))


def test_the_last_admin_who_can_log_in_stays(root: Client, ada: User) -> None:
    User.objects.create_superuser("no-password")
    eve = User.objects.create_superuser("eve", password="another one")

    own = root.post(url(ada, "deactivate/"))
    hers = root.post(url(eve, "deactivate/"))
    by_guest = Client()
    by_guest.force_login(User.objects.get(username="no-password"))
    last = by_guest.post(url(ada, "deactivate/"))

    assert (own.status_code, hers.status_code, last.status_code) == (422, 302, 422)
    assert "the last admin who can log in" in text_of(last)
    assert set(User.objects.filter(is_active=True).values_list("username", flat=True)) == {
        "ada",
        "no-password",
    }


def test_a_group_is_made_with_its_marketplaces_and_people(
    root: Client, maison: Marketplace, alice: User
) -> None:
    rows = {"access-TOTAL_FORMS": "1", "access-INITIAL_FORMS": "0"}
    access = {"access-0-marketplace": maison.pk, "access-0-role": "viewer"}

    root.post("/people/groups/new/", {"name": "Night", "members": [alice.pk], **rows, **access})

    night = Group.objects.get(name="Night")
    assert (list(night.user_set.all()), night.access.get().role) == ([alice], "viewer")
    root.post(f"/people/groups/{night.pk}/", NO_ROWS | {"name": "Nights"})
    night.refresh_from_db()
    assert (night.name, night.user_set.count()) == ("Nights", 0)


def test_a_lead_keeps_members_whom_they_cannot_change(
    lead: Client, alice: User, ada: User, nordhaus: Marketplace
) -> None:
    team = alice.groups.get()
    team.user_set.add(ada)

    answer = lead.post(f"/people/groups/{team.pk}/", NO_ROWS | {"name": team.name, "members": []})

    assert answer.status_code == 302
    assert list(team.user_set.all()) == [ada]


def test_the_list_costs_as_many_queries_for_many(
    root: Client, alice: User, charlie: User, django_assert_max_num_queries: Any
) -> None:
    root.get("/people/")
    with django_assert_max_num_queries(10):
        root.get("/people/")

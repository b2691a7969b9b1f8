"""Saved views: named filters, personal or shared, changed only by their owner."""

import pytest
from django.test import Client

from inbox.models import Access, Marketplace, SavedView, User
from tests.builders import text_of, works_on

pytestmark = pytest.mark.django_db


def save(client: Client, **form: str) -> SavedView:
    client.post("/views/new/", {"name": "Late ones", "query": "view=all"} | form)
    return SavedView.objects.get()


def test_it_saves_the_filter_and_shows_it_in_the_sidebar(agent: Client, alice: User) -> None:
    response = agent.post("/views/new/", {"name": "Mine <3", "query": "view=waiting&sort=newest"})

    view = SavedView.objects.get()
    assert (view.owner, view.is_shared, view.query) == (alice, False, "view=waiting&sort=newest")
    assert response["Location"] == "/?view=waiting&sort=newest"
    assert "Mine &lt;3" in text_of(agent.get("/search/"))


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("view=needs-reply&sort=deadline", ""),
        ("view=all&evil=1&after=x&next=//example.org", "view=all"),
        ("view=search&q=parcel", "view=all&q=parcel&sort=newest"),
        ("view=mine&entity_type=MMP_OFFER", "view=mine&q=about%3Aoffer"),
        ("q=marketplace%3Amaison-verte+is%3Aopen", "marketplace=maison-verte&q=is%3Aopen"),
        ("marketplace=maison-verte", "marketplace=maison-verte"),
        ("?&&=%00", ""),
    ],
)
def test_it_keeps_what_the_inbox_understands(query: str, kept: str, agent: Client) -> None:
    assert save(agent, query=query).query == kept


@pytest.mark.parametrize("query", ["marketplace=nordhaus", "q=tag%3Agone", "q=channel%3AFR"])
def test_it_refuses_a_filter_that_means_nothing(query: str, agent: Client) -> None:
    response = agent.post("/views/new/", {"name": "x", "query": query})

    assert response.status_code == 422
    assert not SavedView.objects.exists()


def test_a_view_without_a_name_is_refused_with_an_error(agent: Client) -> None:
    response = agent.post("/views/new/", {"name": " ", "query": ""})

    assert response.status_code == 422
    assert "Enter a name for the view." in text_of(response)
    assert not SavedView.objects.exists()


def test_others_see_a_view_once_it_is_shared_and_cannot_change_it(
    agent: Client, alice: User, maison: Marketplace
) -> None:
    view = save(agent)
    bob = User.objects.create_user("bob")
    works_on(maison, bob)
    agent.force_login(bob)
    before = text_of(agent.get("/views/"))
    SavedView.objects.update(is_shared=True)
    Access.objects.filter(group__user=alice).update(role=Access.Role.LEAD)

    after = text_of(agent.get("/views/"))
    renamed = agent.post(f"/views/{view.pk}/", {"name": "Ours"})
    deleted = agent.post(f"/views/{view.pk}/delete/")

    assert ("Late ones" in before, "Late ones" in after) == (False, True)
    assert (renamed.status_code, deleted.status_code) == (404, 404)
    assert SavedView.objects.get().name == "Late ones"


def test_its_owner_renames_shares_and_deletes_it(agent: Client, alice: User) -> None:
    Access.objects.filter(group__user=alice).update(role=Access.Role.LEAD)
    view = save(agent)

    agent.post(f"/views/{view.pk}/", {"name": "Ours", "is_shared": "on"})
    view.refresh_from_db()
    response = agent.post(f"/views/{view.pk}/delete/")

    assert (view.name, view.is_shared) == ("Ours", True)
    assert response["Location"] == "/views/"
    assert not SavedView.objects.exists()


def test_an_empty_name_keeps_the_old_one(agent: Client) -> None:
    view = save(agent)

    response = agent.post(f"/views/{view.pk}/", {"name": ""})

    assert response.status_code == 422
    assert SavedView.objects.get().name == "Late ones"

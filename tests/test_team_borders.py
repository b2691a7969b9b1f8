"""A team's views, tags and searchable names are invisible to other teams."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from inbox.forms import triage as triage_forms
from inbox.models import Access, Marketplace, SavedView, Tag, Thread, User
from inbox.services.triage.tags import tag_thread
from tests.builders import text_of

SECRET = "Jeanne Private"


@pytest.fixture
def dora(maison: Marketplace, nordhaus: Marketplace) -> User:
    """A lead of Maison Verte and an agent of Nordhaus."""
    group = Group.objects.create(name="Both")
    Access.objects.create(group=group, marketplace=maison, role=Access.Role.LEAD)
    Access.objects.create(group=group, marketplace=nordhaus, role=Access.Role.AGENT)
    dora = User.objects.create_user("dora", first_name="Dora")
    dora.groups.add(group)
    return dora


def sidebar(client: Client, user: User) -> str:
    client.force_login(user)
    return text_of(client.get("/?view=all"))


def shared(owner: User, query: str) -> SavedView:
    return SavedView.objects.create(owner=owner, name=SECRET, query=query, is_shared=True)


@pytest.mark.parametrize("query", ["marketplace=maison-verte&q=Jeanne", "q=Jeanne", ""])
def test_a_shared_view_stays_with_those_who_see_its_marketplaces(
    query: str, dora: User, alice: User, charlie: User, client: Client
) -> None:
    shared(dora, query)

    assert SECRET in sidebar(client, alice)
    assert SECRET not in sidebar(client, charlie)
    client.force_login(charlie)
    assert SECRET not in text_of(client.get("/views/"))


def test_a_view_of_a_marketplace_that_its_owner_only_answers_on_is_not_shared(
    dora: User, charlie: User, client: Client
) -> None:
    shared(dora, "marketplace=nordhaus")

    assert SECRET not in sidebar(client, charlie)


def test_a_view_is_shared_no_longer_than_its_owner_leads(
    dora: User, alice: User, client: Client
) -> None:
    shared(dora, "marketplace=maison-verte")
    Access.objects.filter(group__user=dora).update(role=Access.Role.AGENT)

    assert SECRET not in sidebar(client, alice)


def test_a_view_of_a_superuser_is_shared_with_everybody(
    admin_user: User, charlie: User, client: Client
) -> None:
    shared(admin_user, "view=all")

    assert SECRET in sidebar(client, charlie)


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 422), ("bob", 302)], ids=["an agent", "a lead"]
)
def test_only_leads_share(name: str, status: int, alice: User, bob: User, client: Client) -> None:
    client.force_login({"alice": alice, "bob": bob}[name])
    form = {"name": "Everyone", "query": "marketplace=maison-verte", "is_shared": "on"}

    answer = client.post("/views/new/", form)

    assert answer.status_code == status
    assert SavedView.objects.filter(is_shared=True).exists() == (status == 302)


def test_an_agent_cannot_share_by_renaming(alice: User, client: Client) -> None:
    client.force_login(alice)
    view = SavedView.objects.create(owner=alice, name="Mine", query="q=x")

    answer = client.post(f"/views/{view.pk}/", {"name": "Mine", "is_shared": "on"})

    assert answer.status_code == 422
    assert not SavedView.objects.get().is_shared


@pytest.fixture
def tagged(waiting: Thread, alice: User) -> Tag:
    """A tag that Maison Verte uses."""
    tag = Tag.objects.create(name="tag-SECRET")
    tag_thread(waiting, tag, by=alice)
    return tag


def test_a_tag_is_offered_where_it_is_in_use(
    tagged: Tag, bob: User, charlie: User, client: Client
) -> None:
    assert "tag-SECRET" in sidebar(client, bob)
    assert "tag-SECRET" not in sidebar(client, charlie)
    client.force_login(charlie)
    assert "tag-SECRET" not in text_of(client.get("/canned/new/"))


def test_a_tag_of_elsewhere_cannot_be_put_on_by_its_number(
    tagged: Tag, charlie: User, nordhaus: Marketplace, client: Client, waiting: Thread
) -> None:
    other = Thread.objects.create(
        marketplace=nordhaus, mirakl_id="theirs", last_message_at=waiting.last_message_at
    )
    client.force_login(charlie)

    client.post("/bulk/", {"thread": [other.pk], "tag": tagged.pk})

    assert not other.tags.exists()


def test_a_tag_of_the_same_name_becomes_both_teams(
    tagged: Tag, charlie: User, nordhaus: Marketplace, client: Client, waiting: Thread
) -> None:
    other = Thread.objects.create(
        marketplace=nordhaus, mirakl_id="theirs", last_message_at=waiting.last_message_at
    )
    client.force_login(charlie)

    client.post("/threads/nordhaus/theirs/tags/", {"add": "tag-SECRET"})

    assert list(other.tags.all()) == [tagged]
    assert set(tagged.marketplaces.all()) == {nordhaus, waiting.marketplace}


def test_a_tag_is_not_told_how_another_team_writes_it(
    tagged: Tag, charlie: User, nordhaus: Marketplace, client: Client, waiting: Thread
) -> None:
    other = Thread.objects.create(
        marketplace=nordhaus, mirakl_id="theirs", last_message_at=waiting.last_message_at
    )
    client.force_login(charlie)

    client.post("/threads/nordhaus/theirs/tags/", {"add": "TAG-secret"})
    client.post("/threads/nordhaus/theirs/tags/", {"add": "Tag-Secret"})

    assert [tag.name for tag in other.tags.all()] == ["TAG-secret"]
    assert set(tagged.marketplaces.all()) == {waiting.marketplace}


def test_tags_are_made_up_to_a_number(
    tagged: Tag, alice: User, client: Client, waiting: Thread, monkeypatch: Any
) -> None:
    monkeypatch.setattr(triage_forms, "MOST_TAGS", 1)
    client.force_login(alice)

    answer = client.post(f"{waiting.get_absolute_url()}tags/", {"add": "another"}, follow=True)

    assert "already has 1 tags" in text_of(answer)
    assert not Tag.objects.filter(name="another").exists()


@pytest.mark.parametrize("query", ["tag:tag-SECRET", "assignee:alice", "assignee:root"])
def test_a_search_tells_nothing_of_people_and_tags_elsewhere(
    query: str, tagged: Tag, alice: User, charlie: User, client: Client
) -> None:
    User.objects.create_user("root", is_active=False)
    client.force_login(charlie)

    page = text_of(client.get("/search/", {"q": query}))

    assert "exist here. Remove this filter" in page


def test_a_colleague_who_left_is_found_by_what_they_still_have(
    waiting: Thread, alice: User, bob: User, client: Client
) -> None:
    Thread.objects.filter(pk=waiting.pk).update(assignee=bob)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    client.force_login(alice)

    page = text_of(client.get("/search/", {"q": "assignee:bob"}))

    assert waiting.get_absolute_url() in page

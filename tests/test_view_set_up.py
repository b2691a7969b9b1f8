"""Connecting a marketplace in the desk, step by step."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from inbox.models import Access, Marketplace, MarketplacePreset, User
from inbox.sandbox.server import Running
from inbox.services.marketplaces import clients
from tests.builders import HTMX, text_of

NEW = "/connections/new/"
PEOPLE = "/connections/maison-verte/people/"
KEY = {"kind": "key", "key": "sandbox-shop-maison", "role": "seller", "shop_id": "2001"}
NO_ROWS = {"access-TOTAL_FORMS": "0", "access-INITIAL_FORMS": "0", "member_role": "agent"}


@pytest.fixture
def root(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.fixture
def lead(client: Client, bob: User) -> Client:
    client.force_login(bob)
    return client


def begin(client: Client, sandbox: Running, **changes: Any) -> Any:
    return client.post(NEW, {"name": "New Shop", "preset": "", "base_url": sandbox.url} | changes)


def access_row(group: Group, role: str, *, extra: int = 0, **known: Any) -> dict[str, Any]:
    row = {f"access-{extra}-group": group.pk, f"access-{extra}-role": role}
    total = {"access-TOTAL_FORMS": str(extra + 1), "access-INITIAL_FORMS": str(extra)}
    return NO_ROWS | total | row | known


def test_each_step_is_stored_and_leads_to_the_next(root: Client, sandbox: Running) -> None:
    group = Group.objects.create(name="Team")

    first = begin(root, sandbox)
    second = root.post("/connections/new-shop/credentials/", KEY | {"base_url": sandbox.url})
    third = root.post("/connections/new-shop/test/", headers=HTMX)
    last = root.post("/connections/new-shop/people/", access_row(group, "agent"))

    assert first["Location"] == "/connections/new-shop/credentials/"
    assert second["Location"] == "/connections/new-shop/test/"
    assert "The connection works" in text_of(third)
    assert "<html" not in text_of(third)
    assert last["Location"] == "/marketplaces/new-shop/history/"
    assert Access.objects.get(marketplace__slug="new-shop").group == group
    assert Marketplace.objects.get(slug="new-shop").is_active


def test_a_set_up_that_was_left_is_offered_again(root: Client, sandbox: Running) -> None:
    begin(root, sandbox)

    before = text_of(root.get("/connections/"))
    root.post("/connections/new-shop/credentials/", KEY | {"base_url": sandbox.url})
    after = text_of(root.get("/connections/"))

    assert 'href="/connections/new-shop/credentials/"' in before
    assert 'href="/connections/new-shop/test/"' in after
    # Nobody sees or reads it before it is finished.
    assert not Marketplace.objects.get(slug="new-shop").is_active


def test_a_preset_gives_name_address_and_rules(root: Client, db: None) -> None:
    preset = MarketplacePreset.objects.create(
        name="Demo Market", base_url="https://demo.example", reply_limit_hours=48, alert_hours=40
    )

    root.post(NEW, {"name": "", "preset": preset.pk, "base_url": ""})

    made = Marketplace.objects.get(slug="demo-market")
    assert (made.name, made.base_url) == ("Demo Market", "https://demo.example")
    assert (made.reply_limit_hours, made.alert_hours) == (48, 40)


def test_a_second_one_of_that_name_gets_another_address(root: Client, sandbox: Running) -> None:
    begin(root, sandbox)
    begin(root, sandbox)
    begin(root, sandbox, name="New")

    found = set(Marketplace.objects.values_list("slug", flat=True))
    assert found == {"new-shop", "new-shop-2", "new-2"}


@pytest.mark.parametrize("address", ["", "http://shop.example", "https://10.0.0.1"])
def test_it_refuses_what_the_administration_refuses(
    address: str, root: Client, sandbox: Running, settings: Any
) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False

    answer = begin(root, sandbox, base_url=address)

    assert answer.status_code == 422
    assert not Marketplace.objects.exists()


def test_credentials_are_stored_sealed_and_never_shown(root: Client, maison: Marketplace) -> None:
    url = "/connections/maison-verte/credentials/"
    form = KEY | {"key": "another-key-here", "base_url": maison.base_url}

    root.post(url, form)
    pages = [text_of(root.get(url)), text_of(root.get("/connections/maison-verte/"))]
    refused = text_of(root.post(url, form | {"base_url": "nonsense"}))

    sealed = Marketplace.objects.get().sealed_credential
    assert "another-key-here" not in "".join([*pages, refused, sealed])
    assert clients._credential_of(Marketplace.objects.get())["key"] == "another-key-here"


def test_a_new_address_needs_the_credentials_again(root: Client, maison: Marketplace) -> None:
    url = "/connections/maison-verte/credentials/"
    moved = {"base_url": "https://elsewhere.example", "role": "seller", "kind": "key"}

    answer = root.post(url, moved)
    renamed = root.post("/connections/maison-verte/address/", {"name": "Maison", **moved})

    assert answer.status_code == 422
    assert "Enter the credentials again" in text_of(answer)
    assert renamed.status_code == 302
    assert Marketplace.objects.get().base_url == maison.base_url


def test_none_are_none(root: Client, sandbox: Running) -> None:
    begin(root, sandbox)
    empty = {"base_url": sandbox.url, "role": "seller", "kind": "key"}

    answer = root.post("/connections/new-shop/credentials/", empty)

    assert answer.status_code == 422
    assert root.get("/connections/new-shop/test/")["Location"].endswith("/credentials/")


def test_wrong_credentials_say_what_to_do(root: Client, maison: Marketplace) -> None:
    clients.set_credential(maison, kind="key", key="wrong")

    page = text_of(root.post("/connections/maison-verte/test/"))

    assert "The credentials were rejected" in page
    assert 'href="/connections/maison-verte/credentials/"' in page


def test_it_is_switched_off_and_on(root: Client, maison: Marketplace) -> None:
    root.post("/connections/maison-verte/switch/", {"on": "0"})
    off = text_of(root.get("/connections/"))
    root.post("/connections/maison-verte/switch/", {"on": "1"})

    assert "Switched off" in off
    assert "Not finished" not in off
    assert Marketplace.objects.get().is_active


def test_one_person_gets_a_role_by_the_marketplaces_own_group(
    root: Client, maison: Marketplace, charlie: User
) -> None:
    form = NO_ROWS | {"person": charlie.pk, "member_role": "viewer"}

    root.post("/connections/maison-verte/people/", form)

    assert set(charlie.groups.values_list("name", flat=True)) == {
        "Nordhaus agents",
        "Maison Verte: viewers",
    }


def test_a_lead_gives_access_to_what_they_lead(lead: Client, alice: User) -> None:
    helpers = Group.objects.create(name="Helpers")
    mine, theirs = Access.objects.order_by("role").values_list("pk", flat=True)
    roles = {"access-0-role": "agent", "access-1-role": "lead"}
    known = {"access-0-id": mine, "access-1-id": theirs, **roles}

    answer = lead.post(PEOPLE, access_row(helpers, "agent", extra=2, **known))

    assert answer["Location"] == "/connections/maison-verte/"
    assert Access.objects.get(group=helpers).role == "agent"


def test_a_lead_offers_no_group_that_has_more(lead: Client, nordhaus: Marketplace) -> None:
    elsewhere = Group.objects.create(name="Elsewhere")
    Access.objects.create(group=elsewhere, marketplace=nordhaus, role="viewer")

    own = Access.objects.get(marketplace__slug="maison-verte")
    known = {"access-0-id": own.pk, "access-0-role": "lead"}
    answer = lead.post(PEOPLE, access_row(elsewhere, "viewer", extra=1, **known))

    assert answer.status_code == 422
    assert elsewhere.access.count() == 1


def test_a_lead_changes_nothing_else(lead: Client, nordhaus: Marketplace) -> None:
    pages = [
        lead.get("/connections/nordhaus/"),
        lead.post("/connections/nordhaus/people/", NO_ROWS),
    ]
    own = [
        lead.post("/connections/maison-verte/switch/", {"on": "0"}),
        lead.post("/connections/maison-verte/credentials/", KEY),
        lead.post("/connections/maison-verte/address/", {"name": "Mine"}),
        lead.post("/connections/maison-verte/test/"),
        lead.post(NEW, {"name": "Mine"}),
    ]

    assert [one.status_code for one in pages] == [404, 404]
    assert [one.status_code for one in own] == [403] * 5
    assert "Nordhaus" not in text_of(lead.get("/connections/"))


def test_an_agent_sees_no_connections(agent: Client) -> None:
    assert agent.get("/connections/").status_code == 404
    assert 'href="/connections/"' not in text_of(agent.get("/quality/"))


def test_the_list_costs_as_many_queries_for_many(
    root: Client, maison: Marketplace, nordhaus: Marketplace, django_assert_max_num_queries: Any
) -> None:
    root.get("/connections/")
    with django_assert_max_num_queries(9):
        root.get("/connections/")


def test_a_marketplace_that_lost_its_people_says_so(
    root: Client, maison: Marketplace, alice: User, nordhaus: Marketplace
) -> None:
    maison.round_robin_group = alice.groups.get()
    maison.save()
    well = [text_of(root.get(path)) for path in ("/system/", "/connections/")]

    alice.groups.get().access.update(role="viewer")
    unable = [text_of(root.get(path)) for path in ("/system/", "/connections/")]
    User.objects.filter(pk=alice.pk).update(is_active=False)
    emptied = [text_of(root.get(path)) for path in ("/system/", "/connections/")]

    assert not [page for page in well if "Nobody works here" in page or "Round robin" in page]
    assert all("Round robin assigns nothing" in page for page in unable)
    assert all(page.count("Nobody works here") == 1 for page in emptied)

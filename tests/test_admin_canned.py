"""The administration of canned replies, and a marketplace's rules for messages to customers."""

import pytest
from django.test import Client
from django.urls import reverse

from inbox.models import CannedReply, Marketplace, User

NEW = "/admin/inbox/cannedreply/add/"


@pytest.fixture
def desk(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("ada"))
    return client


def test_an_admin_writes_one_for_everybody(desk: Client) -> None:
    desk.post(NEW, {"name": "Late", "body": "Hello {{ customer.name }}"})

    saved = CannedReply.objects.get()
    assert (saved.owner, saved.marketplace) == (None, None)


def test_an_unknown_name_is_refused_there_too(desk: Client) -> None:
    response = desk.post(NEW, {"name": "Late", "body": "{{ customer.password }}"})

    assert "customer.password" in response.content.decode()
    assert not CannedReply.objects.exists()


def test_the_list_says_where_each_is_used(desk: Client, maison: Marketplace) -> None:
    CannedReply.objects.create(name="Late", body="Words", marketplace=maison, language="fr")

    page = desk.get("/admin/inbox/cannedreply/?q=late").content.decode()

    assert "Late" in page
    assert "Maison Verte" in page


def test_a_marketplace_has_a_language_and_may_not_want_copies(
    desk: Client, maison: Marketplace
) -> None:
    url = reverse("admin:inbox_marketplace_change", args=[maison.pk])

    page = desk.get(url).content.decode()

    assert 'name="language"' in page
    assert 'name="discourages_operator_copy"' in page

"""Addresses that nobody would type: each is answered, none breaks the desk."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, reverse

from inbox import urls
from inbox.models import Marketplace, Profile, Thread
from tests.writing import Mirakl

PATTERNS = [one for one in urls.urlpatterns if isinstance(one, URLPattern)]
NAMES = [str(one.name) for one in PATTERNS]
ODD = ["%", "' OR 1=1 --🐘", "x" * 4000, "9" * 30]
PARAMETERS = [
    *("q", "view", "sort", "entity_type", "channel", "after", "before", "page", "marketplace"),
    *("from", "mode", "topic", "customer", "shop", "offset", "max", "order_ids", "user_type"),
    *("start_date", "archived", "received", "unread", "order", "thread", "since", "shown", "all"),
    *("until", "canned", "known", "organization", "reply"),
]
FIELDS = [
    *("token", "body", "to", "topic", "reason", "subject", "documents", "type", "shop", "seen"),
    *("until", "nap", "anyway", "assignee", "add", "remove", "ticket", "pick", "canned", "verb"),
    *("title", "text", "name", "language", "email", "first_name", "last_name", "locale", "thread"),
]
# More digits than Python reads; days that lie outside the calendar in another time zone.
ODDER = [*ODD, "9" * 5000, "0001-01-01", "9999-12-31 23:59"]
ROLES = ["maison-verte", "maison-verte-operator", "maison-verte-front"]


@pytest.fixture
def everywhere(
    maison: Marketplace,
    maison_operator: Marketplace,
    maison_front: Marketplace,
    mirakl: Mirakl,
    client: Client,
) -> Client:
    """A superuser, who may go to each of them."""
    ada = User.objects.create_superuser("ada")
    # East of some, west of others.
    Profile.objects.create(user=ada, time_zone="America/New_York", undo_seconds=0)
    client.force_login(ada)
    client.raise_request_exception = False
    return client


def addresses(pattern: URLPattern, slug: str) -> list[str]:
    """Of a pattern, with odd things in the places of all its parts."""
    converters = pattern.pattern.converters
    found = []
    for odd in ODD:
        address = "/" + str(pattern.pattern)
        for name, converter in converters.items():
            kind = type(converter).__name__.removesuffix("Converter").lower()
            kind = {"string": "str"}.get(kind, kind)
            given = odd
            if name == "marketplace":
                given = slug
            elif kind in {"int", "uuid", "slug"}:
                known = {"uuid": "00000000-0000-4000-8000-000000000000", "slug": "activity"}
                given = known.get(kind, "9" * 18)
            address = address.replace(f"<{kind}:{name}>", quote(given))
        found.append(address)
    return found if converters else found[:1]


@pytest.mark.parametrize("pattern", PATTERNS, ids=NAMES)
def test_an_odd_address_is_answered(pattern: Any, everywhere: Client) -> None:
    roles = ROLES if "marketplace" in pattern.pattern.converters else ROLES[:1]
    for address in [one for slug in roles for one in addresses(pattern, slug)]:
        assert everywhere.get(address).status_code < 500, address
        assert everywhere.post(address).status_code < 500, address


@pytest.mark.parametrize("pattern", PATTERNS, ids=NAMES)
def test_an_odd_query_is_answered(pattern: Any, everywhere: Client) -> None:
    address = addresses(pattern, "maison-verte")[0]
    for odd in ODDER:
        query = urlencode(dict.fromkeys(PARAMETERS, odd))
        assert everywhere.get(f"{address}?{query}").status_code < 500, query


def test_nothing_is_called_nul(everywhere: Client) -> None:
    assert everywhere.get("/orders/maison-verte/a%00b/").status_code == 404


@pytest.mark.parametrize("address", ["/canned/?q=", "/threads/new/?marketplace=", "/search/?q="])
def test_in_a_query_it_means_nothing(address: str, everywhere: Client) -> None:
    assert everywhere.get(f"{address}%00").status_code == 200


ON_THREADS = [one for one in PATTERNS if "thread_id" in one.pattern.converters]


def test_an_odd_query_and_an_odd_form_are_answered_on_a_conversation(everywhere: Client) -> None:
    everywhere.get("/")
    thread = Thread.objects.filter(marketplace__slug="maison-verte").order_by("pk")[0]
    for pattern in ON_THREADS:
        named = {"marketplace": "maison-verte", "thread_id": thread.mirakl_id, "block": "order"}
        named["message_id"] = thread.messages.latest("pk").mirakl_id
        parts = {name: named[name] for name in pattern.pattern.converters}
        address = reverse(str(pattern.name), kwargs=parts)
        for odd in ODDER[-4:]:
            query = urlencode(dict.fromkeys(PARAMETERS, odd))
            form = dict.fromkeys(FIELDS, odd)
            assert everywhere.get(f"{address}?{query}").status_code < 500, (address, odd)
            assert everywhere.post(address, form).status_code < 500, (address, odd)


WRITTEN = ["thread-new", "message-new", "document-new", "operator-thread-new", "canned-new"]


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("slug", ROLES)
def test_an_odd_form_is_answered(name: str, slug: str, everywhere: Client) -> None:
    pattern = next(one for one in PATTERNS if one.name == name)
    Marketplace.objects.filter(slug=slug).update(has_threads=name != "message-new")
    address = addresses(pattern, slug)[0].replace("%25", "MV-1001-A")
    for odd in ODDER:
        answer = everywhere.post(address, dict.fromkeys(FIELDS, odd))
        assert answer.status_code < 500, (address, odd)

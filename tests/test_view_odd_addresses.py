"""Unusual URLs: each is answered, and none fails."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.http import HttpRequest, QueryDict
from django.test import Client
from django.urls import URLPattern, reverse

from inbox import urls
from inbox.models import Marketplace, User
from tests.builders import waiting_on
from tests.seeded import ORDER_WITHOUT_THREAD
from tests.writing import Mirakl

PATTERNS = [one for one in urls.urlpatterns if isinstance(one, URLPattern)]
ODD = {"percent": "%", "quotes": "' OR 1=1 --🐘", "long": "x" * 4000, "number": "9" * 30}
PARAMETERS = [
    *("q", "view", "sort", "entity_type", "channel", "after", "before", "page", "marketplace"),
    *("from", "mode", "topic", "customer", "shop", "offset", "max", "order_ids", "user_type"),
    *("start_date", "archived", "received", "unread", "order", "thread", "since", "shown", "all"),
    *("until", "canned", "known", "organization", "reply"),
    *("to", "period", "compare", "as_of"),
]
FIELDS = [
    *("token", "body", "to", "topic", "reason", "subject", "documents", "type", "shop", "seen"),
    *("until", "snooze", "anyway", "assignee", "add", "remove", "ticket", "pick", "canned", "verb"),
    *("title", "text", "name", "language", "email", "first_name", "last_name", "locale", "thread"),
]
# More digits than Python reads; days that leave the calendar in another time zone; and characters
# that PostgreSQL cannot store.
ODDER = ODD | {
    "digits": "9" * 5000,
    "first": "0001-01-01",
    "last": "9999-12-31 23:59",
    "before all": "0001-01-01T00:00:00-23:59",
    "after all": "9999-12-31T23:59:59+23:59",
    "cursor": "~0001-01-01T00:00:00+23:59~1",
    "nul": "a\0b",
}
# The ways to read a query.
READINGS = [
    *("__getitem__", "__contains__", "__iter__", "_getlist", "items", "keys", "lists", "values"),
    *("copy", "dict", "urlencode"),
]
ROLES = ["maison-verte", "maison-verte-operator", "maison-verte-front"]


@pytest.fixture
def everywhere(
    maison: Marketplace,
    maison_operator: Marketplace,
    maison_front: Marketplace,
    mirakl: Mirakl,
    client: Client,
) -> Client:
    """A superuser, who may open each page."""
    # East of some zones, west of others.
    zone = "America/New_York"
    ada = User.objects.create_superuser("ada", time_zone=zone, undo_seconds=0)
    client.force_login(ada)
    client.raise_request_exception = False
    return client


def address_of(pattern: URLPattern, slug: str, odd: str) -> str:
    """Returns a pattern's URL with an unusual value in each text part."""
    address = "/" + str(pattern.pattern)
    known = {"uuid": "00000000-0000-4000-8000-000000000000", "slug": "activity"}
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        kind = {"string": "str"}.get(kind, kind)
        given = known.get(kind, "9" * 18) if kind in {"int", "uuid", "slug"} else odd
        address = address.replace(f"<{kind}:marketplace>", slug)
        address = address.replace(f"<{kind}:{name}>", quote(given))
    return address


def addresses(odd: str) -> list[str]:
    """Returns a URL for each pattern: its marketplace has another role for another odd value."""
    first = list(ODD).index(odd)
    return [
        address_of(pattern, ROLES[(first + number) % len(ROLES)], ODD[odd])
        for number, pattern in enumerate(PATTERNS)
        if pattern.pattern.converters or first == 0
    ]


@pytest.mark.parametrize("odd", ODD)
def test_odd_addresses_are_answered(odd: str, everywhere: Client) -> None:
    broken = [
        address
        for address in addresses(odd)
        if max(everywhere.get(address).status_code, everywhere.post(address).status_code) >= 500
    ]

    assert broken == []


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes how a page has read its query."""
    done: list[str] = []

    def watch(kind: type, name: str) -> None:
        usual = getattr(kind, name)

        def watched(self: Any, *arguments: Any, **named: Any) -> Any:
            if not isinstance(self, QueryDict) or len(self):
                done.append(name)
            return usual(self, *arguments, **named)

        monkeypatch.setattr(kind, name, watched)

    watch(HttpRequest, "get_full_path")
    for name in READINGS:
        watch(QueryDict, name)
    return done


def test_odd_queries_are_answered(everywhere: Client, readings: list[str]) -> None:
    queries = [urlencode(dict.fromkeys(PARAMETERS, value)) for value in ODDER.values()]
    broken, readers = [], 0

    for address in [address_of(pattern, "maison-verte", "%") for pattern in PATTERNS]:
        for query in queries:
            readings.clear()
            if everywhere.get(f"{address}?{query}").status_code >= 500:
                broken.append(f"{address}?{query}")
            # Until a page reads its query, it does the same for any.
            if not readings:
                break
        readers += bool(readings)

    assert broken == []
    assert readers > 20


def test_nothing_is_called_nul(everywhere: Client) -> None:
    assert everywhere.get("/orders/maison-verte/a%00b/").status_code == 404


@pytest.mark.parametrize("address", ["/canned/?q=", "/threads/new/?marketplace=", "/search/?q="])
def test_in_a_query_it_means_nothing(address: str, everywhere: Client) -> None:
    assert everywhere.get(f"{address}%00").status_code == 200


ON_THREADS = [one for one in PATTERNS if "thread_id" in one.pattern.converters]


@pytest.mark.parametrize("odd", list(ODDER)[2:])
def test_odd_queries_and_forms_are_answered_on_a_conversation(odd: str, everywhere: Client) -> None:
    thread = waiting_on(Marketplace.objects.get(slug="maison-verte"))
    named = {"marketplace": "maison-verte", "thread_id": thread.mirakl_id, "block": "order"}
    named["message_id"] = thread.messages.latest("pk").mirakl_id
    query = urlencode(dict.fromkeys(PARAMETERS, ODDER[odd]))
    form = dict.fromkeys(FIELDS, ODDER[odd])

    for pattern in ON_THREADS:
        parts = {name: named[name] for name in pattern.pattern.converters}
        address = reverse(str(pattern.name), kwargs=parts)
        assert everywhere.get(f"{address}?{query}").status_code < 500, address
        assert everywhere.post(address, form).status_code < 500, address


WRITTEN = ["thread-new", "message-new", "document-new", "operator-thread-new", "canned-new"]


@pytest.mark.parametrize("slug", ROLES)
@pytest.mark.parametrize("name", WRITTEN)
def test_odd_forms_are_answered(name: str, slug: str, everywhere: Client) -> None:
    pattern = next(one for one in PATTERNS if one.name == name)
    Marketplace.objects.filter(slug=slug).update(has_threads=name != "message-new")
    address = address_of(pattern, slug, ORDER_WITHOUT_THREAD)

    broken = [
        odd
        for odd, value in ODDER.items()
        if everywhere.post(address, dict.fromkeys(FIELDS, value)).status_code >= 500
    ]

    assert broken == []

"""The event log as CSV: its rows, and protection against formulas."""

import csv
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from inbox.admin import log
from inbox.models import Event, Marketplace, Thread, User

EXPORT = "/admin/inbox/event/export/"


@pytest.fixture
def desk(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("ada"))
    return client


@pytest.fixture
def thread(maison: Marketplace) -> Thread:
    return Thread.objects.create(
        marketplace=maison,
        mirakl_id="T1",
        entity_type="MMP_ORDER",
        entity_id="MV-1-A",
        last_message_at=timezone.now(),
    )


def exported(client: Client, query: str = "") -> list[list[str]]:
    response: Any = client.get(f"{EXPORT}{query}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(b"".join(response.streaming_content).decode("utf-8-sig").splitlines()))


def test_it_holds_who_did_what_to_what(desk: Client, thread: Thread, alice: User) -> None:
    Event.record("assigned", marketplace=thread.marketplace, thread=thread, by=alice, to=alice.pk)

    headings, row = exported(desk)

    assert headings == ["at", "verb", "marketplace", "thread", "order", "by", "about"]
    assert row[1:] == [
        *("assigned", "maison-verte", "T1", "MV-1-A", "alice"),
        f'{{"to": {alice.pk}}}',
    ]


def test_it_holds_what_the_list_shows(desk: Client, thread: Thread) -> None:
    for verb in ("closed", "closed", "sent"):
        Event.record(verb, marketplace=thread.marketplace, thread=thread)

    page = desk.get("/admin/inbox/event/?verb__exact=closed").text

    assert f'href="{EXPORT}?verb__exact=closed"' in page
    assert [row[1] for row in exported(desk, "?verb__exact=closed")[1:]] == ["closed", "closed"]
    assert len(exported(desk, "?q=MV-1-A")) == 4
    assert len(exported(desk, "?q=elsewhere")) == 1


def test_a_name_is_no_formula(desk: Client, thread: Thread) -> None:
    Thread.objects.update(entity_id="=HYPERLINK(1)")
    Event.record("closed", marketplace=thread.marketplace, thread=thread)

    assert exported(desk)[1][4] == "'=HYPERLINK(1)"


def test_its_cost_does_not_grow(
    desk: Client, thread: Thread, alice: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        Event.record("closed", marketplace=thread.marketplace, thread=thread, by=alice)
    # The first request notes the session's use.
    desk.get("/profile/")

    with django_assert_max_num_queries(8):
        assert len(exported(desk)) == 21


def test_a_filter_that_is_none_leads_to_the_list(desk: Client) -> None:
    assert desk.get(f"{EXPORT}?nothing__exact=1")["Location"] == "/admin/inbox/event/"


def test_it_is_for_those_who_may_read_it(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get(EXPORT)["Location"].startswith("/admin/login/")

    alice.is_staff = True
    alice.save()
    assert client.get(EXPORT).status_code == 403

    alice.user_permissions.add(Permission.objects.get(codename="view_event"))
    assert client.get(EXPORT).status_code == 200


def test_it_goes_on_page_by_page(
    desk: Client, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "PAGE_SIZE", 2)
    for number in range(5):
        Event.record("closed", marketplace=thread.marketplace, thread=thread, number=number)

    rows = exported(desk)[1:]

    assert [row[-1] for row in rows] == [f'{{"number": {number}}}' for number in (4, 3, 2, 1, 0)]

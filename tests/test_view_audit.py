"""The page of the audit log: who sees it, its filters and its file."""

import csv
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from inbox.models import AuditEntry, User
from inbox.services import audit
from tests.builders import HTMX, text_of

PAGE, EXPORT = "/audit/", "/audit/export/"


@pytest.fixture
def ada(client: Client, db: None) -> User:
    ada = User.objects.create_superuser("ada", first_name="Ada", last_name="Lovelace")
    client.force_login(ada)
    return ada


def page_of(client: Client, query: str = "", status: int = 200) -> str:
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == status
    return text_of(answer)


def exported(client: Client, query: str = "") -> list[list[str]]:
    response: Any = client.get(f"{EXPORT}?{query}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(b"".join(response.streaming_content).decode("utf-8-sig").splitlines()))


def test_only_superusers_find_it(client: Client, bob: User) -> None:
    client.force_login(bob)

    assert client.get(PAGE).status_code == 404
    assert client.get(EXPORT).status_code == 404
    assert PAGE not in text_of(client.get("/"))


def test_it_is_linked_from_the_sidebar_and_tells_in_words(client: Client, ada: User) -> None:
    ada.is_staff = False
    ada.save()

    text = page_of(client)

    assert f'href="{PAGE}"' in text
    assert "Person Ada Lovelace" in text
    assert "Staff status: yes → no" in text
    assert "Logged in" in text


def test_a_fragment_has_the_entries_alone(client: Client, ada: User) -> None:
    answer = text_of(client.get(PAGE, headers=HTMX))

    assert "<html" not in answer
    assert "Logged in" in answer


def test_it_is_searched_by_person_action_time_and_address(client: Client, ada: User) -> None:
    User.objects.create_user("bea")
    with audit.acting(lambda: audit.Actor(ada.pk, "192.0.2.7")):
        audit.record(audit.Kind.EXPORTED, details={"file": "waits.csv"})

    assert "waits.csv" in page_of(client, "person=lovelace&address=192.0.2.7")
    assert "waits.csv" not in page_of(client, "person=bea")
    assert "bea" in page_of(client, "person=bea&kind=added")
    assert "waits.csv" not in page_of(client, "kind=added")
    assert "No entries" in page_of(client, "to=2001-01-01")
    assert "waits.csv" in page_of(client, "from=2001-01-01")
    assert "No entries" in page_of(client, "address=192.0.2.8")
    page_of(client, "kind=nonsense&from=soon", status=422)


def test_it_goes_on_by_key_at_the_same_cost(
    client: Client, ada: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        audit.record(audit.Kind.EXPORTED, by=ada, details={"file": f"<{number}>.csv"})

    with django_assert_max_num_queries(10):
        first = page_of(client, "kind=exported")

    assert "&lt;59&gt;.csv" in first
    assert "&lt;9&gt;.csv" not in first
    before = AuditEntry.objects.get(details__file="<10>.csv").pk
    assert f'href="?kind=exported&amp;before={before}"' in first
    assert "&lt;9&gt;.csv" in page_of(client, f"kind=exported&before={before}")
    page_of(client, "before=-1")
    page_of(client, f"before={'9' * 19}")


def test_its_file_is_recorded_and_runs_no_formula(client: Client, ada: User) -> None:
    AuditEntry.objects.create(kind="=1+1", by=ada.pk)

    headings, export, formula, *_more = exported(client)

    assert headings[:5] == ["number", "at", "person_id", "person", "action"]
    assert export[2:5] == [str(ada.pk), "Ada Lovelace", "exported"]
    assert formula[4] == "'=1+1"
    assert len(exported(client, "kind=logged_in")) == 2

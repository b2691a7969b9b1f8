"""PostgreSQL plans a page's queries once for each connection."""

from datetime import UTC
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql import psycopg_any  # type: ignore[attr-defined]
from django.db.models import QuerySet
from django.utils import timezone

from inbox.models import Draft, Marketplace, Thread, User, planned, queues
from inbox.models.prepared import prepared
from inbox.pages import sidebar

pytestmark = pytest.mark.django_db(transaction=True)


@prepared
def in_state(status: str, *, marketplace: int, names: list[str]) -> QuerySet[Thread]:
    there = Thread.objects.filter(marketplace=marketplace, status=status)
    return there.filter(mirakl_id__in_array=names).order_by("pk")


def thread(marketplace: Marketplace, name: str, **fields: Any) -> Thread:
    return Thread.objects.create(
        marketplace=marketplace, mirakl_id=name, last_message_at=timezone.now(), **fields
    )


def statements() -> list[tuple[str, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements")
        return list(cursor.fetchall())


def test_a_statement_is_planned_once_for_all_values(maison: Marketplace) -> None:
    one, other = thread(maison, "one"), thread(maison, "other")

    found = [in_state("open", marketplace=maison.pk, names=[name]) for name in ("one", "other")]

    assert found == [[one], [other]]
    ((text, generic, custom),) = statements()
    assert (generic, custom) == (2, 0)
    # A plan relies on constants: some indexes hold open conversations only.
    assert "'open'" in text


def test_it_is_prepared_again_after_a_rollback(maison: Marketplace) -> None:
    with transaction.atomic():
        in_state("open", marketplace=maison.pk, names=["one"])
        transaction.set_rollback(True)
    one = thread(maison, "one")

    assert in_state("open", marketplace=maison.pk, names=["one"]) == [one]
    assert [generic for _text, generic, _custom in statements()] == [1]


def test_an_array_keeps_values_longer_than_its_column(maison: Marketplace) -> None:
    longest = "x" * (Thread._meta.get_field("mirakl_id").max_length or 0)
    one = thread(maison, longest)

    assert in_state("open", marketplace=maison.pk, names=[longest]) == [one]
    assert in_state("open", marketplace=maison.pk, names=[f"{longest}z"]) == []
    assert in_state("open", marketplace=maison.pk, names=[]) == []


def test_a_poolers_session_keeps_no_statement(
    maison: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planned, "ends_in_postgresql", lambda _connection: False)
    connection.close()
    one = thread(maison, "one")

    assert in_state("open", marketplace=maison.pk, names=["one"]) == [one]
    assert statements() == []


def test_counts_of_two_people_share_a_statement(
    maison: Marketplace, alice: User, bob: User
) -> None:
    thread(maison, "hers", assignee=alice)
    his_thread = thread(maison, "his")
    Draft.objects.create(user=bob, marketplace=maison, thread=his_thread, body="Dear")

    hers, his = (
        queues.counts([maison], one, beside=sidebar.extra_counts)[maison.pk] for one in (alice, bob)
    )

    assert (hers["mine"], his["mine"]) == (1, 0)
    assert (hers[sidebar.DRAFTS], his[sidebar.DRAFTS]) == (0, 1)
    assert [generic for _text, generic, _custom in statements()] == [2]


def test_moments_are_read_in_c(maison: Marketplace, monkeypatch: pytest.MonkeyPatch) -> None:
    one = thread(maison, "one")
    monkeypatch.setattr(psycopg_any.BaseTzLoader, "load", Mock(side_effect=AssertionError))

    (found,) = in_state("open", marketplace=maison.pk, names=["one"])

    assert found.last_message_at == one.last_message_at
    assert found.last_message_at.tzinfo is UTC

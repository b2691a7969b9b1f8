"""Queries whose SQL is built once find what the same query would find built anew."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import Mock
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import Count, Q, QuerySet, Value
from django.utils import timezone

from inbox.models import Marketplace, Outgoing, Tag, Thread, User
from inbox.models.prepared import Update, prepared, prepared_insert, prepared_update

NOW = timezone.now()
built = Mock()
# Each SQL is built with two sets of values and compared.
BUILDS = 2


@prepared
def about(sort: str, most: int, **values: Any) -> QuerySet[Thread]:
    """Threads of these marketplaces, assigned to a user or to nobody, since a moment."""
    built(sort, most)
    since = Q(last_message_at__gt=values["since"]) | Q(due_at__gt=values["since"])
    threads = Thread.objects.filter(since, marketplace__in=values["marketplaces"])
    threads = threads.filter(assignee=values["user"], topic_value=values["topic"])
    counted = threads.annotate(number=Count("tags")).select_related("marketplace", "assignee")
    return counted.prefetch_related("tags").defer("search").order_by(sort)[:most]


@prepared
def pairs(*, threads: list[int]) -> QuerySet[Any, tuple[str, int]]:
    rows = Thread.objects.filter(pk__in=threads).order_by()
    named = rows.values_list(Value("first"), "pk")
    return named.union(rows.values_list(Value("second"), "pk"), all=True)


@prepared
def computes(*, since: datetime) -> QuerySet[Thread]:
    return Thread.objects.filter(last_message_at__gt=since - timedelta(days=1))


@prepared
def decides(*, user: int) -> QuerySet[Thread]:
    return Thread.objects.filter(is_thanks=user % 3 == 0)


@prepared
def writes(*, name: str) -> QuerySet[Thread]:
    return Thread.objects.filter(topic_value=f"not {name}")


def thread(marketplace: Marketplace, name: str, **fields: Any) -> Thread:
    return Thread.objects.create(
        **{"marketplace": marketplace, "mirakl_id": name, "last_message_at": NOW} | fields
    )


def found(user: User | None, *marketplaces: Marketplace, topic: str = "", **values: Any) -> Any:
    moment: datetime = values.pop("since", NOW - timedelta(days=1))
    pks = [one.pk for one in marketplaces]
    return about(
        "mirakl_id", 10, since=moment, marketplaces=pks, user=user and user.pk, topic=topic
    )


@pytest.mark.django_db
def test_each_call_has_its_own_values(
    maison: Marketplace, nordhaus: Marketplace, alice: User
) -> None:
    hers, nobodys = thread(maison, "hers", assignee=alice), thread(nordhaus, "nobodys")
    named = thread(maison, "named", topic_value='50% of it\'s "lost"')

    assert found(None, maison, nordhaus) == [nobodys]
    assert found(None, maison, nordhaus, topic='50% of it\'s "lost"') == [named]
    assert found(alice, maison, nordhaus) == [hers]
    assert found(alice, nordhaus, nordhaus) == []
    assert found(alice, maison, nordhaus, since=NOW + timedelta(hours=1)) == []
    assert found(None) == []


@pytest.mark.django_db
def test_rows_are_whole(maison: Marketplace, alice: User) -> None:
    hers = thread(maison, "hers", assignee=alice)
    hers.tags.add(Tag.objects.create(name="Lost"), Tag.objects.create(name="Found"))

    (row,) = found(alice, maison)

    assert (row.marketplace, row.assignee, row.last_message_at) == (maison, alice, NOW)
    assert vars(row)["number"] == 2
    assert {tag.name for tag in row.tags.all()} == {"Lost", "Found"}
    assert row.get_deferred_fields() == {"search"}


@pytest.mark.django_db
def test_the_sql_is_built_once_for_each_shape(maison: Marketplace, alice: User, bob: User) -> None:
    def ask(*shape: Any, user: User | None, on: int = 1) -> None:
        who, where = user and user.pk, [maison.pk] * on
        about(*shape, since=NOW, marketplaces=where, user=who, topic=f"for {user}")

    built.reset_mock()
    for user in (alice, bob, alice):
        ask("pk", 11, user=user)
    assert built.call_count == BUILDS

    ask("pk", 11, user=None)
    ask("pk", 11, user=alice, on=2)
    ask("-pk", 11, user=alice)
    assert built.call_count == 4 * BUILDS


@pytest.mark.django_db
def test_a_union_of_values_is_prepared_too(maison: Marketplace) -> None:
    one = thread(maison, "one")

    assert pairs(threads=[one.pk]) == [("first", one.pk), ("second", one.pk)]
    assert pairs(threads=[]) == []


@pytest.mark.django_db(transaction=True)
def test_threads_run_it_side_by_side_on_their_own_connections(
    maison: Marketplace, alice: User
) -> None:
    hers = thread(maison, "hers", assignee=alice)

    def ask(_number: int) -> Any:
        try:
            return found(alice, maison)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(80))) == [[hers]] * 80


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "values"),
    [(computes, {"since": NOW}), (decides, {"user": 1}), (writes, {"name": "lost"})],
)
def test_a_value_may_only_be_handed_on(query: Any, values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="hand its values on"):
        query(**values)


@prepared
def in_array(*, threads: list[int], names: list[str]) -> QuerySet[Thread]:
    return Thread.objects.filter(pk__in_array=threads, mirakl_id__in_array=names).order_by("pk")


@prepared
def on_in_array(*, marketplaces: list[int]) -> QuerySet[Thread]:
    return Thread.objects.filter(marketplace__in_array=marketplaces)


@pytest.mark.django_db
def test_an_array_holds_the_values_of_its_call(maison: Marketplace) -> None:
    one, other = thread(maison, 'o"ne, {'), thread(maison, "other")
    pks = [one.pk, other.pk]

    assert in_array(threads=pks, names=['o"ne, {', "other"]) == [one, other]
    assert in_array(threads=pks, names=["other", "another"]) == [other]
    assert in_array(threads=pks[::-1], names=['o"ne, {', "another"]) == [one]
    assert in_array(threads=[], names=[]) == []
    assert on_in_array(marketplaces=[maison.pk + 1]) == []
    assert set(on_in_array(marketplaces=[maison.pk + 1, maison.pk])) == {one, other}


@prepared_update
def change(names: tuple[str, ...], *, pk: int, was: datetime | None, values: list[Any]) -> Update:
    rows = Thread.objects.filter(pk=pk, waiting_since=was)
    return rows, dict(zip(names, values, strict=True))


@prepared_update
def adds(*, pk: int, hours: int) -> Update:
    return Thread.objects.filter(pk=pk), {"topic_value": f"after {hours}"}


@pytest.mark.django_db
def test_an_update_changes_the_rows_that_match_only(maison: Marketplace) -> None:
    one, other = thread(maison, "one"), thread(maison, "other", waiting_since=NOW)
    names = ("waiting_since", "topic_value")

    assert change(names, pk=one.pk, was=None, values=[NOW, "lost"]) == 1
    assert change(names, pk=other.pk, was=None, values=[NOW, "lost"]) == 0
    assert change(names, pk=other.pk, was=NOW, values=[None, "found"]) == 1
    assert change(names, pk=one.pk, was=NOW - timedelta(days=1), values=[NOW, "odd"]) == 0

    for row, expected in ((one, (NOW, "lost")), (other, (None, "found"))):
        row.refresh_from_db()
        assert (row.waiting_since, row.topic_value) == expected


@pytest.mark.django_db
def test_an_update_may_only_hand_its_values_on(maison: Marketplace) -> None:
    with pytest.raises(ValueError, match="hand its values"):
        adds(pk=thread(maison, "one").pk, hours=3)


@prepared_insert
def named(*, name: str, colour: str) -> Tag:
    return Tag(name=name, colour=colour)


@pytest.mark.django_db
def test_an_insert_stores_a_row_with_its_defaults_once() -> None:
    added = [named(name=name, colour="red") for name in ("Late", "Lost", "Late")]

    assert added == [1, 1, 0]
    assert sorted(Tag.objects.values_list("name", "colour")) == [("Late", "red"), ("Lost", "red")]


@prepared
def with_token(*, token: UUID) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(token=token)


@pytest.mark.django_db
def test_a_token_is_a_value(maison: Marketplace) -> None:
    on = thread(maison, "one")
    first, second = (
        Outgoing.objects.create(marketplace=maison, thread=on, body=body) for body in "ab"
    )

    assert with_token(token=first.token) == [first]
    assert with_token(token=second.token) == [second]
    assert with_token(token=uuid4()) == []

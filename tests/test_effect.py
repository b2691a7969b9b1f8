"""What matters most: the order of a list, its pages, and why each row stands where it does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from unittest import mock

import pytest
from django.core.cache import cache
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from inbox.kept import Rows
from inbox.models import Marketplace, SavedView, Thread, TopicPace, User
from inbox.models.light_rows import make_threads
from inbox.pages.effect import explain
from inbox.pages.thread_list import thread_list as list_threads
from inbox.pages.viewer import Viewer
from inbox.services.insight import effect
from inbox.services.insight.effect import Effect, Standing, find_next_morning, weigh
from inbox.services.search import thread_list
from inbox.services.search.thread_list import InboxFilters
from tests import measuring
from tests.builders import text_of, threads_on

pytestmark = pytest.mark.django_db
# A Tuesday, 14:00 in UTC.
NOW = datetime(2030, 1, 1, 14, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _at_two() -> Iterator[None]:
    with mock.patch.object(timezone, "now", return_value=NOW), timezone.override("UTC"):
        yield


@pytest.fixture
def each(maison: Marketplace) -> Marketplace:
    """Its limit of 24 hours holds for each reply."""
    maison.reply_rule = Marketplace.Rule.EACH_MAX
    maison.save()
    return maison


def waiting(marketplace: Marketplace, name: str, left: timedelta, topic: str = "") -> Thread:
    return Thread.objects.create(
        marketplace=marketplace,
        mirakl_id=name,
        topic_value=topic,
        last_message_at=NOW - HOUR,
        due_at=NOW + left,
    )


def answered(marketplace: Marketplace, hours: float, number: int = 1) -> None:
    """Replies that each took so many hours."""
    thread = Thread.objects.create(
        marketplace=marketplace,
        mirakl_id=f"answered-{marketplace.pk}-{hours}",
        last_message_at=NOW - HOUR,
        last_sender_is_ours=True,
    )
    for index in range(number):
        measuring.answered(thread, NOW - HOUR - index * MINUTE, hours=hours)


def listed(*marketplaces: Marketplace, user: User | None = None, **query: str) -> list[str]:
    filters = InboxFilters(query | {"sort": "effect"}, marketplaces=marketplaces, user=user)
    return [row.mirakl_id for row in filters.page("")[0]]


def words_of(thread: Thread, *marketplaces: Marketplace) -> str:
    return explain(thread, effect.read_effect(marketplaces, NOW))


# -- order --------------------------------------------------------------------


def test_what_misses_its_limit_before_tomorrow_comes_first(
    each: Marketplace, nordhaus: Marketplace
) -> None:
    answered(nordhaus, hours=23)
    waiting(nordhaus, "average", timedelta(minutes=5))
    waiting(each, "tonight", timedelta(hours=7, minutes=40))
    waiting(each, "soon", timedelta(minutes=30))
    waiting(each, "tomorrow", timedelta(hours=20))
    waiting(each, "too late", -HOUR)

    assert listed(each, nordhaus) == ["soon", "tonight", "average", "too late", "tomorrow"]


def test_a_marketplace_near_its_limit_comes_before_one_with_room(
    maison: Marketplace, nordhaus: Marketplace
) -> None:
    Marketplace.objects.update(reply_limit_hours=24)
    answered(maison, hours=2)
    answered(nordhaus, hours=23)
    waiting(maison, "older", timedelta(hours=2))
    waiting(nordhaus, "newer", timedelta(hours=20))

    assert listed(maison, nordhaus) == ["newer", "older"]


def test_a_marketplace_with_few_replies_comes_before_one_with_many(
    maison: Marketplace, nordhaus: Marketplace
) -> None:
    Marketplace.objects.update(reply_limit_hours=24)
    answered(maison, hours=20, number=9)
    answered(nordhaus, hours=20)
    waiting(maison, "of many", timedelta(hours=2))
    waiting(nordhaus, "of few", timedelta(hours=20))

    assert listed(maison, nordhaus) == ["of few", "of many"]


def test_the_shorter_answer_comes_first_and_then_the_older_question(maison: Marketplace) -> None:
    TopicPace.objects.create(marketplace=maison, topic="parcel", minutes=2)
    TopicPace.objects.create(marketplace=maison, topic="refund", minutes=9)
    waiting(maison, "long", timedelta(hours=1), "refund")
    waiting(maison, "short and new", timedelta(hours=20), "parcel")
    waiting(maison, "short and old", timedelta(hours=10), "parcel")
    waiting(maison, "unknown", timedelta(hours=2))

    assert listed(maison) == ["short and old", "short and new", "unknown", "long"]


def test_without_a_deadline_and_history_come_last(maison: Marketplace) -> None:
    waiting(maison, "history", -timedelta(days=20))
    waiting(maison, "running", HOUR)
    waiting(maison, "answered", HOUR)
    Thread.objects.filter(mirakl_id="answered").update(due_at=None, last_sender_is_ours=True)

    assert listed(maison, view="all") == ["running", "answered", "history"]


# -- pages --------------------------------------------------------------------


@pytest.fixture
def many(each: Marketplace, nordhaus: Marketplace) -> list[Marketplace]:
    """Two marketplaces with ties in every column, and rows in each part of the list."""
    answered(nordhaus, hours=23)
    for topic, minutes in (("parcel", 2), ("refund", 9)):
        TopicPace.objects.create(marketplace=each, topic=topic, minutes=minutes)
        TopicPace.objects.create(marketplace=nordhaus, topic=topic, minutes=minutes)
    Thread.objects.bulk_create(
        Thread(
            marketplace=[each, nordhaus][number % 2],
            mirakl_id=f"{number}",
            topic_value=["parcel", "refund", ""][number % 3],
            search_names="nora",
            last_message_at=NOW - HOUR * (number % 4),
            due_at=None if number % 11 == 10 else NOW + HOUR * (number % 7 * 9 - 12),
        )
        for number in range(48)
    )
    Thread.objects.filter(mirakl_id__in=["3", "4"]).update(due_at=NOW - timedelta(days=30))
    return [each, nordhaus]


@pytest.mark.parametrize("query", ["", "nora"], ids=["a queue", "a search"])
def test_a_list_is_in_the_order_that_is_computed_row_by_row(
    many: list[Marketplace], query: str
) -> None:
    known = effect.read_effect(many, NOW)
    running = Thread.objects.filter(due_at__gt=NOW - timedelta(days=14))
    rows = [
        (*known.position(one.marketplace_id, one.reply_minutes, one.due_at), one.pk)
        for name in listed(*many, q=query)
        for one in running.filter(mirakl_id=name)
        if one.due_at
    ]
    # Rows that cross a limit are told apart as in a list by deadline.
    assert all(first[:-1] <= second[:-1] for first, second in pairwise(rows))
    assert len(rows) == running.count()
    assert {row[0] for row in rows} == {0, 1}


@pytest.mark.parametrize("query", ["", "nora", "marketplace:nordhaus"])
def test_pages_hold_each_row_once(
    many: list[Marketplace], query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = listed(*many, view="all", q=query)
    monkeypatch.setattr(thread_list, "PAGE_SIZE", 7)
    filters = InboxFilters(
        {"view": "all", "q": query, "sort": "effect"}, marketplaces=many, user=None
    )
    rows, after = filters.page("")
    while after:
        more, after = filters.page(after)
        rows += more

    assert [row.mirakl_id for row in rows] == whole
    assert len(set(whole)) == len(whole)


@pytest.mark.parametrize("query", ["", "nora", "marketplace:nordhaus"])
def test_a_row_deep_down_stands_between_its_neighbours(
    many: list[Marketplace], query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filters = InboxFilters(
        {"view": "all", "q": query, "sort": "effect"}, marketplaces=many, user=None
    )
    whole = filters.page("")[0]
    monkeypatch.setattr(thread_list, "PAGE_SIZE", 2)
    monkeypatch.setattr(thread_list, "ABOVE", 4)

    for at in range(4, len(whole)):
        around, _after = filters.around(whole[at])
        assert make_threads(around) == whole[at - 4 : at + 3], at


def test_the_next_conversation_is_the_row_below(many: list[Marketplace]) -> None:
    filters = InboxFilters({"sort": "effect"}, marketplaces=many, user=None)
    whole = filters.page("")[0]

    assert [filters.next_after(one) for one in whole] == [*whole[1:], None]


def test_a_page_reads_few_rows_of_each_marketplace(
    many: list[Marketplace], django_assert_max_num_queries: object
) -> None:
    filters = InboxFilters({"sort": "effect"}, marketplaces=many, user=None)
    filters.page("")

    with django_assert_max_num_queries(5):  # type: ignore[operator]
        InboxFilters({"sort": "effect"}, marketplaces=many, user=None).page("")


# -- words --------------------------------------------------------------------


def test_a_row_says_when_it_crosses_a_limit(each: Marketplace) -> None:
    tonight = waiting(each, "tonight", timedelta(hours=7, minutes=40))
    missed = waiting(each, "missed", -HOUR)
    later = waiting(each, "later", timedelta(hours=22))

    assert words_of(tonight, each) == "Crosses 24 h at 21:40"
    assert words_of(missed, each).startswith("Crossed 24 h at 13:00 · about 5 min")
    assert words_of(later, each).startswith("Doesn't cross 24 h before 2 Jan")


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (23.4, "Nordhaus is 36m from its limit · about 5 min to answer"),
        (25, "Nordhaus is 1h over its limit · about 5 min to answer"),
    ],
)
def test_a_row_says_how_near_its_marketplace_is_to_its_limit(
    nordhaus: Marketplace, hours: float, words: str
) -> None:
    nordhaus.reply_limit_hours = 24
    nordhaus.name = "Nordhaus"
    nordhaus.save()
    answered(nordhaus, hours=hours)

    assert words_of(waiting(nordhaus, "one", HOUR), nordhaus) == words


def test_a_row_says_that_nothing_is_known_or_judged(
    maison: Marketplace, maison_operator: Marketplace
) -> None:
    unknown = words_of(waiting(maison, "one", HOUR), maison)
    operator = words_of(waiting(maison_operator, "two", HOUR), maison_operator)

    assert "has no average yet" in unknown
    assert "sets no limit" in operator


def test_the_inbox_shows_the_reason_in_each_row(
    agent: Client, each: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inbox.services.mirror import sync

    monkeypatch.setattr(sync, "refresh", lambda *_asked, **_options: [])
    waiting(each, "tonight", timedelta(hours=7, minutes=40))

    page = text_of(agent.get("/?sort=effect"))

    assert "Crosses 24 h at" in page
    assert "Crosses 24 h at" not in text_of(agent.get("/"))


def test_a_saved_view_keeps_the_order(
    agent: Client, alice: User, each: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inbox.services.mirror import sync

    monkeypatch.setattr(sync, "refresh", lambda *_asked, **_options: [])
    waiting(each, "tomorrow", timedelta(hours=3))
    Thread.objects.filter(mirakl_id="tomorrow").update(reply_minutes=1)
    waiting(each, "tonight", timedelta(hours=2))

    agent.post("/views/new/", {"name": "Mine to do", "query": "sort=effect"})

    view = SavedView.objects.get(owner=alice)
    assert view.query == "sort=effect"
    assert threads_on(text_of(agent.get(f"/?{view.query}"))) == ["tonight", "tomorrow"]


# -- what it is made of -------------------------------------------------------


def test_no_average_presses_where_none_is_judged(
    each: Marketplace, nordhaus: Marketplace, maison_operator: Marketplace
) -> None:
    of_all = dict.fromkeys((each.pk, nordhaus.pk, maison_operator.pk), Standing(5, 5, 5 * 80_000))
    known = weigh([each, nordhaus, maison_operator], of_all, NOW, NOW + HOUR)

    assert known.places == {nordhaus.pk: 0, each.pk: 1, maison_operator.pk: 1}
    assert known.hard == {each.pk}


def test_a_shop_with_too_few_orders_is_not_judged_yet(
    maison: Marketplace, nordhaus: Marketplace
) -> None:
    Marketplace.objects.update(min_orders=10, reply_limit_hours=24)
    both = list(Marketplace.objects.filter(pk__in=[maison.pk, nordhaus.pk]).order_by("pk"))
    for one, orders in zip(both, (9, 10), strict=True):
        answered(one, hours=23)
        measuring.scored(one, "orders_count", orders)
        waiting(one, one.slug, HOUR)

    few, enough = both
    known = effect.read_effect(both, NOW)
    assert known.places == {enough.pk: 0, few.pk: 1}
    thread = Thread.objects.select_related("marketplace").get(mirakl_id=few.slug)
    assert explain(thread, known).startswith(f"{few.name} doesn't judge you yet")


def test_standings_are_computed_once_for_several_pages(nordhaus: Marketplace) -> None:
    answered(nordhaus, hours=2)
    first = effect.read_effect([nordhaus], NOW)
    answered(nordhaus, hours=4)

    assert effect.read_effect([nordhaus], NOW).standings == first.standings
    assert first.standings[nordhaus.pk] == Standing(0, 1, 7200.0)


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2030-01-01T08:59", "2030-01-01T09:00"),
        ("2030-01-01T09:00", "2030-01-02T09:00"),
        ("2030-01-04T14:00", "2030-01-07T09:00"),
        ("2030-01-05T03:00", "2030-01-07T09:00"),
        ("2030-01-06T23:00", "2030-01-07T09:00"),
    ],
)
def test_nobody_works_before_the_next_morning_of_a_working_day(now: str, morning: str) -> None:
    at = datetime.fromisoformat(f"{now}+00:00")

    assert find_next_morning(at, UTC).isoformat()[:16] == morning


def test_an_effect_is_of_rows_with_a_deadline() -> None:
    known = Effect(NOW, NOW + HOUR, frozenset({1}), {1: 0}, {})

    assert not known.is_crossing(1, None)
    assert known.position(1, 5, NOW + 2 * HOUR) > known.position(1, 9, NOW + MINUTE)


def test_a_kept_list_changes_with_its_reasons(nordhaus: Marketplace, charlie: User) -> None:
    waiting(nordhaus, "one", HOUR)
    Thread.objects.update(preview="Hello", message_count=1)
    viewer = Viewer(charlie)

    def shown() -> object:
        filters = InboxFilters({"sort": "effect"}, marketplaces=[nordhaus], user=charlie)
        rows = list_threads(viewer, QueryDict(""), filters, [nordhaus]).rows
        assert isinstance(rows, Rows)
        return rows.all_shown()

    before = shown()
    assert shown() == before
    answered(nordhaus, hours=2)
    cache.clear()
    assert shown() != before

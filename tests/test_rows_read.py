"""What a page reads does not grow with the conversations beside those it shows."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from benchmarks.desk import laying, people, world
from inbox.models import Marketplace, Thread, User
from inbox.services.marketplaces import accounts
from inbox.services.search import frequency, full_text, snippets, thread_list
from inbox.services.search.thread_list import PAGE_SIZE, InboxFilters
from tests.plans import nodes, plans_of, rows_read

NEWEST_AT = timezone.now()
CONVERSATIONS, EACH = 4_000, 1


@pytest.fixture(scope="module")
def laid(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[Marketplace, User]]:
    """The desk of all tests here, which change nothing: laying it takes ten times as long."""
    with django_db_blocker.unblock(), transaction.atomic():
        (marketplace,) = people.connect("https://mirakl.example", 1)
        agent, _colleague = people.hire(2, [marketplace])
        laying.lay({marketplace: CONVERSATIONS}, [agent, _colleague], NEWEST_AT, EACH)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE inbox_thread, inbox_message, inbox_thread_tags, inbox_note")
        yield marketplace, agent
        transaction.set_rollback(True)


@pytest.fixture
def desk(laid: tuple[Marketplace, User], db: None) -> tuple[Marketplace, User]:
    return laid


@pytest.mark.parametrize("sort", ["deadline", "newest", "oldest"])
def test_what_is_mine_is_read_page_by_page(sort: str, desk: tuple[Marketplace, User]) -> None:
    marketplace, agent = desk
    with connection.cursor() as cursor:
        # Of so few rows all may be read and sorted; the test checks that an index has the order.
        cursor.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    filters = InboxFilters({"view": "mine", "sort": sort}, marketplaces=[marketplace], user=agent)
    middle = NEWEST_AT - CONVERSATIONS / 2 * world.SPACING

    top = rows_read(lambda: filters.page(""))
    deep = rows_read(lambda: filters.page(f"~{middle.isoformat()}~1"))

    assert max(top, deep) < 3 * PAGE_SIZE


def test_what_a_marketplace_has_is_counted_from_its_tallies(
    desk: tuple[Marketplace, User],
) -> None:
    marketplace, _agent = desk

    assert accounts.measure_mirror(marketplace).threads == CONVERSATIONS
    assert rows_read(lambda: accounts.measure_mirror(marketplace)) < 10


def search(text: str, desk: tuple[Marketplace, User]) -> InboxFilters:
    marketplace, agent = desk
    query = {"view": "search", "q": text}
    return InboxFilters(query, marketplaces=[marketplace], user=agent)


@pytest.fixture
def scarce(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds as small beside these conversations as the real ones are beside a million."""
    monkeypatch.setattr(full_text, "COMMON_FROM", 100)
    monkeypatch.setattr(frequency, "TRIED", 100)
    monkeypatch.setattr(frequency, "COST_OF_PAGE", 5 * 3)
    monkeypatch.setattr(thread_list, "MOST_CHECKED", 100)
    monkeypatch.setattr(thread_list, "PAGE_SIZE", 5)


@pytest.mark.usefixtures("scarce")
@pytest.mark.parametrize("text", ["order", '"the order"', "order delivery"])
def test_a_search_for_common_words_reads_the_beginning_of_its_list(
    text: str, desk: tuple[Marketplace, User]
) -> None:
    filters = search(text, desk)

    read = rows_read(lambda: (filters.page(""), filters.count()))

    assert len(filters.page("")[0]) == thread_list.PAGE_SIZE
    assert read < CONVERSATIONS / 2


@pytest.mark.usefixtures("scarce")
def test_a_common_word_is_checked_in_the_few_that_conditions_leave(
    desk: tuple[Marketplace, User],
) -> None:
    filters = search("is:closed is:mine tag:refund delivery", desk)
    few = Thread.objects.filter(status="closed", assignee=desk[1], tags__name="refund").count()

    first = rows_read(lambda: filters._found)
    again = rows_read(lambda: (filters.page(""), filters.count()))

    assert 0 < len(filters.page("")[0]) <= few
    assert first < CONVERSATIONS / 2
    assert again < 12 * few


@pytest.mark.usefixtures("scarce")
def test_a_phrase_of_common_words_that_is_rare_is_looked_up(
    desk: tuple[Marketplace, User],
) -> None:
    filters = search('"order delivery"', desk)

    rows, _following = filters.page("")

    assert not filters._found.checked
    assert 0 < len(rows) <= filters.count().number


@pytest.mark.usefixtures("scarce")
def test_what_was_looked_up_is_looked_up_once(desk: tuple[Marketplace, User]) -> None:
    filters = search("leather", desk)
    number = filters.count().number

    assert number == len(full_text.matching(Thread.objects.all(), "leather"))
    assert rows_read(lambda: (filters.count(), filters.page(""))) <= 4 * number


@pytest.mark.usefixtures("scarce")
def test_beyond_what_is_checked_the_count_is_of_the_least(
    desk: tuple[Marketplace, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    filters = search("delivery", desk)
    least = filters.count()
    monkeypatch.setattr(thread_list, "MOST_CHECKED", CONVERSATIONS)
    monkeypatch.setattr(thread_list, "MOST_COUNTED", CONVERSATIONS)
    whole = filters.count()

    assert (least.is_over, whole.is_over) == (True, False)
    assert 0 < least.number < whole.number
    assert whole.number == len(full_text.matching(Thread.objects.all(), "delivery"))


def test_snippets_read_the_conversations_on_the_page(desk: tuple[Marketplace, User]) -> None:
    rows, _following = search("is:closed", desk).page("")
    topics = {one.pk: "" for one in rows}

    plans = plans_of(lambda: snippets.find_snippets(rows, "bonjour", topics))

    used = {node.get("Index Name") for plan in plans for node in nodes(plan)}
    assert "message_in_order" in used
    assert "message_search" not in used


def test_an_orders_number_is_not_looked_up_by_its_last_letter() -> None:
    (term,) = full_text.find_terms("MP01-0000123-A")

    assert [way.raw() for way in term.ways if not way.is_exact] == ["('mp010000123a':*)"]

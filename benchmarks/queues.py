"""Measures the database queries of queue pages and counts at a million conversations.

    python -m benchmarks.queues [--threads N] [--all] [--indexes]

Twenty marketplaces of very different size and fifty people share the conversations; three in a
hundred wait for an answer. The benchmark reads the first page and a deep page of each queue in
each order, then all counts: for a person with all marketplaces, and for one with the smallest.
Medians of several runs, in milliseconds of the database alone.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inbox.models import Marketplace

THREADS = 1_000_000
MARKETPLACES = 20
PEOPLE = 50
RUNS = 7
BOUND = 50.0
RULES = ["mean_max", "mean_max", "each_max"]
# `pick` is spread over 0…999. It decides the state of a conversation; other values decide its place
# and age.
LAY = """
    INSERT INTO inbox_thread (marketplace_id, mirakl_id, is_askable, topic_type, topic_value,
        entities, entity_type, entity_id, customer_name, customer_id, shop_name, organization_name,
        authorized_participants, current_participants, no_store_reply_needed, with_operator,
        last_message_at, last_sender_type, last_sender_name, last_sender_is_ours, message_count,
        preview, has_attachments, language, tracking_numbers, search_names, search_text, is_thanks,
        due_at, status, assignee_id, snoozed_until)
    SELECT (%(first)s + floor(pow((n * 7907) %% 10007 / 10007.0, 2) * %(marketplaces)s))::int,
        't' || n, pick <> 997, 'FREE_TEXT', 'Topic ' || n %% 30, '[]', 'MMP_ORDER', 'BENCH-' || n,
        'Customer ' || n %% 5000, CASE WHEN n %% 2 = 0 THEN 'C-' || n %% 5000 ELSE '' END, '', '',
        '[]', '[]', '[]', pick %% 10 = 0,
        now() - n * interval '1 minute', 'CUSTOMER_USER', '', pick >= 30, 3, 'A preview', false,
        CASE WHEN pick = 999 THEN 'it' ELSE (ARRAY['fr', 'de', 'en', ''])[1 + n %% 4] END, '',
        '', '', pick = 998,
        CASE WHEN pick < 30 THEN now() + (n %% 120 - 24) * interval '1 hour' END,
        CASE WHEN pick < 3 OR pick >= 500 THEN 'closed' ELSE 'open' END,
        CASE WHEN pick %% 4 = 0 THEN %(person)s + n %% %(people)s END,
        CASE WHEN pick BETWEEN 20 AND 24 THEN now() + interval '1 day' END
    FROM generate_series(1, %(threads)s::bigint) n, LATERAL (SELECT n * 7919 %% 1000 AS pick) picks
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=THREADS)
    parser.add_argument("--all", action="store_true", help="show every figure")
    parser.add_argument("--indexes", action="store_true", help="show how often each index was used")
    options = parser.parse_args()

    from helpdesk import embedded

    with ExitStack() as services:
        os.environ |= {
            "DATABASE_URL": services.enter_context(embedded.postgresql()),
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
            "SECRET_KEY": "for this run",
            "CREDENTIAL_KEYS": "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdC0=",
            "HTTPS": "false",
        }
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        marketplaces = lay(options.threads)
        print(f"{options.threads:,} conversations, database time in ms, median of {RUNS}")
        measured = {
            "all marketplaces": measure(marketplaces),
            "the largest alone": measure(marketplaces[:1]),
            "the smallest alone": measure(marketplaces[-1:]),
        }
        report(measured, shows_all=options.all)
        if options.indexes:
            report_indexes()


def lay(threads: int) -> "list[Marketplace]":
    from django.db import connection

    from inbox.models import Marketplace, TopicPace, User

    names = [f"bench-{number}" for number in range(MARKETPLACES)]
    marketplaces = [
        Marketplace.objects.create(
            name=name, slug=name, base_url="https://b.test", reply_rule=RULES[number % 3]
        )
        for number, name in enumerate(names)
    ]
    TopicPace.objects.bulk_create(
        TopicPace(marketplace=one, topic=f"Topic {number}", minutes=number % 12 + 1)
        for one in marketplaces
        for number in range(30)
    )
    people = [User.objects.create(username=f"agent-{number}") for number in range(PEOPLE)]
    began = time.perf_counter()
    with connection.cursor() as cursor:
        values = {
            "first": marketplaces[0].pk,
            "marketplaces": MARKETPLACES,
            "person": people[0].pk,
            "people": PEOPLE,
            "threads": threads,
        }
        cursor.execute(LAY, values)
        cursor.execute("VACUUM ANALYZE inbox_thread")
        cursor.execute("ANALYZE inbox_tally")
    print(f"laid in {time.perf_counter() - began:.0f} s")
    return marketplaces


@contextmanager
def database_time() -> Iterator[list[tuple[float, str]]]:
    from django.db import connection

    spent: list[tuple[float, str]] = []

    def timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(((time.perf_counter() - began) * 1000, sql))

    with connection.execute_wrapper(timed):
        yield spent


def median_of(ask: Callable[[], object]) -> float:
    durations = []
    for _run in range(RUNS):
        with database_time() as spent:
            ask()
        durations.append(sum(one for one, _sql in spent))
    return statistics.median(durations)


def measure(marketplaces: "list[Marketplace]") -> dict[str, float]:
    from django.utils import timezone

    from inbox.models import User, queues
    from inbox.models.keyset import Cursor
    from inbox.services.search.list_views import CLOCK_SORTS, SORTS, VIEWS
    from inbox.services.search.thread_list import InboxFilters

    user = User.objects.get(username="agent-0")
    middle = timezone.now() - timedelta(minutes=THREADS // 2)
    found = {"the counts": median_of(lambda: queues.counts(marketplaces, user))}
    for view in VIEWS:
        for sort in SORTS:
            query = {"view": view, "sort": sort}
            filters = InboxFilters(query, marketplaces=marketplaces, user=user)
            due = timezone.now() + timedelta(hours=20) if filters.order in CLOCK_SORTS else None
            deep = str(Cursor(due, middle, 1))
            found[f"{view}, {sort}"] = median_of(lambda filters=filters: filters.page(""))  # type: ignore[misc]
            found[f"{view}, {sort}, deep"] = median_of(
                lambda filters=filters, deep=deep: filters.page(deep)  # type: ignore[misc]
            )
    return found | {name: median_of(ask) for name, ask in other_pages(marketplaces).items()}


def other_pages(marketplaces: "list[Marketplace]") -> "dict[str, Callable[[], object]]":
    """What other pages ask about conversations."""
    from inbox.models import Thread
    from inbox.services.mirror import customer_languages
    from inbox.services.search.thread_list import InboxFilters

    here = Thread.objects.filter(marketplace__in=marketplaces)
    on_one = Thread.objects.filter(marketplace=marketplaces[0])
    rare = InboxFilters({"view": "all", "language": "it"}, marketplaces=marketplaces, user=None)
    return {
        "an order": lambda: list(on_one.filter(entity_type="MMP_ORDER", entity_id="BENCH-77")),
        "a customer": lambda: list(on_one.filter(customer_id="C-77").by_newest()[:10]),
        "a customer without an id": lambda: list(
            on_one.filter(customer_id="", customer_name="Customer 77").by_newest()[:10]
        ),
        "a conversation": lambda: on_one.filter(mirakl_id="t77").first(),
        "the languages": lambda: customer_languages.list_languages(marketplaces),
        "a rare language": lambda: rare.page(""),
        "thank-yous": lambda: here.filter(is_thanks=True).needing_reply().count(),
        "not openable": lambda: here.filter(is_askable=False).count(),
    }


def report(measured: dict[str, dict[str, float]], *, shows_all: bool) -> None:
    for whose, found in measured.items():
        worst = max(found, key=lambda name: found[name])
        slow = {name: round(one, 1) for name, one in found.items() if one > BOUND}
        print(f"{whose}:")
        print(f"  the counts               {found['the counts']:8.1f}")
        print(f"  a page, the middle one   {statistics.median(found.values()):8.1f}")
        print(f"  a page, the slowest      {found[worst]:8.1f}  ({worst})")
        if shows_all:
            print("\n".join(f"    {name:32} {one:8.1f}" for name, one in found.items()))
        if slow:
            print(f"  beyond {BOUND:.0f} ms: {slow}")


def report_indexes() -> None:
    """Scans and size of each index of the conversations."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("""
            SELECT indexrelname, idx_scan, pg_relation_size(indexrelid) / 1048576.0
            FROM pg_stat_user_indexes WHERE relname = 'inbox_thread' ORDER BY idx_scan DESC
        """)
        print("indexes: scans, size in MB")
        for name, scans, size in cursor.fetchall():
            print(f"  {name:40} {scans:8,} {size:8.1f}")


if __name__ == "__main__":
    main()

"""Measures every report among two million waits and five million messages of two years.

    python -m benchmarks.reports [--spans N] [--messages N] [--only TEXT]

The desk runs in production mode; one request over HTTP follows another. A figure is the time that
19 of 20 requests did not exceed, with the median CPU of all processes beside it. Fails if a report
of 30 days exceeds 300 ms, or one of a year 500 ms. Figures that follow their page have no bound.
Needs 6 GB of disk and twenty minutes; with fewer waits and messages, less. Linux only.
"""

import argparse
import statistics
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import product
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.desk import cpu, laying, people, running

if TYPE_CHECKING:
    import httpx

    from inbox.models import Marketplace, User

SPANS, MESSAGES_IN_ALL, MARKETPLACES, AGENTS = 2_000_000, 5_000_000, 20, 40
SPANS_PER_THREAD = 4
DAYS = 730
REQUESTS, WARM_UP = 20, 3
# Milliseconds.
BOUNDS = {30: 300, 365: 500}
FILTERS = {"": "", ", one marketplace and asker": "&marketplace=m3&asker=CUSTOMER"}
PAGES = [
    *("overview", "time", "volume", "team", "marketplaces", "topics"),
    *("resolution", "canned", "delivery"),
]
THREADS = """
    INSERT INTO inbox_thread (marketplace_id, mirakl_id, is_askable, topic_type, topic_value,
        entities, entity_type, entity_id, customer_name, last_message_at, began_at, began_by,
        language, status)
    SELECT (%(marketplaces)s::int[])[1 + n %% %(number)s], 'report-' || n, true, 'REASON_CODE',
        'Topic ' || n %% 12, '[]', 'MMP_ORDER', 'R-' || n, 'Customer ' || n %% 5000,
        at, at - interval '8 days', 'CUSTOMER',
        (ARRAY['fr', 'de', 'en', 'es', 'it', ''])[1 + n %% 6], 'closed'
    FROM generate_series(1, %(threads)s) n
        CROSS JOIN LATERAL (SELECT %(newest)s::timestamptz - n * %(spacing)s::interval AS at) newest
"""
TAGS = """
    INSERT INTO inbox_thread_tags (thread_id, tag_id)
    SELECT id, (%(tags)s::int[])[1 + id %% %(kinds)s] FROM inbox_thread WHERE id %% 5 = 0
"""
# How long replies take is distributed as it is at desks: half within 82 minutes, nine of ten within
# eleven hours.
WAITS = """
    INSERT INTO inbox_span (marketplace_id, thread_id, ordinal, asker, asked_at, last_asked_at,
        messages_in, ended_at, ended_by, answer_id, is_from_desk, author_id, is_first_reply,
        working_seconds, limit_at, is_history, topic, language, shop)
    SELECT thread.marketplace_id, thread.id, k + 1,
        CASE WHEN (thread.id + k) %% 10 = 0 THEN 'OPERATOR' ELSE 'CUSTOMER' END,
        asked, asked, 1, CASE WHEN NOT is_open THEN asked + took END,
        CASE WHEN is_open THEN '' WHEN is_declared THEN 'no_reply_needed' ELSE 'reply' END,
        CASE WHEN is_open OR is_declared THEN '' ELSE thread.id || '-' || k END,
        is_by_desk,
        CASE WHEN is_by_desk THEN (%(people)s::int[])[1 + (thread.id * 31 + k) %% %(persons)s] END,
        k = 0 AND NOT is_open AND NOT is_declared,
        CASE WHEN NOT is_open THEN extract(epoch FROM took) * 0.5 END,
        asked + interval '24 hours', false, topic_value,
        (ARRAY['fr', 'de', 'en', 'es', 'it', ''])[1 + thread.id %% 6], ''
    FROM inbox_thread thread CROSS JOIN generate_series(0, %(waits)s - 1) k
        CROSS JOIN LATERAL (SELECT ((thread.id * 7919 + k * 104729) %% 9973 + 1) / 9974.0 AS one,
            (thread.id * 31 + k * 977) %% 9931 / 9931.0 AS other) random
        CROSS JOIN LATERAL (SELECT last_message_at - (k * 37 + 1) * interval '1 hour' AS asked,
            exp(8.5 + 1.6 * sqrt(-2 * ln(one)) * cos(2 * pi() * other)) * interval '1 second'
                AS took) times
        CROSS JOIN LATERAL (SELECT asked + took > now() AS is_open,
            (thread.id + k) %% 40 = 0 AS is_declared) state
        CROSS JOIN LATERAL (SELECT NOT is_open AND NOT is_declared AND (thread.id + k) %% 8 > 0
            AS is_by_desk) desk
"""
MESSAGES = """
    INSERT INTO inbox_message (marketplace_id, thread_id, mirakl_id, body, sender_type, sender_name,
        sender_organization, recipients, created_at, is_dated, is_from_desk)
    SELECT marketplace_id, id, 'report-' || id || '-' || k, 'A message of a usual length.',
        CASE WHEN k %% 2 = 0 THEN 'CUSTOMER_USER' ELSE 'SHOP_USER' END, customer_name, '', '[]',
        last_message_at - k * interval '18 hours', true, k %% 2 = 1 AND (id + k) %% 8 > 0
    FROM inbox_thread CROSS JOIN generate_series(0, %(each)s - 1) k
"""
# A closing and an answer for each conversation; one in twelve comes back.
RESOLUTIONS = """
    INSERT INTO inbox_resolution (marketplace_id, thread_id, kind, begun_at, resolved_at, by_id,
        replies, messages, followed_at, was_thanked)
    SELECT marketplace_id, id, kind, at - (1 + id %% 90) * interval '1 hour', at,
        (%(people)s::int[])[1 + id %% %(persons)s], 1 + id %% 4, 3 + id %% 9,
        CASE WHEN id %% 12 = 0 THEN at + interval '2 days' END, id %% 30 = 0
    FROM inbox_thread, unnest(ARRAY['closed', 'quiet']) kind,
        LATERAL (SELECT last_message_at - interval '4 days' AS at) closed
"""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--spans", type=int, default=SPANS)
    parser.add_argument("--messages", type=int, default=MESSAGES_IN_ALL)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    with ExitStack() as stack:
        running.prepare(stack, Path(stack.enter_context(TemporaryDirectory())))
        marketplaces = people.connect("https://marketplace.test", MARKETPLACES)
        agents = people.hire(AGENTS, marketplaces)
        lay(options.spans, options.messages, marketplaces, agents)
        lead = hire_lead(marketplaces)
        _pid, url = stack.enter_context(running.web())
        print(
            f"{options.spans:,} waits, {options.messages:,} messages; p95, bound and CPU in ms",
            flush=True,
        )
        return measure(people.browser(url, lead), options.only)


def lay(spans: int, messages: int, marketplaces: "list[Marketplace]", agents: "list[User]") -> None:
    from django.db import connection

    from inbox.models import Tag
    from inbox.services.insight import rollups

    tags = [Tag.objects.create(name=name, is_for_all=True).pk for name in laying.TAGS]
    threads = spans // SPANS_PER_THREAD
    newest = datetime.now(UTC).replace(microsecond=0)
    values: dict[str, Any] = {
        "marketplaces": [one.pk for one in marketplaces],
        "number": len(marketplaces),
        "newest": newest,
        "spacing": timedelta(days=DAYS) / threads,
        "threads": threads,
        "each": messages // threads,
        "waits": SPANS_PER_THREAD,
        "people": [one.pk for one in agents],
        "persons": len(agents),
        "tags": tags,
        "kinds": len(tags),
    }
    began = time.monotonic()
    with connection.cursor() as cursor:
        laying.set_defaults(cursor)
        # Without triggers and foreign keys; indexes for searching are not asked for.
        cursor.execute("SET session_replication_role = replica")
        indexes = [one for one in laying.drop_indexes(cursor) if "USING gin" not in one]
        for statement in (THREADS, TAGS, WAITS, *[MESSAGES][:messages], RESOLUTIONS):
            cursor.execute(statement, values)
        for definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = origin")
        print(f"laid in {time.monotonic() - began:.0f} s")
        began = time.monotonic()
        for _done in rollups.rebuild():
            pass
        cursor.execute("SELECT count(*), pg_total_relation_size('inbox_rollup') FROM inbox_rollup")
        rows, size = cursor.fetchone()
        print(f"{rows:,} rollups, {size / 1e6:.0f} MB, in {time.monotonic() - began:.0f} s")
        cursor.execute("VACUUM ANALYZE")
    for one in marketplaces:
        one.mirror.write({"history": "done", "refreshed_at": newest})


def hire_lead(marketplaces: "list[Marketplace]") -> "User":
    from django.contrib.auth.models import Group

    from inbox.models import Access, User

    group = Group.objects.create(name="leads")
    for one in marketplaces:
        Access.objects.create(group=group, marketplace=one, role=Access.Role.LEAD)
    lead = User.objects.create(username="lead", language="en", time_zone="Europe/Paris")
    lead.groups.add(group)
    return lead


def measure(browser: "httpx.Client", only: str) -> int:
    today, beyond = datetime.now(UTC).date(), 0
    for (days, bound), page, (name, more) in product(BOUNDS.items(), PAGES, FILTERS.items()):
        title = f"{page}, {days} days{name}"
        if only not in title:
            continue
        begin, end = today - timedelta(days=days), today - timedelta(days=1)
        address = f"/reports/{page}/?from={begin}&to={end}{more}"
        beyond += show(title, browser, address, bound)
        if "report-later" in browser.get(address).text:
            show(f"  its figures, which follow{name}", browser, f"{address}&whole=1")
    return int(beyond > 0)


def show(title: str, browser: "httpx.Client", address: str, bound: float = inf) -> bool:
    def ask() -> None:
        browser.get(address).raise_for_status()

    for _n in range(WARM_UP):
        ask()
    took = []
    for _n in range(REQUESTS):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    used = statistics.median(cpu.milliseconds(ask) for _n in range(WARM_UP))
    p95 = statistics.quantiles(took, n=20, method="inclusive")[-1]
    mark = "  beyond its bound" if p95 > bound else ""
    print(f"{title:56} {p95:8.0f} {bound:8} {used:8.0f}{mark}", flush=True)
    return p95 > bound


if __name__ == "__main__":
    sys.exit(main())

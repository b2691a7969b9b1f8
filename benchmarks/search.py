"""Measures a search among a million messages in 200,000 conversations.

    python -m benchmarks.search [--messages N]

The messages consist of made-up words with a natural distribution: a few are frequent, most are
rare. They are stored in the PostgreSQL of the tests. Then the benchmark reads pages of search
results: the conversations and their snippets. Medians of several runs, in milliseconds.
"""

import argparse
import os
import statistics
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inbox.models import Marketplace

MESSAGES = 1_000_000
PER_THREAD = 5
RUNS = 7
# Word n of the vocabulary is drawn 1/n times as often as the first.
VOCABULARY = 20_000
LAY_THREADS = """
    INSERT INTO inbox_thread (marketplace_id, mirakl_id, is_askable, topic_type, topic_value,
        entities, entity_type, entity_id, customer_name, customer_id, shop_name, organization_name,
        authorized_participants, current_participants, no_store_reply_needed, with_operator,
        last_message_at, last_sender_type, last_sender_name, last_sender_is_ours, message_count,
        preview, has_attachments, language, tracking_numbers, search_names, search_text, is_thanks,
        status)
    SELECT %s, 't' || n, true, 'FREE_TEXT', 'Topic ' || n, '[]', 'MMP_ORDER', 'BENCH-' || n,
        'Customer ' || n %% 5000, '', '', '', '[]', '[]', '[]', false,
        now() - n * interval '1 minute', 'CUSTOMER_USER', '', false, %s, 'A preview', false,
        '', '', 'customer ' || n %% 5000, 'bench ' || n, false, 'open'
    FROM generate_series(1, %s) n
"""
LAY_MESSAGES = """
    WITH bodies AS MATERIALIZED (
        SELECT body, string_agg('word' || chr(97 + (pick %% 26)) || pick, ' ') AS words FROM (
            SELECT body, floor(pow(%s, random()))::int AS pick
            FROM generate_series(0, 19999) body, generate_series(1, 30)
        ) picks GROUP BY body
    ), threads AS (
        SELECT id, marketplace_id, row_number() OVER (ORDER BY id) AS n FROM inbox_thread
    )
    INSERT INTO inbox_message (marketplace_id, thread_id, mirakl_id, body, sender_type, sender_name,
        sender_organization, recipients, created_at, is_dated, search_text)
    SELECT threads.marketplace_id, threads.id, 'm' || threads.n || '-' || part, words,
        'CUSTOMER_USER', 'Customer', '', '[]', now() - threads.n * interval '1 minute', true, words
    FROM threads, generate_series(1, %s) part,
        LATERAL (SELECT (threads.n * 7919 + part * 104729) %% 20000 AS body) one
        JOIN bodies USING (body)
"""
SEARCHES = {
    "a word in most conversations": "wordb1",
    "a word in one of ten": "wordy50",
    "a word in one of a thousand": "wordi5000",
    "two common words": "wordb1 wordc2",
    "a common and a rare word": "wordb1 wordi5000",
    "three words": "wordc2 wordd3 worde4",
    "the beginning of many words": "word",
    "a customer and a word": "customer 1234 wordb1",
    "an order": "BENCH-77777",
    "nothing": "nowhere",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=MESSAGES)
    messages = parser.parse_args().messages

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
        marketplace = lay(messages)
        print(f"{messages:,} messages, median of {RUNS} in ms")
        for name, text in SEARCHES.items():
            print(f"  {name:32} {measure(marketplace, text):8.1f}")


def lay(messages: int) -> "Marketplace":
    from django.db import connection

    from inbox.models import Marketplace

    marketplace = Marketplace.objects.create(name="Bench", slug="bench", base_url="https://b.test")
    threads = messages // PER_THREAD
    with connection.cursor() as cursor:
        cursor.execute(LAY_THREADS, [marketplace.pk, PER_THREAD, threads])
        cursor.execute(LAY_MESSAGES, [VOCABULARY, PER_THREAD])
        cursor.execute("VACUUM ANALYZE inbox_thread, inbox_message")
    return marketplace


def measure(marketplace: "Marketplace", text: str) -> float:
    from inbox.models import Thread
    from inbox.services.search import full_text

    durations = []
    for _run in range(RUNS):
        began = time.perf_counter()
        threads = Thread.objects.filter(marketplace__in=[marketplace])
        page = list(full_text.matching(threads, text).by_newest()[:51])
        durations.append((time.perf_counter() - began) * 1000)
        assert len(page) <= 51
    return statistics.median(durations)


if __name__ == "__main__":
    main()

"""Writes the conversations of `world` as rows, as reading them from Mirakl would have."""

import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from benchmarks.desk import world

if TYPE_CHECKING:
    from inbox.models import Marketplace, User
    from inbox.models.mirror_state import MirrorChange

TABLES = [
    *("inbox_thread", "inbox_message", "inbox_attachment", "inbox_span", "inbox_resolution"),
]
TAGS = ["vip", "refund", "carrier", "urgent", "legal", "return", "lost", "invoice"]
WORDS = """
    CREATE UNLOGGED TABLE IF NOT EXISTS bench_body (id int PRIMARY KEY, words text);
    CREATE UNLOGGED TABLE IF NOT EXISTS bench_name (id int PRIMARY KEY, name text);
    CREATE UNLOGGED TABLE IF NOT EXISTS floor_reply (thread text, body text, message text);
"""
THREADS = """
    INSERT INTO inbox_thread (marketplace_id, mirakl_id, is_askable, topic_type, topic_value,
        entities, entity_type, entity_id, customer_name, customer_id, shop_name, organization_name,
        authorized_participants, current_participants, no_store_reply_needed, with_operator,
        created_at, began_at, began_by, updated_at, last_message_at, last_sender_type,
        last_sender_name,
        last_sender_is_ours, message_count, preview, has_attachments, shop_reply_needed_since,
        waiting_since, due_at, is_thanks, status, assignee_id, snoozed_until, language,
        tracking_numbers, search_names, search_text, search_version)
    SELECT %(pk)s, lpad(%(m)s::text, 8, '0') || '-0000-4000-8000-' || lpad(n::text, 12, '0'), true,
        'REASON_CODE', topic,
        jsonb_build_array(jsonb_build_object('type', 'MMP_ORDER', 'id', order_id,
            'label', order_id)),
        'MMP_ORDER', order_id, name, who ->> 'id', %(shop)s::jsonb ->> 'display_name', '',
        jsonb_build_array(who, %(operator)s::jsonb, %(shop)s::jsonb),
        CASE WHEN with_operator THEN jsonb_build_array(who, %(shop)s::jsonb, %(operator)s::jsonb)
            ELSE jsonb_build_array(who, %(shop)s::jsonb) END,
        '[]', with_operator, began_at, began_at,
        CASE WHEN (%(count)s %% 2 = 1) = waits THEN 'CUSTOMER' ELSE 'SHOP' END, at, at,
        CASE WHEN waits THEN 'CUSTOMER_USER' ELSE 'SHOP_USER' END,
        CASE WHEN waits THEN name ELSE %(shop)s::jsonb ->> 'display_name' END,
        NOT waits, %(count)s, left(words, 240),
        EXISTS (SELECT FROM generate_series(0, %(count)s - 1) k WHERE (n + k) %% 31 = 0),
        CASE WHEN waits THEN at END, CASE WHEN waits THEN at END,
        CASE WHEN waits THEN at + interval '24 hours' END, false,
        CASE WHEN pick < 350 THEN 'open' ELSE 'closed' END,
        CASE WHEN n %% 4 = 0 THEN (%(people)s::int[])[1 + n / 4 %% %(persons)s] END,
        CASE WHEN pick BETWEEN 40 AND 44 THEN now() + interval '1 day' END,
        'en', '', lower(name), (%(codes)s::text[])[topic::int - 19] || ' '
            || replace(replace(%(forms)s, '{m}', lpad(%(m)s::text, 2, '0')),
                '{n}', lpad(n::text, 7, '0')), 1
    FROM generate_series(%(start)s, %(end)s - 1) n
        CROSS JOIN LATERAL (SELECT (n::bigint * 7919 + %(m)s * 104729) %% 1000 AS pick,
            %(newest)s::timestamptz - n * interval '3 minutes' - %(m)s * interval '7 seconds' AS at,
            'MP' || lpad(%(m)s::text, 2, '0') || '-' || lpad(n::text, 7, '0') || '-A' AS order_id,
            (20 + n %% 7)::text AS topic) numbers
        CROSS JOIN LATERAL (SELECT pick < %(waiting)s AS waits,
            pick BETWEEN 100 AND 149 AS with_operator,
            at - (%(count)s - 1) * interval '3 hours' AS began_at) state
        JOIN bench_name ON bench_name.id = n %% %(names)s
        CROSS JOIN LATERAL (SELECT jsonb_build_object('type', 'CUSTOMER',
            'id', 'C-' || %(m)s || '-' || n %% %(names)s, 'display_name', name) AS who) customer
        JOIN bench_body ON bench_body.id =
            (n::bigint * 7919 + (%(count)s - 1) * 104729 + %(m)s * 31) %% %(bodies)s
"""
MESSAGES = """
    INSERT INTO inbox_message (marketplace_id, thread_id, mirakl_id, body, sender_type, sender_name,
        sender_organization, recipients, created_at, is_dated, search_text, search_version)
    SELECT %(pk)s, thread.id, lpad(%(m)s::text, 8, '0') || '-' || lpad(k::text, 4, '0')
            || '-4000-9000-' || lpad(n::text, 12, '0'),
        words, CASE WHEN is_theirs THEN 'CUSTOMER_USER' ELSE 'SHOP_USER' END,
        CASE WHEN is_theirs THEN customer_name ELSE shop_name END,
        CASE WHEN is_theirs THEN '' ELSE shop_name END,
        jsonb_build_array(CASE WHEN is_theirs THEN %(shop)s::jsonb
            ELSE authorized_participants -> 0 END),
        last_message_at - (%(count)s - 1 - k) * interval '3 hours', true, words, 1
    FROM inbox_thread thread
        CROSS JOIN LATERAL (SELECT right(mirakl_id, 12)::int AS n) number
        CROSS JOIN generate_series(0, %(count)s - 1) k
        CROSS JOIN LATERAL (SELECT ((%(count)s - 1 - k) %% 2 = 0) <> last_sender_is_ours
            AS is_theirs) side
        JOIN bench_body ON bench_body.id
            = (n::bigint * 7919 + k * 104729 + %(m)s * 31) %% %(bodies)s
    WHERE marketplace_id = %(pk)s AND n >= %(start)s AND n < %(end)s
    ORDER BY thread.id, k
"""
ATTACHMENTS = """
    INSERT INTO inbox_attachment (marketplace_id, message_id, mirakl_id, name, size)
    SELECT marketplace_id, id, overlay(mirakl_id PLACING 'a' FROM 20), 'photo.jpg', 482113
    FROM inbox_message
    WHERE marketplace_id = %(pk)s
        AND (right(mirakl_id, 12)::int + substr(mirakl_id, 10, 4)::int) %% 31 = 0
"""
OURS = """
    CREATE TEMPORARY VIEW numbered AS
        SELECT *, right(mirakl_id, 12)::int + 1 AS number FROM inbox_thread;
    INSERT INTO inbox_thread_tags (thread_id, tag_id)
        SELECT id, (%(tags)s::int[])[1 + number %% %(kinds)s] FROM numbered WHERE number %% 10 = 3;
    INSERT INTO inbox_note (thread_id, author_id, token, body, created_at, search_text)
        SELECT id, (%(people)s::int[])[1 + number %% %(persons)s], gen_random_uuid(),
            'I have asked the carrier.', last_message_at, 'i have asked the carrier'
        FROM numbered WHERE number %% 20 = 5;
    INSERT INTO inbox_visit (user_id, thread_id, read_until)
        SELECT person, id, last_message_at
        FROM numbered, unnest(%(people)s::int[]) WITH ORDINALITY one(person, place)
        WHERE (number + place) %% 20 = 0;
    INSERT INTO inbox_event (marketplace_id, thread_id, verb, by_id, about, at)
        SELECT marketplace_id, id, 'assigned', assignee_id, jsonb_build_object('to', assignee_id),
            last_message_at
        FROM inbox_thread WHERE assignee_id IS NOT NULL;
    DROP VIEW numbered;
"""
STATEMENT_THREADS = 50_000


def lay(
    threads: "dict[Marketplace, int]",
    people: "Sequence[User]",
    newest_at: datetime,
    per_thread: int,
) -> None:
    """Writes this many conversations of each marketplace; the first one is number 0 of `world`."""
    from django.db import connection

    with connection.cursor() as cursor:
        write_words(cursor)
        set_defaults(cursor)
        indexes = drop_indexes(cursor) if sum(threads.values()) > STATEMENT_THREADS else []
        for m, (marketplace, count) in enumerate(threads.items()):
            values = values_of(m, marketplace.pk, people, newest_at, per_thread)
            for start in range(0, count, STATEMENT_THREADS):
                part = {"start": start, "end": min(count, start + STATEMENT_THREADS)}
                cursor.execute(THREADS, values | part)
                cursor.execute(MESSAGES, values | part)
            cursor.execute(ATTACHMENTS, values)
        write_ours(cursor, people)
        for definition in indexes:
            cursor.execute(definition)
    finish_history(threads, newest_at)


def write_words(cursor: Any) -> None:
    cursor.execute(WORDS)
    for table, texts in (("bench_body", world.bodies()), ("bench_name", world.names())):
        rows = io.StringIO("".join(f"{id}\t{text}\n" for id, text in enumerate(texts)))
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            copy.write(rows.read())


def set_defaults(cursor: Any) -> None:
    """Gives columns the defaults of their models: the statements name those with values only."""
    from django.db import connection
    from django.db.models import NOT_PROVIDED
    from psycopg import sql

    from inbox.models import Message, Thread

    alter = sql.SQL("ALTER TABLE {} ALTER {} SET DEFAULT {}")
    for model in (Thread, Message):
        for field in model._meta.concrete_fields:
            has_one = field.null or field.db_default is not NOT_PROVIDED
            if not (has_one or field.primary_key or field.generated or field.is_relation):
                value = field.get_db_prep_save(field.get_default(), connection)
                names = sql.Identifier(model._meta.db_table), sql.Identifier(field.column)
                cursor.execute(alter.format(*names, sql.Literal(value)))


def drop_indexes(cursor: Any) -> list[str]:
    """Returns the definitions: indexes are built faster than they are filled."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"
        " AND indexdef NOT LIKE 'CREATE UNIQUE%%'",
        [TABLES],
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]


def values_of(
    m: int, pk: int, people: "Sequence[User]", newest_at: datetime, per_thread: int
) -> dict[str, Any]:
    from psycopg.types.json import Jsonb

    from inbox.word_forms import code_word, indexed

    # The entity's id and label.
    order = indexed("MP01-0000123-A\nMP01-0000123-A")
    forms = order.replace("0000123", "{n}").replace("01", "{m}")
    return {
        "m": m,
        "pk": pk,
        "newest": newest_at,
        "count": per_thread,
        "shop": Jsonb(world.SHOP),
        "operator": Jsonb(world.OPERATOR),
        "people": [one.pk for one in people],
        "persons": len(people),
        "codes": [code_word(code) for code in world.TOPICS],
        "forms": forms,
        "waiting": world.WAITING_OF_1000,
        "names": world.NAMES,
        "bodies": world.BODIES,
    }


def write_ours(cursor: Any, people: "Sequence[User]") -> None:
    from inbox.models import Tag

    tags = [Tag.objects.create(name=name, is_for_all=True).pk for name in TAGS]
    values = {"tags": tags, "kinds": len(tags)}
    values |= {"people": [one.pk for one in people], "persons": len(people)}
    for statement in filter(str.strip, OURS.split(";")):
        cursor.execute(statement, values)


def store_digests(newest_at: datetime, per_thread: int) -> None:
    """Marks the open conversations as read from M11, which has all their messages."""
    from django.db import connection

    from inbox import mirakl
    from inbox.mirakl.decoding import decode
    from inbox.models import Thread
    from inbox.services.mirror import known_answers

    digests = []
    for pk, id in Thread.objects.filter(status="open").values_list("pk", "mirakl_id"):
        answer = json.dumps(world.thread(*world.numbers_of(id), newest_at, per_thread))
        record = decode(mirakl.Thread, answer.encode())
        assert record is not None
        digests.append((known_answers.digest(record), pk))
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE inbox_thread SET answer_digest = %s, is_answer_whole = true WHERE id = %s",
            digests,
        )


def finish_history(threads: "dict[Marketplace, int]", newest_at: datetime) -> None:
    for marketplace, count in threads.items():
        done: MirrorChange = {
            "history": "done",
            "history_loaded": count,
            "high_water_at": newest_at,
        }
        marketplace.mirror.write(done)

"""Migrations are applied while people work: none holds a lock for as long as a table has rows."""

import re

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

# The last migration that may build an index while nobody can write: there was no release before.
BEFORE_RELEASES = "0017_span_ended"
# What takes as long as a table has rows, while nobody can write to it.
SLOW = re.compile(
    r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)|ALTER COLUMN \S+ TYPE|SET NOT NULL|^UPDATE|"
    r"ADD CONSTRAINT (?!.*NOT VALID)"
)
BUSY_TABLE = re.compile(r'"inbox_(thread|message|outgoing|event|span|attachment)"')


@pytest.mark.django_db
def test_no_later_migration_locks_a_table_for_as_long_as_it_has_rows() -> None:
    """Over a million messages it takes minutes, for which no reply could be stored."""
    loader = MigrationLoader(connection)
    plan = [
        (migration, False)
        for (app, name), migration in sorted(loader.disk_migrations.items())
        if app == "inbox" and name > BEFORE_RELEASES
    ]

    statements = [
        one
        for step in plan
        for one in loader.collect_sql([step])  # type: ignore[attr-defined]  # the stubs lack it
    ]

    slow = [one for one in statements if SLOW.search(one) and BUSY_TABLE.search(one)]
    assert slow == []


def test_what_takes_long_is_known() -> None:
    known = [
        'CREATE INDEX "message_by_date" ON "inbox_message" ("created_at");',
        'ALTER TABLE "inbox_thread" ALTER COLUMN "topic" TYPE text;',
        'ALTER TABLE "inbox_event" ADD CONSTRAINT "event_is_dated" CHECK ("at" IS NOT NULL);',
    ]

    assert all(SLOW.search(one) and BUSY_TABLE.search(one) for one in known)
    assert not SLOW.search('CREATE INDEX CONCURRENTLY "span_ended" ON "inbox_span" ("ended_at");')
    assert not SLOW.search('ALTER TABLE "inbox_thread" ADD COLUMN "minutes" int DEFAULT 5;')

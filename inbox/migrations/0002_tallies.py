"""Triggers that keep the tallies of the queues, in the transaction that changes a thread."""

from django.core.management.base import CommandError
from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder

# The conditions of `inbox.models.tallies.TALLIED`.
KINDS = {
    "everything": "true",
    "closed": "status = 'closed'",
    "waiting": "status = 'open' AND due_at IS NULL AND last_sender_is_ours",
    "operator": "status = 'open' AND with_operator",
    "needing": "status = 'open' AND due_at IS NOT NULL",
    "unassigned": "status = 'open' AND due_at IS NOT NULL AND assignee_id IS NULL",
}
COLUMNS = "marketplace_id, status, due_at, last_sender_is_ours, with_operator, assignee_id"


def differences(*signed_tables):
    """What a statement has done to the tallies of each marketplace, where it has changed any."""
    changes = " UNION ALL ".join(
        f"SELECT {sign}, {COLUMNS} FROM {table}" for sign, table in signed_tables
    )
    sums = ", ".join(
        f"coalesce(sum(sign) FILTER (WHERE {what}), 0) AS {kind}" for kind, what in KINDS.items()
    )
    return f"""
        INSERT INTO inbox_tally (marketplace_id, {", ".join(KINDS)})
        SELECT * FROM (
            SELECT marketplace_id, {sums}
            FROM ({changes}) changes (sign, {COLUMNS}) GROUP BY marketplace_id
        ) sums
        WHERE {" OR ".join(f"{kind} <> 0" for kind in KINDS)};
    """


FUNCTION = f"""
    CREATE FUNCTION inbox_tally_threads() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN {differences((1, "made"))}
        ELSIF TG_OP = 'DELETE' THEN {differences((-1, "gone"))}
        ELSE {differences((1, "made"), (-1, "gone"))}
        END IF;
        RETURN NULL;
    END $$
"""
TABLES = {
    "insert": "NEW TABLE AS made",
    "delete": "OLD TABLE AS gone",
    "update": "NEW TABLE AS made OLD TABLE AS gone",
}
TRIGGERS = [
    f"CREATE TRIGGER inbox_tally_{what} AFTER {what} ON inbox_thread REFERENCING {tables}"
    " FOR EACH STATEMENT EXECUTE FUNCTION inbox_tally_threads()"
    for what, tables in TABLES.items()
]
DROP = [f"DROP TRIGGER inbox_tally_{what} ON inbox_thread" for what in TABLES]

# Before the first release there were other tables, and a first migration of the same name.
OLDER = ("inbox", "0002_all_of_messaging")


def refuse_older(apps, schema_editor):
    if OLDER in MigrationRecorder(schema_editor.connection).applied_migrations():
        raise CommandError(
            "This database is older than the first release of Helpdesk and cannot be upgraded. "
            "Nothing was changed. Create an empty database and name it in DATABASE_URL: "
            "see \"A database that is too old\" in docs/operations.md."
        )


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_initial")]

    operations = [
        migrations.RunPython(refuse_older, migrations.RunPython.noop),
        migrations.RunSQL(
            [FUNCTION, *TRIGGERS], [*DROP, "DROP FUNCTION inbox_tally_threads()"]
        ),
    ]

"""A database from before the first release is refused with an error and stays unchanged."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db(transaction=True)

MIGRATIONS = Path(__file__).resolve().parent.parent / "inbox" / "migrations"
LATER = sorted(one.stem for one in MIGRATIONS.glob("0*.py"))[1:]


def test_a_database_that_is_too_old_is_refused() -> None:
    recorder = MigrationRecorder(connection)
    for name in LATER:
        recorder.record_unapplied("inbox", name)
    recorder.record_applied("inbox", "0002_all_of_messaging")

    try:
        with pytest.raises(CommandError, match="older than the first release of Helpdesk"):
            call_command("migrate", stdout=StringIO())
        assert ("inbox", "0002_refuse_older") not in recorder.applied_migrations()
    finally:
        recorder.record_unapplied("inbox", "0002_all_of_messaging")
        for name in LATER:
            recorder.record_applied("inbox", name)

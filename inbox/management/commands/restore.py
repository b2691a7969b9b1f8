"""`manage.py restore BACKUP`: check a backup, or replace the database by it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inbox.services.ops import restores
from inbox.services.ops.backups import BackupProblem
from inbox.services.ops.postgresql_tools import ToolProblem


class Command(BaseCommand):
    help = "Replace the database by a backup. Sending stays off until `resume_sending`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path, help="the directory of a backup")
        parser.add_argument(
            "--check",
            action="store_true",
            help="only test the backup in a separate database",
        )
        parser.add_argument(
            "--replace", action="store_true", help="overwrite the desk in the database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["check"]:
                manifest = restores.check(options["backup"])
                rows = sum(manifest.rows.values())
                self.stdout.write(f"The backup is good: {rows} rows, all credentials decrypted.")
                return
            restored = restores.restore(options["backup"], replaces=options["replace"])
        except (BackupProblem, ToolProblem) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored as of {restored.manifest.made_at:%Y-%m-%d %H:%M} UTC, with {restored.files}"
            " staged files. All users have to log in again.\n"
            f"{restored.erased_again} marks of erasures since then: what they are of is erased"
            " again.\n"
            f"{restored.on_their_way} replies were being sent at that time. The desk looks for each"
            " at its marketplace before it can be sent again.\n"
            "Sending is off. Turn it on with: manage.py resume_sending"
        )

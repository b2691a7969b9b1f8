"""`manage.py restore BACKUP`: check a backup, or replace the database by it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inbox.services.ops import restores
from inbox.services.ops.backups import BackupProblem
from inbox.services.ops.postgresql_tools import ToolProblem


class Command(BaseCommand):
    help = "Put a back-up in place of the database; nothing is sent before `resume_sending`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path, help="a directory that `backup` made")
        parser.add_argument(
            "--check",
            action="store_true",
            help="only restore it into a database of its own, count its rows and open its keys",
        )
        parser.add_argument(
            "--replace", action="store_true", help="overwrite the desk that is in the database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["check"]:
                manifest = restores.check(options["backup"])
                self.stdout.write(f"Good: {sum(manifest.rows.values())} rows, all keys open.")
                return
            restored = restores.restore(options["backup"], replaces=options["replace"])
        except (BackupProblem, ToolProblem) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored as of {restored.manifest.made_at:%Y-%m-%d %H:%M} UTC, with {restored.files}"
            " staged files. Everybody has to log in again.\n"
            f"{restored.on_their_way} replies were on their way then: each is looked for at its"
            " marketplace before it can be sent again.\n"
            "Nothing is sent until you run: manage.py resume_sending"
        )

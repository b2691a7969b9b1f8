"""`manage.py backup DIRECTORY`: database, staged files and secrets."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inbox.services.ops import backups
from inbox.services.ops.backups import BackupProblem
from inbox.services.ops.postgresql_tools import ToolProblem


class Command(BaseCommand):
    help = "Back up the database, the staged files and the secrets. The desk can keep running."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path, help="the directory of all backups")
        parser.add_argument(
            "--keep",
            type=int,
            default=0,
            help="how many backups to keep; 0 keeps all",
        )
        parser.add_argument(
            "--without-secrets",
            action="store_true",
            help="leave out SECRET_KEY and CREDENTIAL_KEYS, which you keep elsewhere",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] < 0:
            raise CommandError("--keep must be 0 or more.")
        try:
            made = backups.make(
                options["directory"],
                keeps=options["keep"],
                with_secrets=not options["without_secrets"],
            )
        except (BackupProblem, ToolProblem) as error:
            raise CommandError(str(error)) from error
        manifest = backups.read_manifest(made)
        rows = sum(manifest.rows.values())
        self.stdout.write(f"{made}: {rows} rows in {len(manifest.rows)} tables")
        for name in manifest.missing_files:
            self.stdout.write(f"The file {name} no longer exists.")

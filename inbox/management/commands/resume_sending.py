"""`manage.py resume_sending`: send replies again after a restore."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inbox.services.ops import holds

MEANING = """This desk will send all replies written since the restore.
Make sure that no other desk uses the same data, or customers get replies twice.
Continue? [y/N] """


class Command(BaseCommand):
    help = "Send replies again after a restore."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["yes"] and input(MEANING).strip().lower() not in {"y", "yes"}:
            raise CommandError("Sending stays off.")
        count = holds.resume()
        words = f"Sending is on for {count} marketplaces." if count else "Sending was not off."
        self.stdout.write(words)

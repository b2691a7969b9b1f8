"""`manage.py resume_sending`: send replies again after a restore."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inbox.services.ops import holds

MEANING = """Replies that people have written since the restore are sent now, from this desk.
Make sure that no other desk runs on the same data: customers would get replies twice.
Go on? [y/N] """


class Command(BaseCommand):
    help = "Send replies again after a restore."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["yes"] and input(MEANING).strip().lower() not in {"y", "yes"}:
            raise CommandError("Sending stays held.")
        count = holds.resume()
        words = f"Sending is resumed on {count} marketplaces." if count else "Nothing was held."
        self.stdout.write(words)

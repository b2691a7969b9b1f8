"""`manage.py audit verify`: check that no entry of the audit log was changed, added or deleted."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inbox.services.ops import audit_chain
from inbox.services.ops.audit_chain import Head


class Command(BaseCommand):
    help = "Check the audit log. The desk can keep running."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["verify"])
        parser.add_argument(
            "--since", type=int, default=0, help="the number of an entry that was checked before"
        )
        parser.add_argument(
            "--head",
            type=Head.parse,
            help="number:hash, as in the log or in the manifest of a backup: the log must have it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = audit_chain.verify(since=options["since"], known=options["head"])
        for problem in verdict.problems:
            self.stdout.write(problem)
        self.stdout.write(f"{verdict.checked} entries checked. Head: {verdict.head}")
        if verdict.problems:
            raise CommandError("The audit log is not whole. See above.")

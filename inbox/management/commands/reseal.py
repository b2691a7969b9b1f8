"""`manage.py reseal`: re-encrypt marketplaces' credentials with the newest of CREDENTIAL_KEYS."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from inbox.services.marketplaces import resealing


class Command(BaseCommand):
    help = "Seal the marketplaces' keys with the newest of CREDENTIAL_KEYS; safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--trust-addresses",
            action="store_true",
            help="Bind keys that were sealed for no address to the address of their marketplace.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = resealing.reseal(binds_addresses=options["trust_addresses"])
        self.stdout.write(f"Sealed anew: {count}")
        counts = resealing.count_by_key()
        for position in range(len(settings.CREDENTIAL_KEYS)):
            self._tell_of_key(position, counts[position])
        self._tell_of_the_rest()
        if resealing.list_unreadable():
            raise CommandError("Not every key could be sealed anew: see above.")

    def _tell_of_key(self, position: int, count: int) -> None:
        if position == 0:
            words = "the newest"
        elif count:
            words = "keep it, and run this again"
        else:
            words = "nothing needs it: remove it once every process has the newest"
        self.stdout.write(f"Key {position + 1} of CREDENTIAL_KEYS seals {count}: {words}")

    def _tell_of_the_rest(self) -> None:
        for slug in resealing.list_unreadable():
            self.stdout.write(
                f"{slug}: no key opens it. Put the missing key back, or enter its key again."
            )
        for slug in resealing.list_without_address():
            self.stdout.write(
                f"{slug}: sealed for no address. Check its address in the administration and enter "
                "its key again; or trust all addresses as they are: --trust-addresses."
            )

"""`manage.py reseal`: re-encrypt all secrets with the newest of CREDENTIAL_KEYS."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from inbox.models import ErasureKey
from inbox.services.marketplaces import resealing
from inbox.services.people import factors


class Command(BaseCommand):
    help = "Encrypt all stored credentials with the first of CREDENTIAL_KEYS. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--trust-addresses",
            action="store_true",
            help="bind credentials without an address to the address of their marketplace",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = resealing.reseal(binds_addresses=options["trust_addresses"])
        count += resealing.reseal(model=ErasureKey)
        self.stdout.write(f"Credentials encrypted again: {count}")
        self.stdout.write(f"Second steps encrypted again: {factors.reseal()}")
        counts = resealing.count_by_key() + factors.count_by_key()
        for position in range(len(settings.CREDENTIAL_KEYS)):
            self._report_key(position, counts[position])
        self._report_rest()
        if resealing.list_unreadable() or factors.list_unreadable():
            raise CommandError("Some credentials could not be encrypted again. See above.")

    def _report_key(self, position: int, count: int) -> None:
        if position == 0:
            words = "This key encrypts new credentials."
        elif count:
            words = "Keep this key and run this command again."
        else:
            words = "Remove this key once all processes have the first one."
        self.stdout.write(f"Key {position + 1} of CREDENTIAL_KEYS: {count} secrets. {words}")

    def _report_rest(self) -> None:
        for slug in resealing.list_unreadable():
            self.stdout.write(
                f"{slug}: no key decrypts its credentials. Put the missing key back, or enter the "
                "credentials again."
            )
        for name in factors.list_unreadable():
            self.stdout.write(
                f"{name}: no key decrypts the second step at login. Put the missing key back, or "
                f"remove it with `manage.py remove_factors {name}`."
            )
        for slug in resealing.list_without_address():
            self.stdout.write(
                f"{slug}: its credentials have no address. Check its address in the administration "
                "and enter the credentials again, or trust all addresses with --trust-addresses."
            )

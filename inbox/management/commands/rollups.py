"""`manage.py rollups`: compare the sums that reports are made of with what is stored."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from inbox.models import Marketplace, RollupState
from inbox.services.insight import rollups

SHOWN = 20


class Command(BaseCommand):
    help = "Count the sums for reports anew; --check only compares them with what is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check()
            return
        total = Marketplace.objects.count()
        for done in rollups.rebuild():
            self.stdout.write(f"{done} of {total} marketplaces")
        self.stdout.write(f"The sums are those of what is stored, by days of {settings.TIME_ZONE}.")

    def _check(self) -> None:
        if not RollupState.objects.filter(zone=settings.TIME_ZONE, is_complete=True).exists():
            raise CommandError(
                f"No sums yet by days of {settings.TIME_ZONE}. Run it without --check."
            )
        total = 0
        for marketplace in Marketplace.objects.order_by("slug"):
            found = rollups.check(marketplace.pk)
            total += len(found)
            for one in found[:SHOWN]:
                part = "month" if one.is_month else "day"
                self.stdout.write(
                    f"{marketplace.slug}: {one.kind}, {part} {one.day}, {one.asker},"
                    f" bucket {one.bucket}: {one.n:+} rows, {one.micros / 1_000_000:+.6f} s"
                )
            if found[SHOWN:]:
                self.stdout.write(f"{marketplace.slug}: {len(found) - SHOWN} more")
        if total:
            raise CommandError(f"{total} sums differ from what is stored. Run it without --check.")
        self.stdout.write("The sums are those of what is stored.")

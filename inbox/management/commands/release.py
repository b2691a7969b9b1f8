"""`manage.py release`: migrate the database to this release, while the desk is used."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inbox.services.ops import releasing
from inbox.services.ops.releasing import NotReleasedError


class Command(BaseCommand):
    help = "Migrate the database, once for each version. Needs PostgreSQL itself, not a pooler."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            releasing.release(self.stdout.write)
        except NotReleasedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The database is of this release.")

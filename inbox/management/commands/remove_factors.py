"""`manage.py remove_factors NAME`: for an admin who has lost the second step, and all codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inbox.models import User
from inbox.services.people import factors


class Command(BaseCommand):
    help = "Remove a person's second steps at login, so that they can set up new ones."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError("Nobody has this username.")
        factors.remove_all(user, by=None)
        self.stdout.write(f"{user.username} logs in by password alone.")

from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from typing import Any

import django
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from inbox.management import demo_year

PROCESSES = 2


class Command(BaseCommand):
    help = "Read the sandbox's older conversations into the demo, with the work of its team."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("days", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This changes the dates of rows. Run `make demo`.")
        now = timezone.now()
        slugs = demo_year.begin(options["days"], now)
        # Not forked: connections must not be shared with another process.
        context = get_context("spawn")
        with ProcessPoolExecutor(PROCESSES, context, initializer=django.setup) as pool:
            list(pool.map(demo_year.tell, slugs, repeat(now)))
        demo_year.finish()

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inbox.sandbox.seed import DEFAULT_SEED, DEFAULT_THREADS


class Command(BaseCommand):
    help = "Run three demo marketplaces with Mirakl's API, on this machine only."
    # Needs neither the database nor valid settings of the rest of the project.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8900)
        parser.add_argument("--threads", type=int, default=DEFAULT_THREADS)
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
        parser.add_argument(
            "--history-days",
            type=int,
            default=0,
            help="days of older conversations, about eleven a day",
        )
        parser.add_argument(
            "--token-lifetime",
            type=int,
            default=3599,
            help="seconds an OAuth2 token is valid",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            from inbox.sandbox import server
        except ModuleNotFoundError as error:
            # Its web server is installed with the demo's requirements only.
            raise CommandError(
                f"Install requirements-demo.txt: {error.name} is missing."
            ) from error
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        try:
            with server.running(
                options["port"],
                host=options["host"],
                threads=options["threads"],
                seed=options["seed"],
                history_days=options["history_days"],
                token_lifetime=options["token_lifetime"],
            ) as sandbox:
                self.stdout.write(f"The sandbox runs at {sandbox.url}. Ctrl-C stops it.")
                self.stdout.flush()
                stop.wait()
        except (server.NotLoopback, OSError) as error:
            raise CommandError(str(error)) from error

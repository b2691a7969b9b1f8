"""`manage.py live`: the process of the live channel."""

import asyncio
import signal
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand

from inbox.live.app import App

# Open streams end by themselves before.
PATIENCE_SECONDS = 3


class Command(BaseCommand):
    help = "Tell open pages what has changed, until Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        app = App(is_ending=lambda: server.should_exit)
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=settings.BIND,
                port=settings.LIVE_PORT,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ws="none",
                timeout_graceful_shutdown=PATIENCE_SECONDS,
            )
        )
        # uvicorn raises at its end the signal that it has obeyed.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        asyncio.run(server.serve())

from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings


class HelpdeskConfig(AppConfig):
    name = "helpdesk"

    def ready(self) -> None:
        from helpdesk import (
            checks,  # noqa: F401  registers them
            metrics,
        )

        metrics.set_up()
        if settings.SENTRY_DSN:
            from helpdesk import sentry

            sentry.start(settings.SENTRY_DSN, settings.SENTRY_ENVIRONMENT)
        # Pages load the copy of htmx in `static/vendor`, not the ones of django-htmx.
        collected: Any = apps.get_app_config("staticfiles")
        collected.ignore_patterns = [*collected.ignore_patterns, "django_htmx"]

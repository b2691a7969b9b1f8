from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InboxConfig(AppConfig):
    name = "inbox"
    verbose_name = _("Inbox")

    def ready(self) -> None:
        from helpdesk import metrics
        from inbox.services.ops import gauges

        metrics.NOW.register(gauges.Now())

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InboxConfig(AppConfig):
    name = "inbox"
    verbose_name = _("Inbox")

    def ready(self) -> None:
        from helpdesk import metrics
        from inbox.services import audit_changes
        from inbox.services.ops import gauges

        audit_changes.connect()
        metrics.NOW.register(gauges.Now())

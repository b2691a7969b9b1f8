from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class InboxConfig(AppConfig):
    name = "inbox"
    verbose_name = _("Inbox")

    def ready(self) -> None:
        # Of Django's own app, the administration shows nothing else.
        apps.get_app_config("auth").verbose_name = _("Groups")
        from helpdesk import metrics
        from inbox.services import audit_changes
        from inbox.services.ops import gauges

        audit_changes.connect()
        metrics.NOW.register(gauges.Now())

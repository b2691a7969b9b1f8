"""Django admin: marketplaces and their credentials, users and their access, and logs."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from inbox.admin import desk, log, marketplaces, people

__all__ = ["desk", "log", "marketplaces", "people"]

admin.site.site_title = _("Helpdesk")
admin.site.site_header = _("Helpdesk administration")
admin.site.index_title = _("Marketplaces, users and activity")

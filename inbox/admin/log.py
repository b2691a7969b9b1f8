"""Read-only admin of events, replies and sign-ins, with search and export."""

import json
from collections.abc import Iterator

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models import Event, Outgoing, SignInAttempt
from inbox.services import audit
from inbox.services.insight.export import stream_csv

HEADINGS = ["at", "verb", "marketplace", "thread", "order", "by", "about"]
PAGE_SIZE = 2000


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Logs are never changed."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "verb", "marketplace", "thread_id_at_mirakl", "by"]
    list_filter = ["at", "verb", "marketplace"]
    list_select_related = ["marketplace", "thread", "by"]
    search_fields = ["by__username", "thread__mirakl_id", "thread__entity_id", "marketplace__name"]
    search_help_text = _("User, marketplace, order or conversation ID")
    change_list_template = "admin/inbox/event/change_list.html"
    fields = ["at", "verb", "marketplace", "thread_id_at_mirakl", "by", "about"]

    @admin.display(description=_("conversation"))
    def thread_id_at_mirakl(self, event: Event) -> str:
        return event.thread.mirakl_id if event.thread else ""

    def get_urls(self) -> list[URLPattern]:
        export = path("export/", self.admin_site.admin_view(self.export), name="inbox_event_export")
        return [export, *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """The whole list with these filters as CSV, for a spreadsheet."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            events = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return redirect("admin:inbox_event_changelist")
        audit.record(audit.Kind.EXPORTED, details={"file": "events.csv"})
        rows = (_row(event) for event in _newest_first(events))
        lines = stream_csv(HEADINGS, rows)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        name = f"events-{timezone.localdate():%Y-%m-%d}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _newest_first(events: models.QuerySet[Event]) -> Iterator[Event]:
    """Read in batches: neither memory nor a cursor holds all events."""
    page = list(events.order_by("-pk")[:PAGE_SIZE])
    while page:
        yield from page
        page = list(events.order_by("-pk").filter(pk__lt=page[-1].pk)[:PAGE_SIZE])


def _row(event: Event) -> list[str]:
    thread = event.thread
    return [
        event.at.isoformat(),
        event.verb,
        event.marketplace.slug,
        thread.mirakl_id if thread else "",
        thread.order_id if thread else "",
        event.by.get_username() if event.by else "",
        json.dumps(event.about),
    ]


@admin.register(Outgoing)
class ReplyAdmin(ReadOnlyAdmin):
    """Replies and their state, without their text: that is between author and customer."""

    list_display = ["created_at", "state", "marketplace", "author", "error"]
    list_filter = ["state", "marketplace"]
    list_select_related = ["marketplace", "author"]
    search_fields = ["author__username", "thread__mirakl_id", "subject_id"]
    search_help_text = _("User, order or conversation ID")
    ordering = ["-created_at"]
    fields = [
        *("marketplace", "kind", "subject_id", "author", "state", "attempts", "error"),
        *("message_id", "created_at", "settled_at"),
    ]


@admin.register(SignInAttempt)
class SignInAttemptAdmin(ReadOnlyAdmin):
    """Sign-in attempts and where they came from, for superusers only."""

    list_display = ["at", "name", "user", "address", "result"]
    list_filter = ["at", "result"]
    list_select_related = ["user"]
    search_fields = ["name", "address"]
    search_help_text = _("Username or address")
    fields = ["at", "name", "user", "address", "result"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return request.user.is_active and request.user.is_superuser

"""Admin of shared data: canned replies, tags, and saved views."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inbox.forms.canned import CannedForm
from inbox.models import CannedReply, SavedView, Tag


@admin.register(CannedReply)
class CannedReplyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = CannedForm
    list_display = ["name", "marketplace", "language", "owner", "closes", "used"]
    list_filter = ["marketplace", "language", "closes"]
    list_select_related = ["marketplace", "owner"]
    search_fields = ["name", "body", "owner__username"]
    autocomplete_fields = ["owner"]
    filter_horizontal = ["adds_tags"]
    readonly_fields = ["used"]
    fieldsets = [
        (None, {"fields": ["name", "body"]}),
        (_("Availability"), {"fields": ["owner", "marketplace", "language"]}),
        (
            _("Actions when sent"),
            {"fields": ["assigns_to", "adds_tags", "closes", "snoozes_hours"]},
        ),
        (None, {"fields": ["used"]}),
    ]


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Renaming or deleting a tag here applies to every thread that has it."""

    list_display = ["name", "colour", "thread_count"]
    list_filter = ["colour"]
    search_fields = ["name"]
    fields = ["name", "colour", "is_for_all"]
    radio_fields = {"colour": admin.HORIZONTAL}

    @admin.display(description=_("conversations"), ordering="threads_with_it")
    def thread_count(self, tag: Tag) -> int:
        return tag.threads_with_it  # type: ignore[attr-defined, no-any-return]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        tags: QuerySet[Tag] = super().get_queryset(request)
        return tags.annotate(threads_with_it=Count("threads"))


@admin.register(SavedView)
class SavedViewAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "owner", "is_shared", "position", "query"]
    list_filter = ["is_shared"]
    list_editable = ["position"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__username"]
    autocomplete_fields = ["owner"]
    fields = ["name", "owner", "is_shared", "position", "query"]

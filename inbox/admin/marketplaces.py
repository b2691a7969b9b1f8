"""Admin of marketplaces: account, reply settings and health."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from inbox.admin.people import AccessInline
from inbox.forms.marketplaces import SECRET_FIELDS, MarketplaceForm, PresetForm
from inbox.forms.reply_rules import CALENDAR_ROWS, OPENINGS, PUBLISHED, SCORE
from inbox.models import Marketplace, MarketplacePreset
from inbox.services import failure_texts
from inbox.services.marketplaces import breaker, connecting, connection_check, preset_notes

# Fields of shops: their number, and settings about copies to the operator.
SHOPS_ONLY = {"shop_id", "copies_operator", "discourages_operator_copy"}

LIMIT_WORDS = _(
    "A change moves the deadlines of all conversations that wait. Deadlines that have passed stay."
)
CALENDAR_WORDS = _(
    "Most marketplaces count every hour. If yours leaves out nights, weekends or public holidays, "
    "choose which time counts."
)


LIMITS = ("keeps_texts_days", "keeps_files_days", "keeps_names_days")
LIMITS_WORDS = _(
    "After so many days without a message, a conversation loses these, except while somebody waits "
    "for an answer. Empty: kept without limit."
)


def _but_shops(fields: Any) -> list[str]:
    return [name for name in fields if name not in SHOPS_ONLY]


@admin.register(Marketplace)
class MarketplaceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = MarketplaceForm
    inlines = [AccessInline]
    actions = ["check_connection"]
    list_display = ["name", "badge", "role", "is_active", "describe_health"]
    list_filter = ["role", "is_active"]
    search_fields = ["name", "slug", "base_url"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = [
        *("credential", "describe_health", "mirrored", "refreshed_at", "last_error"),
        "describe_preset",
    ]
    fieldsets = [
        (None, {"fields": ["name", "slug", "colour", "is_active"]}),
        (
            _("Account"),
            {
                "fields": ["role", "base_url", "shop_id", "channel_codes"],
                "description": _(
                    "Short name, role and shop can't be changed once conversations are "
                    "loaded, because links and saved views use them. Add another account "
                    "as a new marketplace."
                ),
            },
        ),
        (
            _("Credentials"),
            {
                "fields": ["credential", "kind", *SECRET_FIELDS],
                "classes": ["credential"],
                "description": _(
                    "Stored encrypted and never shown again. Leave empty to keep the "
                    "current credentials."
                ),
            },
        ),
        (
            _("Reply limit"),
            {
                "fields": ["preset", "copy_again", "describe_preset", *SCORE],
                "description": LIMIT_WORDS,
            },
        ),
        (
            _("Reply calendar"),
            {
                "fields": [*CALENDAR_ROWS, "closed_dates"],
                "classes": ["calendar"],
                "description": CALENDAR_WORDS,
            },
        ),
        (_("Published rules"), {"fields": [*PUBLISHED], "classes": ["collapse"]}),
        (
            _("Replies"),
            {
                "fields": [
                    *("copies_operator", "discourages_operator_copy", "language"),
                    *("back_office_thread_url", "has_threads", "body_format"),
                ]
            },
        ),
        (_("Assignment"), {"fields": ["assigns_on_reply", "round_robin_group"]}),
        (_("Personal data"), {"fields": [*LIMITS], "description": LIMITS_WORDS}),
        (_("Health"), {"fields": ["describe_health", "refreshed_at", "last_error", "mirrored"]}),
    ]

    class Media:
        css = {"all": ["css/admin.css"]}

    @admin.display(description=_("badge"))
    def badge(self, marketplace: Marketplace) -> str:
        return marketplace.badge

    @admin.display(description=_("stored"))
    def credential(self, marketplace: Marketplace) -> str:
        return (
            gettext("Credentials stored")
            if marketplace.sealed_credential
            else gettext("No credentials yet")
        )

    @admin.display(description=_("health"))
    def describe_health(self, marketplace: Marketplace) -> str:
        words = breaker.describe_failure(marketplace) or marketplace.health_text
        return f"{words} {failure_texts.describe_kind(marketplace.mirror.error_kind)}".rstrip()

    @admin.display(description=_("chosen"))
    def describe_preset(self, marketplace: Marketplace) -> str:
        context = {"note": preset_notes.describe_preset(marketplace)}
        return render_to_string("admin/inbox/marketplace/preset.html", context)

    @admin.display(description=_("last response"))
    def refreshed_at(self, marketplace: Marketplace) -> datetime | None:
        return marketplace.mirror.refreshed_at

    @admin.display(description=_("last error"))
    def last_error(self, marketplace: Marketplace) -> str:
        return marketplace.mirror.last_error

    @admin.display(description=_("conversations"))
    def mirrored(self, marketplace: Marketplace) -> str:
        count = marketplace.threads.count()
        words = ngettext("%(count)s stored", "%(count)s stored", count) % {"count": count}
        history = marketplace.mirror.get_history_display()
        return gettext("%(words)s; history: %(history)s") % {"words": words, "history": history}

    @admin.action(description=_("Check connection"), permissions=["change"])
    def check_connection(self, request: HttpRequest, marketplaces: QuerySet[Marketplace]) -> None:
        for marketplace in marketplaces:
            self._check(request, marketplace)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Marketplace | None = None
    ) -> list[str]:
        has_been_read = obj is not None and obj.mirror.high_water_at is not None
        return [*self.readonly_fields, *(["slug", "role", "shop_id"] if has_been_read else [])]

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Marketplace | None = None
    ) -> dict[str, Any]:
        is_fixed = "slug" in self.get_readonly_fields(request, obj)
        return {} if is_fixed else super().get_prepopulated_fields(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Marketplace | None = None) -> Any:
        """While the role can still be chosen, CSS hides the fields that it does not need."""
        found = super().get_fieldsets(request, obj)
        if obj is None or obj.role == Marketplace.Role.SELLER or obj.mirror.high_water_at is None:
            return found
        return [(title, {**parts, "fields": _but_shops(parts["fields"])}) for title, parts in found]

    def save_model(
        self, request: HttpRequest, obj: Marketplace, form: MarketplaceForm, change: bool
    ) -> None:
        changed = {"opening_hours" if name in OPENINGS else name for name in form.changed_data}
        connecting.save_connection(obj, changed=changed, secret=form.secret)
        if form.secret:
            transaction.on_commit(lambda: self._check(request, obj))

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """A summary: Django's own would list every message of the mirror."""
        kept = [one for one in objs if one.outbox.exists()]
        protected = [
            gettext(
                "Messages on %s would be lost. Uncheck “active” instead to hide the marketplace."
            )
            % one
            for one in kept
        ]
        return (
            [self._doomed(one) for one in objs],
            {gettext("marketplaces"): len(objs)},
            set(),
            protected,
        )

    def _doomed(self, marketplace: Marketplace) -> str:
        count = marketplace.threads.count()
        return ngettext(
            "%(name)s with its credentials and the copy of %(count)s conversation (the "
            "original stays on Mirakl)",
            "%(name)s with its credentials and the copies of %(count)s conversations "
            "(the originals stay on Mirakl)",
            count,
        ) % {"name": marketplace, "count": count}

    def _check(self, request: HttpRequest, marketplace: Marketplace) -> None:
        check = connection_check.check_connection(marketplace)
        level = (
            messages.SUCCESS if check.is_whole else messages.WARNING if check.ok else messages.ERROR
        )
        context = {"marketplace": marketplace, "check": check}
        words = render_to_string("admin/inbox/marketplace/check.html", context)
        self.message_user(request, words, level)


@admin.register(MarketplacePreset)
class MarketplacePresetAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = PresetForm
    list_display = ["name", "reply_limit_hours", "is_limit_public", "reply_rule", "read_on"]
    list_filter = ["is_limit_public", "reply_rule", "calendar_kind"]
    search_fields = ["name", "base_url"]
    fieldsets = [
        (None, {"fields": ["name", "base_url", "language", "copies_operator"]}),
        (_("Reply limit"), {"fields": ["is_limit_public", *SCORE], "description": LIMIT_WORDS}),
        (
            _("Reply calendar"),
            {"fields": [*CALENDAR_ROWS], "classes": ["calendar"], "description": CALENDAR_WORDS},
        ),
        (_("Published rules"), {"fields": [*PUBLISHED]}),
    ]

    class Media:
        css = {"all": ["css/admin.css"]}

    def save_model(
        self, request: HttpRequest, obj: MarketplacePreset, form: PresetForm, change: bool
    ) -> None:
        obj.is_changed = True
        obj.save()

"""What the inbox shows: its filters, as they stand in the address."""

from collections.abc import Collection, Iterable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from inbox.models import Marketplace, Thread
from inbox.models.keyset import Cursor
from inbox.models.threads import ThreadQuerySet
from inbox.services import reasons, search

PAGE_SIZE = 50

VIEWS = {
    "needs-reply": (_("Needs reply"), "inbox"),
    "all": (_("All conversations"), "layers"),
    "waiting": (_("Waiting on customer"), "hourglass"),
    "operator": (_("Operator"), "headset"),
}
VIEW_FILTERS = {
    "needs-reply": Q(due_at__isnull=False),
    "all": Q(),
    "waiting": Q(due_at__isnull=True, last_sender_is_ours=True),
    "operator": Q(with_operator=True),
}
ENTITY_TYPES = {
    "": _("Any subject"),
    "MMP_ORDER": _("Orders"),
    "MMP_OFFER": _("Offers"),
    "SELLER_OPERATOR": _("Shop and operator"),
    "MPS_ORDER": _("Service orders"),
    "MPS_SERVICE": _("Services"),
}
SORTS = {"deadline": _("Deadline"), "newest": _("Newest")}


class FilterForm(forms.Form):
    view = forms.ChoiceField(choices=[(key, label) for key, (label, _icon) in VIEWS.items()])
    marketplace = forms.ModelChoiceField(Marketplace.objects.none(), to_field_name="slug")
    entity_type = forms.ChoiceField(choices=list(ENTITY_TYPES.items()), required=False)
    channel = forms.CharField(max_length=40, required=False)
    q = forms.CharField(max_length=200, required=False)
    sort = forms.ChoiceField(choices=list(SORTS.items()))


class InboxFilters:
    """Read from the address; whatever is not understood there falls back to its default."""

    def __init__(self, data: Any, *, marketplaces: Iterable[Marketplace]) -> None:
        self.all_marketplaces = list(marketplaces)
        form = FilterForm(data)
        pks = [marketplace.pk for marketplace in self.all_marketplaces]
        visible = Marketplace.objects.filter(pk__in=pks)
        form.fields["marketplace"].queryset = visible  # type: ignore[attr-defined]
        form.is_valid()
        chosen = form.cleaned_data
        self.view: str = chosen.get("view") or "needs-reply"
        self.sort: str = chosen.get("sort") or "deadline"
        self.marketplace: Marketplace | None = chosen.get("marketplace")
        self.entity_type: str = chosen.get("entity_type") or ""
        # Each marketplace has channels of its own.
        self.channel: str = (chosen.get("channel") or "") if self.marketplace else ""
        # Mirakl's ids of the channel's threads, where somebody has asked for them.
        self.on_channel: Collection[str] = ()
        self.q: str = chosen.get("q") or ""

    @property
    def marketplaces(self) -> list[Marketplace]:
        """Those on the page: the chosen one, or all the user may see."""
        return [self.marketplace] if self.marketplace else self.all_marketplaces

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.entity_type or self.channel or self.marketplace)

    @property
    def view_label(self) -> Any:
        return VIEWS[self.view][0]

    def threads(self) -> ThreadQuerySet:
        """Every thread that matches, in order."""
        threads = Thread.objects.filter(marketplace__in=self.marketplaces)
        threads = threads.filter(VIEW_FILTERS[self.view])
        if self.entity_type:
            threads = threads.filter(entity_type=self.entity_type)
        if self.channel:
            threads = threads.filter(mirakl_id__in=self.on_channel)
        if self.q:
            codes = partial(reasons.codes_called, marketplaces=self.marketplaces)
            threads = search.matching(threads, self.q, codes)
        return threads.by_newest() if self.sort == "newest" else threads.by_deadline()

    def page(self, after: str) -> tuple[list[Thread], str]:
        """One page of threads, and the cursor of the next one; empty at the end."""
        threads = self.threads().select_related("marketplace")
        if cursor := Cursor.parse(after):
            newest = self.sort == "newest"
            key = cursor.after_by_newest() if newest else cursor.after_by_deadline()
            threads = threads.filter(key)
        rows = list(threads[: PAGE_SIZE + 1])
        if len(rows) <= PAGE_SIZE:
            return rows, ""
        return rows[:PAGE_SIZE], str(Cursor.of(rows[PAGE_SIZE - 1]))

    def next_after(self, thread: Thread) -> Thread | None:
        """The row below this one, wherever it stands in the list or would stand."""
        rows, _following = self.page(str(Cursor.of(thread)))
        return next((row for row in rows if row.pk != thread.pk), None)

    def query(self, **changes: str) -> str:
        """The address's query with these changes; defaults are left out."""
        now = {
            "view": self.view if self.view != "needs-reply" else "",
            "marketplace": self.marketplace.slug if self.marketplace else "",
            "entity_type": self.entity_type,
            "channel": self.channel,
            "q": self.q,
            "sort": self.sort if self.sort != "deadline" else "",
        }
        return urlencode({key: value for key, value in (now | changes).items() if value})


def counts_by_marketplace(marketplaces: Iterable[Marketplace]) -> dict[int, dict[str, int]]:
    """How many threads each view holds, by marketplace: one query whatever their number."""
    tallies = {
        key.replace("-", "_"): Count("pk", filter=condition) if condition else Count("pk")
        for key, condition in VIEW_FILTERS.items()
    }
    rows = (
        Thread.objects.filter(marketplace__in=list(marketplaces))
        .values("marketplace")
        .order_by()
        .annotate(**tallies)
    )
    return {
        row["marketplace"]: {key: row[key.replace("-", "_")] for key in VIEW_FILTERS}
        for row in rows
    }

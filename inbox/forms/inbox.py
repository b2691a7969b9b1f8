"""What the inbox shows: its filters, as they stand in the address."""

from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models import Marketplace, Thread, queues
from inbox.models.keyset import COUNTING, HISTORICAL, WITHOUT, Cursor
from inbox.models.threads import HISTORICAL_AFTER, ThreadQuerySet
from inbox.services import reasons, search

PAGE_SIZE = 50

VIEWS = {
    "needs-reply": (_("Needs reply"), "inbox"),
    "breaching": (_("Breaching soon"), "triangle-alert"),
    "mine": (_("Mine"), "user-check"),
    "unassigned": (_("Unassigned"), "user-plus"),
    "waiting": (_("Waiting on customer"), "hourglass"),
    "operator": (_("Operator"), "headset"),
    "snoozed": (_("Snoozed"), "alarm-clock"),
    "closed": (_("Closed"), "archive"),
    "all": (_("All conversations"), "layers"),
}
# Where no deadline counts: by deadline is by newest there.
WITHOUT_DEADLINE = {"waiting", "closed"}
ALL_WITH_DEADLINE = {"needs-reply", "breaching", "unassigned"}
ENTITY_TYPES = {
    "": _("Any subject"),
    "MMP_ORDER": _("Orders"),
    "MMP_OFFER": _("Offers"),
    "SELLER_OPERATOR": _("Shop and operator"),
    "MPS_ORDER": _("Service orders"),
    "MPS_SERVICE": _("Services"),
}
SORTS = {"deadline": _("Deadline"), "newest": _("Newest"), "oldest": _("Oldest")}


class FilterForm(forms.Form):
    view = forms.ChoiceField(choices=[(key, label) for key, (label, _icon) in VIEWS.items()])
    marketplace = forms.ModelChoiceField(Marketplace.objects.none(), to_field_name="slug")
    entity_type = forms.ChoiceField(choices=list(ENTITY_TYPES.items()), required=False)
    channel = forms.CharField(max_length=40, required=False)
    q = forms.CharField(max_length=200, required=False)
    sort = forms.ChoiceField(choices=list(SORTS.items()))


class InboxFilters:
    """Read from the address; whatever is not understood there falls back to its default."""

    def __init__(
        self, data: Any, *, marketplaces: Iterable[Marketplace], user: User | None = None
    ) -> None:
        """`user` is whose `mine` it is; nobody's is empty."""
        self.user = user
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

    @property
    def queue_counts(self) -> dict[str, int]:
        """Of the chosen channel; empty where none is."""
        if not self.channel:
            return {}
        threads = Thread.objects.filter(marketplace=self.marketplace)
        threads = threads.filter(mirakl_id__in=self.on_channel)
        return queues.counts_of(threads, self.marketplaces, self.user)

    def threads(self) -> ThreadQuerySet:
        """Every thread that matches, in order."""
        threads = Thread.objects.filter(marketplace__in=self.marketplaces)
        threads = threads.filter(queues.condition(self.view, self.marketplaces, self.user))
        if self.entity_type:
            threads = threads.filter(entity_type=self.entity_type)
        if self.channel:
            threads = threads.filter(mirakl_id__in=self.on_channel)
        if self.q:
            codes = partial(reasons.codes_called, marketplaces=self.marketplaces)
            threads = search.matching(threads, self.q, codes)
        orders = {
            "deadline": threads.by_deadline,
            "newest": threads.by_newest,
            "oldest": threads.by_oldest,
        }
        return orders[self.order]()

    @property
    def order(self) -> str:
        is_by_newest = self.sort == "deadline" and self.view in WITHOUT_DEADLINE
        return "newest" if is_by_newest else self.sort

    def page(self, after: str) -> tuple[list[Thread], str]:
        """One page of threads, and the cursor of the next one; empty at the end."""
        rows: list[Thread] = []
        for part in self._parts(Cursor.parse(after)):
            rows += part.for_rows().prefetch_related(None)[: PAGE_SIZE + 1 - len(rows)]
            if len(rows) > PAGE_SIZE:
                break
        prefetch_related_objects(rows, "tags")
        if len(rows) <= PAGE_SIZE:
            return rows, ""
        return rows[:PAGE_SIZE], str(Cursor.of(rows[PAGE_SIZE - 1]))

    def _parts(self, cursor: Cursor | None) -> Iterator[ThreadQuerySet]:
        """What the list holds from its top, or below the cursor, in order.

        By deadline it has parts, each a range of an index: those that count, those without a
        deadline, the historical ones.
        """
        threads = self.threads()
        if self.order != "deadline":
            yield threads.filter(self._after(cursor)) if cursor else threads
            return
        since = timezone.now() - HISTORICAL_AFTER
        parts = {COUNTING: Q(due_at__gt=since)}
        if self.view not in ALL_WITH_DEADLINE:
            parts[WITHOUT] = Q(due_at__isnull=True)
        if self.view != "breaching":
            parts[HISTORICAL] = Q(due_at__lte=since)
        start = cursor.part(since) if cursor else COUNTING
        for key, condition in parts.items():
            if key < start:
                continue
            part = threads.filter(condition)
            if cursor and key == start:
                part = part.filter(cursor.after_by_deadline())
            yield part.by_newest() if key == WITHOUT else part

    def _after(self, cursor: Cursor) -> Q:
        is_newest = self.order == "newest"
        return cursor.after_by_newest() if is_newest else cursor.after_by_oldest()

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

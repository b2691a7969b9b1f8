"""The sidebar of every page: views and marketplaces, with their counts."""

from dataclasses import dataclass
from typing import Self

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from inbox.dates import format_exact
from inbox.kept import Shown
from inbox.models import Draft, Marketplace, Outgoing, SavedView, Thread, User, queues
from inbox.models.counting import Counted
from inbox.models.people import Bell
from inbox.models.prepared import prepared
from inbox.pages import view_counts
from inbox.pages.viewer import Viewer
from inbox.services.search.list_views import views_for
from inbox.services.search.thread_list import InboxFilters

THANKS, UNOPENABLE, TROUBLE, DRAFTS = "thanks", "unopenable", "trouble", "drafts"


@dataclass(frozen=True)
class Standing(Shown):
    """How current a marketplace is, beside its name."""

    letters: str
    colour: str
    health: str
    words: str
    exactly: str

    @classmethod
    def from_marketplace(cls, one: Marketplace) -> Self:
        read_at = one.mirror.refreshed_at
        exactly = format_exact(read_at) if read_at else ""
        return cls(one.badge, one.colour, one.health, one.health_text, exactly)


@dataclass(frozen=True)
class Entry(Shown):
    label: str
    url: str
    count: int | None
    is_current: bool
    icon: str = ""
    standing: Standing | None = None
    # The count as text, where it has a bound.
    count_words: str = ""
    # The live channel updates this count: a queue on these marketplaces.
    queue: str = ""
    counted_on: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sidebar:
    views: list[Entry]
    drafts: int
    trouble: int
    marketplaces: list[Entry]
    saved: list[Entry]
    # A marketplace sends nothing: a backup was restored.
    is_held: bool
    bell: Bell
    # Stored conversations that can't be opened here, by marketplace.
    unopenable: dict[int, int]


def sidebar_for(viewer: Viewer, filters: InboxFilters | None = None) -> Sidebar:
    """`filters` are those of the inbox if it is the page; None for other pages."""
    user, marketplaces = viewer.user, viewer.in_inbox
    is_queue = filters is not None and not filters.is_search
    listed = filters_beside(viewer, filters)
    counts = queues.counts(marketplaces, user, beside=extra_counts)
    chosen, of_channel = listed.marketplace, listed.queue_counts

    def count(view: str, marketplace: Marketplace | None) -> int:
        if marketplace:
            return counts[marketplace.pk][view]
        return sum(of_one[view] for of_one in counts.values())

    def link(**changes: str) -> str:
        return listed.address(q="", **changes)

    saved = saved_views(user, marketplaces, filters)
    is_shown = is_queue and not any(entry.is_current for entry in saved)
    views = [
        Entry(
            label=str(label),
            icon=icon,
            url=link(view=key if key != "needs-reply" else ""),
            count=of_channel.get(key, count(key, chosen)),
            queue="" if of_channel else key,
            counted_on=tuple(one.pk for one in listed.marketplaces),
            is_current=is_shown and listed.view == key,
        )
        for key, (label, icon) in views_for(listed.marketplaces).items()
    ]
    rows = [entry_of(one, listed, count(listed.view, one)) for one in marketplaces]
    return Sidebar(
        views + thank_yous(count(THANKS, None)) if marketplaces else [],
        drafts=count(DRAFTS, None),
        trouble=count(TROUBLE, None),
        marketplaces=rows + [entry_outside(one) for one in viewer.outside_inbox],
        saved=saved,
        is_held=any(one.held_since for one in viewer.marketplaces),
        bell=Bell.counted(counts.values(), user),
        unopenable={one.pk: counts[one.pk][UNOPENABLE] for one in marketplaces},
    )


def filters_beside(viewer: Viewer, filters: InboxFilters | None) -> InboxFilters:
    """Those of the page's queue; of the whole inbox beside any other page."""
    if filters and not filters.is_search:
        return filters
    return InboxFilters({}, marketplaces=viewer.in_inbox, user=viewer.user)


def extra_counts(marketplaces: list[Marketplace], user: User) -> list[Counted]:
    """Counts that the query of the queues reads as well."""
    number = Count("pk")
    here = Thread.objects.filter(marketplace__in=marketplaces)
    trouble = Outgoing.objects.answerable_by(user).in_trouble()
    return [
        Counted(here.filter(is_thanks=True).needing_reply(), {THANKS: number}),
        Counted(here.filter(is_askable=False), {UNOPENABLE: number}),
        Counted(trouble, {TROUBLE: number}),
        Counted(Draft.objects.visible_to(user), {DRAFTS: number}),
        Bell.part(user),
    ]


def trouble_for(user: User) -> int:
    """The number of failed or unconfirmed replies that this user may resolve."""
    return Outgoing.objects.answerable_by(user).in_trouble().count()


def thank_yous(count: int) -> list[Entry]:
    """The entry of the thank-yous; none if there are none."""
    if not count:
        return []
    url = reverse("thanks")
    label = _("Thank-yous")
    return [Entry(label=label, icon="circle-check", url=url, count=count, is_current=False)]


def saved_views(
    user: User, marketplaces: list[Marketplace], shown: InboxFilters | None
) -> list[Entry]:
    """The user's own views and the shared ones; `shown` is the page's list."""
    views = [
        (view, InboxFilters(QueryDict(view.query), marketplaces=marketplaces, user=user))
        for view in _visible_views(user.is_superuser, user.is_active, user=user.pk)
    ]
    counts = view_counts.count_views(
        {view.pk: filters for view, filters in views}, user, shown=shown
    )
    return [
        Entry(
            label=view.name,
            icon="users" if view.is_shared else "layers",
            url=filters.address(),
            count=None,
            count_words=counts[view.pk],
            is_current=shown is not None and filters.as_query == shown.as_query,
        )
        for view, filters in views
    ]


@prepared
def _visible_views(is_superuser: bool, is_active: bool, *, user: int) -> QuerySet[SavedView]:
    who = User(pk=user, is_superuser=is_superuser, is_active=is_active)
    return SavedView.objects.visible_to(who)


def entry_of(marketplace: Marketplace, listed: InboxFilters, count: int) -> Entry:
    """Choosing the chosen one again shows all."""
    is_chosen = marketplace == listed.marketplace
    slug = "" if is_chosen else marketplace.slug
    return Entry(
        label=marketplace.name,
        standing=Standing.from_marketplace(marketplace),
        url=listed.address(q="", channel="", marketplace=slug),
        count=count,
        queue=listed.view,
        counted_on=(marketplace.pk,),
        is_current=is_chosen,
    )


def entry_outside(marketplace: Marketplace) -> Entry:
    """The entry of a marketplace whose conversations are not in the inbox."""
    return Entry(
        label=marketplace.name,
        standing=Standing.from_marketplace(marketplace),
        url=outside(marketplace),
        count=None,
        is_current=False,
    )


def outside(marketplace: Marketplace) -> str:
    """The URL where a storefront chooses its customer, or a legacy instance lists messages."""
    name = "customers" if marketplace.is_storefront else "legacy-messages"
    return reverse(name, args=[marketplace.slug])

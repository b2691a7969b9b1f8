"""What stands beside every page: views and marketplaces, with their counts."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from inbox.forms.inbox import InboxFilters, views_for
from inbox.models import Draft, Marketplace, Outgoing, SavedView, Thread, User, queues
from inbox.models.counting import Counted
from inbox.models.people import Bell
from inbox.pages import view_counts
from inbox.pages.viewer import Viewer

THANKS, UNOPENABLE, TROUBLE, DRAFTS = "thanks", "unopenable", "trouble", "drafts"


@dataclass(frozen=True)
class Entry:
    label: Any
    url: str
    count: int | None
    is_current: bool
    icon: str = ""
    marketplace: Marketplace | None = None
    # Where more than a bound are not counted.
    count_words: str = ""


@dataclass(frozen=True)
class Sidebar:
    views: list[Entry]
    drafts: int
    trouble: int
    marketplaces: list[Entry]
    saved: list[Entry]
    # Nothing is sent to one of the marketplaces: a back-up was restored.
    is_held: bool
    bell: Bell
    # Conversations that are stored and cannot be opened here, by marketplace.
    unopenable: dict[int, int]


def sidebar_for(viewer: Viewer, filters: InboxFilters | None = None) -> Sidebar:
    """`filters` are those of the inbox where it is the page; other pages have none."""
    user, marketplaces = viewer.user, viewer.in_inbox
    is_queue = filters is not None and not filters.is_search
    of_inbox = InboxFilters({}, marketplaces=marketplaces, user=user)
    listed = filters if filters and is_queue else of_inbox
    counts = queues.counts(marketplaces, user, beside=counted_beside)
    chosen, of_channel = listed.marketplace, listed.queue_counts

    def count(view: str, marketplace: Marketplace | None) -> int:
        if marketplace:
            return counts[marketplace.pk][view]
        return sum(of_one[view] for of_one in counts.values())

    def link(**changes: str) -> str:
        return listed.address(q="", **changes)

    saved = saved_views(user, marketplaces, filters)
    is_saved = any(entry.is_current for entry in saved)
    views = [
        Entry(
            label=label,
            icon=icon,
            url=link(view=key if key != "needs-reply" else ""),
            count=of_channel.get(key, count(key, chosen)),
            is_current=is_queue and not is_saved and listed.view == key,
        )
        for key, (label, icon) in views_for(listed.marketplaces).items()
    ]
    rows = [
        Entry(
            label=marketplace.name,
            marketplace=marketplace,
            url=link(channel="", marketplace="" if marketplace == chosen else marketplace.slug),
            count=count(listed.view, marketplace),
            is_current=marketplace == chosen,
        )
        for marketplace in marketplaces
    ]
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


def counted_beside(marketplaces: list[Marketplace], user: User) -> list[Counted]:
    """What the same query counts beside the queues."""
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
    """How many replies wait for somebody to look at them, of those that this one may settle."""
    return Outgoing.objects.answerable_by(user).in_trouble().count()


def thank_yous(count: int) -> list[Entry]:
    """Where they are gathered, while there are any."""
    if not count:
        return []
    url = reverse("thanks")
    label = _("Thank-yous")
    return [Entry(label=label, icon="circle-check", url=url, count=count, is_current=False)]


def saved_views(
    user: User, marketplaces: list[Marketplace], shown: InboxFilters | None
) -> list[Entry]:
    """One's own and the shared ones; `shown` is the list that the page shows."""
    views = [
        (view, InboxFilters(QueryDict(view.query), marketplaces=marketplaces, user=user))
        for view in SavedView.objects.visible_to(user)
    ]
    counts = view_counts.of({view.pk: filters for view, filters in views}, user, shown=shown)
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


def entry_outside(marketplace: Marketplace) -> Entry:
    """Of one that has no place in the list of all conversations."""
    return Entry(
        label=marketplace.name,
        marketplace=marketplace,
        url=outside(marketplace),
        count=None,
        is_current=False,
    )


def outside(marketplace: Marketplace) -> str:
    """Where a storefront chooses its customer, or an old instance lists its messages."""
    name = "customers" if marketplace.is_storefront else "legacy-messages"
    return reverse(name, args=[marketplace.slug])

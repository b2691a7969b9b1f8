"""What stands beside every page: views and marketplaces, with their counts."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse

from inbox.forms.inbox import VIEWS, InboxFilters, counts_by_marketplace
from inbox.models import Marketplace


@dataclass(frozen=True)
class Entry:
    label: Any
    url: str
    count: int | None
    is_current: bool
    icon: str = ""
    marketplace: Marketplace | None = None


@dataclass(frozen=True)
class Sidebar:
    views: list[Entry]
    marketplaces: list[Entry]


def sidebar_for(user: User, filters: InboxFilters | None = None) -> Sidebar:
    """`filters` are those of the inbox where it is the page; other pages have none."""
    visible = list(Marketplace.objects.visible_to(user))
    marketplaces = [one for one in visible if not one.is_storefront]
    filters_or_default = filters or InboxFilters({}, marketplaces=marketplaces)
    counts = counts_by_marketplace(marketplaces)
    chosen = filters_or_default.marketplace

    def count(view: str, marketplace: Marketplace | None) -> int:
        if marketplace:
            return counts.get(marketplace.pk, {}).get(view, 0)
        return sum(of_one[view] for of_one in counts.values())

    def link(**changes: str) -> str:
        query = filters_or_default.query(q="", entity_type="", **changes)
        return reverse("inbox") + (f"?{query}" if query else "")

    views = [
        Entry(
            label=label,
            icon=icon,
            url=link(view=key if key != "needs-reply" else ""),
            count=count(key, chosen),
            is_current=filters is not None and filters.view == key,
        )
        for key, (label, icon) in VIEWS.items()
    ]
    rows = [
        Entry(
            label=marketplace.name,
            marketplace=marketplace,
            url=link(channel="", marketplace="" if marketplace == chosen else marketplace.slug),
            count=count(filters_or_default.view, marketplace),
            is_current=marketplace == chosen,
        )
        for marketplace in marketplaces
    ]
    rows += [storefront_entry(one) for one in visible if one.is_storefront]
    return Sidebar(views if marketplaces else [], rows)


def storefront_entry(marketplace: Marketplace) -> Entry:
    """Leads to its customers: it has no place in the list of all conversations."""
    return Entry(
        label=marketplace.name,
        marketplace=marketplace,
        url=reverse("customers", args=[marketplace.slug]),
        count=None,
        is_current=False,
    )

"""An operator's shops by how fast they reply, and the waits behind each figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from inbox.forms.nudges import describe_last
from inbox.models import Marketplace, Outgoing, Span, Thread
from inbox.models.keyset import parse_moment
from inbox.pages import canned
from inbox.pages.metrics import Figure
from inbox.pages.viewer import Viewer
from inbox.services.insight.shop_replies import (
    ShopReplies,
    ShopWait,
    find_ninetieth,
    read_shops,
)
from inbox.services.outbox import nudges

ANSWERED, BEFORE, SILENT = "answered", "before", "silent"
KINDS = {ANSWERED, BEFORE, SILENT}
SHOWN = 100


@dataclass(frozen=True)
class LeagueRow:
    """One shop; its `urls` list what the figures count."""

    shop: ShopReplies
    replies: Figure
    ninetieth: Figure
    before: Figure
    change: Figure
    silent: Figure
    oldest: Figure
    urls: dict[str, str]
    written_before: str

    @property
    def name(self) -> str:
        return self.shop.name or self.shop.id


@dataclass(frozen=True)
class LeaguePage:
    """`as_of` is None while the marketplace was never read."""

    marketplace: Marketplace
    as_of: datetime | None
    rows: Sequence[LeagueRow]
    canned: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class WaitRow:
    who: str
    subject: str
    url: str
    asker: str
    asked_at: datetime
    ended_at: datetime | None
    took: timedelta


@dataclass(frozen=True)
class WaitsPage:
    marketplace: Marketplace
    name: str
    kind: str
    as_of: datetime
    page: Page[ShopWait]
    rows: Sequence[WaitRow]
    query: str


def read_league(viewer: Viewer, marketplace: Marketplace) -> LeaguePage:
    as_of = _last_reading(marketplace)
    shops = read_shops(marketplace, as_of) if as_of else []
    last = nudges.find_last_messages(marketplace, [one.id for one in shops])
    rows = [_build_row(marketplace, one, last.get(one.id)) for one in shops]
    about = Thread(marketplace=marketplace)
    return LeaguePage(marketplace, as_of, sorted(rows, key=_rank), canned.names_for(viewer, about))


def _last_reading(marketplace: Marketplace) -> datetime | None:
    """What came later is not known yet."""
    return marketplace.mirror.refreshed_at


def _rank(row: LeagueRow) -> tuple[float, float, str]:
    """The most silent first, then the slowest."""
    silent, ninetieth = row.silent.value, row.ninetieth.value
    return (
        -(silent if isinstance(silent, int) else 0),
        -(ninetieth if isinstance(ninetieth, float) else -1),
        row.name.casefold(),
    )


def _build_row(marketplace: Marketplace, shop: ShopReplies, last: Outgoing | None) -> LeagueRow:
    def figure(metric: str, value: float | None, tone: str = "") -> Figure:
        return Figure(metric, value, by="shop", key=shop.id, tone=tone)

    now, before = find_ninetieth(shop.answered), find_ninetieth(shop.before)
    change = now / before - 1 if now is not None and before else None
    silent = shop.silent
    oldest = (shop.as_of - silent[0].wait.asked_at).total_seconds() if silent else None
    return LeagueRow(
        shop,
        replies=figure("replies_count", len(shop.answered)),
        ninetieth=figure("reply_seconds_p90", now),
        before=figure("reply_seconds_p90_before", before),
        change=figure("reply_seconds_p90_change_share", change),
        silent=figure("silent_count", len(silent), "overdue" if silent else ""),
        oldest=figure("silent_oldest_seconds", oldest),
        urls={kind: _waits_url(marketplace, shop, kind) for kind in sorted(KINDS)},
        written_before=describe_last(last) if last else "",
    )


def _waits_url(marketplace: Marketplace, shop: ShopReplies, kind: str) -> str:
    query = urlencode({"shop": shop.id, "waits": kind, "as_of": shop.as_of.isoformat()})
    return f"{reverse('quality-shop-waits', args=[marketplace.slug])}?{query}"


def read_waits(marketplace: Marketplace, query: QueryDict) -> WaitsPage | None:
    """The waits of `?shop=` that a figure counts; None for a shop or figure that isn't there."""
    as_of, kind = _asked_moment(query.get("as_of", ""), marketplace), query.get("waits", ANSWERED)
    shops = {one.id: one for one in read_shops(marketplace, as_of)} if as_of else {}
    shop = shops.get(query.get("shop", ""))
    if shop is None or as_of is None or kind not in KINDS:
        return None
    counted = {ANSWERED: shop.answered, BEFORE: shop.before, SILENT: shop.silent}[kind]
    slowest = sorted(counted, key=lambda one: _took(one, as_of), reverse=True)
    page = Paginator(slowest, SHOWN).get_page(query.get("page"))
    asked = {"shop": shop.id, "waits": kind, "as_of": as_of.isoformat()}
    return WaitsPage(
        marketplace,
        shop.name or shop.id,
        kind,
        as_of,
        page,
        _list_rows(marketplace, list(page.object_list), as_of),
        urlencode(asked),
    )


def _asked_moment(text: str, marketplace: Marketplace) -> datetime | None:
    try:
        return min(parse_moment(text), timezone.now())
    except ValueError:
        return _last_reading(marketplace)


def _list_rows(
    marketplace: Marketplace, waits: Sequence[ShopWait], as_of: datetime
) -> list[WaitRow]:
    pks = [one.thread for one in waits]
    threads = Thread.objects.filter(marketplace=marketplace).for_rows().in_bulk(pks)
    askers = dict(Span.Asker.choices)
    return [
        WaitRow(
            thread.who,
            thread.entity_label,
            thread.get_absolute_url(),
            str(askers.get(one.wait.asker, one.wait.asker)),
            one.wait.asked_at,
            one.wait.ended_at,
            timedelta(seconds=_took(one, as_of)),
        )
        for one in waits
        if (thread := threads.get(one.thread))
    ]


def _took(one: ShopWait, as_of: datetime) -> float:
    if one.seconds is not None:
        return one.seconds
    return (as_of - one.wait.asked_at).total_seconds()

"""A connection's shop, reply time, channels and shops, from its marketplace.

Each is valid for a day, as Mirakl's documents want, and fetched by the page that shows it.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from django.db.models import Sum
from django.utils.translation import gettext as _

from inbox import mirakl
from inbox.mirakl.wire import Paging
from inbox.models import Marketplace, Tally, Thread
from inbox.services.insight import spans
from inbox.services.marketplaces import breaker, daily_answers, locales, statistics

T = TypeVar("T")

PATIENCE_SECONDS = 10
SHOPS_PER_PAGE = 100
# Ten calls a day at most; an operator with more shops does not read them on a page.
MOST_SHOPS = 1000


@dataclass(frozen=True)
class Account:
    """A seller's shop (A01), with its average reply time; Mirakl names no period for that."""

    shop: str
    shop_id: int | None
    state: str
    suspension: str
    currency: str
    closed_from: datetime | None
    closed_to: datetime | None
    replies_after: timedelta | None


@dataclass(frozen=True)
class Channel:
    code: str
    label: str


@dataclass(frozen=True)
class Shop:
    """One shop of an operator's (S20)."""

    id: int
    name: str
    state: str


@dataclass(frozen=True)
class MirrorSize:
    """How many threads of the marketplace the desk has stored."""

    threads: int
    oldest_at: datetime | None


def get_account(marketplace: Marketplace) -> Account | None:
    return _today("account", Account, marketplace, _read_account)


def get_accounts(marketplaces: Iterable[Marketplace]) -> dict[int, Account]:
    """By the marketplace's primary key; without those that have not answered."""
    return daily_answers.get_daily_answers("account", Account, marketplaces, _read_account)


def note_closure(marketplace: Marketplace, account: Account | None) -> None:
    """Remember when the shop is closed: its reply calendar has no working time then."""
    if account is None:
        return
    told = {"shut_from": account.closed_from, "shut_to": account.closed_to}
    if told == {name: getattr(marketplace, name) for name in told}:
        return
    Marketplace.objects.filter(pk=marketplace.pk).update(**told)
    marketplace.shut_from, marketplace.shut_to = account.closed_from, account.closed_to
    if not marketplace.is_always_on:
        spans.reset_deadlines(marketplace)


def list_channels(
    marketplace: Marketplace, *, silent: Collection[Marketplace] = ()
) -> list[Channel] | None:
    """The marketplace's channels; if it is in `silent`, only from the cache."""
    locale = locales.get_reader_locale()
    read = partial(_read_channels, locale=locale)
    name = f"channels:{locale}"
    found = daily_answers.get_daily_answers(name, list[Channel], [marketplace], read, silent=silent)
    return found.get(marketplace.pk)


def list_shops(marketplace: Marketplace) -> list[Shop] | None:
    """Sorted by name."""
    return _today("shops", list[Shop], marketplace, _read_shops)


def measure_mirror(marketplace: Marketplace) -> MirrorSize:
    threads = Thread.objects.filter(marketplace=marketplace).order_by("last_message_at")
    oldest = threads.values_list("last_message_at", flat=True).first()
    tallied = Tally.objects.filter(marketplace=marketplace).aggregate(Sum("everything"))
    return MirrorSize(tallied["everything__sum"] or 0, oldest)


def explain_missing_answer(marketplace: Marketplace) -> str:
    """Why a part of the page is missing, as far as known."""
    words = _(
        "%(name)s hasn't responded yet, or doesn't allow these credentials to read this. "
        "Try again in a minute, or ask your admin."
    )
    return breaker.describe_failure(marketplace) or words % {"name": marketplace.name}


# -- fetched once a day ---------------------------------------------------


def _today(
    name: str,
    kind: type[T],
    marketplace: Marketplace,
    read: Callable[[mirakl.MiraklClient], T],
) -> T | None:
    return daily_answers.get_daily_answers(name, kind, [marketplace], read).get(marketplace.pk)


def _read_account(client: mirakl.MiraklClient) -> Account:
    shop = client.account(timeout=PATIENCE_SECONDS)
    seconds = shop.order_messages_response_delay
    return Account(
        shop=shop.shop_name or str(shop.shop_id or ""),
        shop_id=shop.shop_id,
        state=shop.shop_state or "",
        suspension=shop.suspension_type or "",
        currency=shop.currency_iso_code or "",
        closed_from=shop.closed_from,
        closed_to=shop.closed_to,
        replies_after=timedelta(seconds=seconds) if statistics.is_figure(seconds) else None,
    )


def _read_channels(client: mirakl.MiraklClient, locale: str) -> list[Channel]:
    found = client.channels(locale=locale, timeout=PATIENCE_SECONDS)
    return [Channel(one.code, one.label or one.code) for one in found]


def _read_shops(client: mirakl.MiraklClient) -> list[Shop]:
    found: dict[int, Shop] = {}
    for offset in range(0, MOST_SHOPS, SHOPS_PER_PAGE):
        page = client.shops(
            page=Paging(max=SHOPS_PER_PAGE, offset=offset), timeout=PATIENCE_SECONDS
        )
        found |= {one.shop_id: _shop(one) for one in page.shops}
        if len(page.shops) + page.skipped < SHOPS_PER_PAGE:
            break
    return sorted(found.values(), key=lambda shop: (shop.name.casefold(), shop.id))


def _shop(record: mirakl.Shop) -> Shop:
    return Shop(record.shop_id, record.shop_name or str(record.shop_id), record.shop_state or "")

"""Whether a connection works, and which pages it can fill: each right of its key, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox import mirakl
from inbox.dates import format_recent
from inbox.mirakl.wire import Paging
from inbox.models import Marketplace
from inbox.services import causes, gateway, health

PATIENCE_SECONDS = 10
# An order that there is none of: what counts is whether one may ask.
NO_ORDER = ["helpdesk-connection-check"]
SELLER = Marketplace.Role.SELLER
ROLES = set(Marketplace.Role.values)
Ask = Callable[[mirakl.MiraklClient], Any]


@dataclass(frozen=True)
class Right:
    """What a page needs beside conversations, and what is missing without it."""

    operation: str
    ask: Ask
    without: Promise
    roles: frozenset[str] = frozenset(ROLES)


@dataclass(frozen=True)
class Check:
    """The key has the right to the operations in `allowed`, not in `refused`; others failed."""

    ok: bool
    words: str
    shop: str = ""
    version: str = ""
    allowed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


ACCOUNT = Right(
    "A01",
    lambda client: client.account(timeout=PATIENCE_SECONDS),
    gettext_lazy("The shop's name and opening state will be missing: the key lacks A01."),
    frozenset({SELLER}),
)
VERSION = Right(
    "V01",
    lambda client: client.version(timeout=PATIENCE_SECONDS),
    gettext_lazy("Mirakl's version will be missing: the key lacks V01."),
    frozenset({SELLER}),
)
RIGHTS = [
    ACCOUNT,
    VERSION,
    Right(
        "OR11",
        lambda client: client.orders.fetch(NO_ORDER, timeout=PATIENCE_SECONDS),
        gettext_lazy("The order panel will be empty: the key lacks OR11."),
    ),
    Right(
        "OR72",
        lambda client: client.documents.fetch(NO_ORDER, timeout=PATIENCE_SECONDS),
        gettext_lazy("Documents of orders will be missing: the key lacks OR72."),
    ),
    Right(
        "DO01",
        lambda client: client.documents.types(timeout=PATIENCE_SECONDS),
        gettext_lazy("Only invoices can be sent as documents: the key lacks DO01."),
    ),
    Right(
        "RE01",
        lambda client: client.reasons(timeout=PATIENCE_SECONDS),
        gettext_lazy("Topics will be codes without labels: the key lacks RE01."),
    ),
    Right(
        "CH11",
        lambda client: client.channels(timeout=PATIENCE_SECONDS),
        gettext_lazy("Channels will have no names: the key lacks CH11."),
    ),
]


def check(marketplace: Marketplace) -> Check:
    """Conversations are the proof; what else the key may read is told by name."""
    try:
        client = gateway.client_for(marketplace)
        _read_messages(marketplace, client)
    except mirakl.MiraklError as error:
        return Check(ok=False, words=what_to_do(error))
    answers, failures = _ask(client, marketplace.role)
    return _found(answers, failures)


def _read_messages(marketplace: Marketplace, client: mirakl.MiraklClient) -> None:
    if marketplace.has_threads:
        client.list_threads(limit=1, timeout=PATIENCE_SECONDS)
    else:
        client.messages(page=Paging(max=1), timeout=PATIENCE_SECONDS)


def _ask(
    client: mirakl.MiraklClient, role: str
) -> tuple[dict[str, Any], dict[str, mirakl.MiraklError]]:
    """Answers and failures by operation; one that does not answer is not asked for the rest."""
    answers: dict[str, Any] = {}
    failures: dict[str, mirakl.MiraklError] = {}
    for right in RIGHTS:
        if role not in right.roles:
            continue
        try:
            answers[right.operation] = right.ask(client)
        except mirakl.NotFound:
            # It may ask for documents of an order, and there is no such order.
            answers[right.operation] = None
        except (mirakl.Refused, mirakl.Garbled) as error:
            failures[right.operation] = error
        except mirakl.MiraklError as error:
            failures[right.operation] = error
            break
    return answers, failures


def _found(answers: dict[str, Any], failures: dict[str, mirakl.MiraklError]) -> Check:
    account, version = answers.get("A01"), answers.get("V01")
    shop = (account.shop_name or str(account.shop_id or "")) if account else ""
    number = (version.version or "") if version else ""
    refused = [one for one, error in failures.items() if _is_right(error)]
    unknown = [one for one in failures if one not in refused]
    words = [_("It works: conversations can be read."), *_of_shop(account, shop, number)]
    words += [str(right.without) for right in RIGHTS if right.operation in refused]
    words += [f"{one}: {what_to_do(failures[one])}" for one in unknown]
    return Check(
        ok=True,
        words=" ".join(words),
        shop=shop,
        version=number,
        allowed=tuple(answers),
        refused=tuple(refused),
        unknown=tuple(unknown),
    )


def _is_right(error: mirakl.MiraklError) -> bool:
    return isinstance(error, mirakl.Forbidden | mirakl.BadCredentials)


def _of_shop(account: mirakl.Account | None, shop: str, version: str) -> list[str]:
    if account is None:
        return []
    states = {"OPEN": _("open"), "CLOSE": _("closed"), "SUSPENDED": _("suspended")}
    state = states.get(account.shop_state or "", account.shop_state or _("in an unknown state"))
    words = _("Shop %(shop)s is %(state)s, Mirakl %(version)s.")
    return [words % {"shop": shop, "state": state, "version": version or "?"}]


def what_to_do(error: mirakl.MiraklError) -> str:
    kind = health.kind_of(error)
    if cause := causes.in_words(kind):
        return f"{cause} ({error.reason})" if isinstance(error, mirakl.Unreachable) else cause
    words = {
        "sealed": _("Its key cannot be opened. Enter it again."),
        "moved": _("Its key was entered for another address. Enter it again."),
        "key": _("The key is refused. Make a new one in the marketplace's back office, enter it."),
        "forbidden": _("The key may not read this. Check its rights and the shop id."),
        "busy": _("It asks us to wait until %(until)s. Nothing is wrong with the key."),
        "unreachable": _("It cannot be reached. Check the address."),
        "garbled": _("It answers, but not as Mirakl does. Check the address."),
        "refused": _("It refuses to answer: %(reason)s"),
    }
    until = error.until if isinstance(error, mirakl.RateLimited) else timezone.now()
    said = words.get(kind, _("It does not answer now: %(reason)s Try again later.")) % {
        "until": format_recent(until),
        "reason": error.reason,
    }
    message = error.message if isinstance(error, mirakl.Refused) and kind != "refused" else ""
    return f"{said} “{message}”" if message else said

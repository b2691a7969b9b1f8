"""Whether a connection works, and which of the desk's features its credentials allow."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox import mirakl
from inbox.dates import format_recent
from inbox.mirakl.wire import Paging
from inbox.models import Marketplace
from inbox.services import failure_texts
from inbox.services.marketplaces import breaker, clients

PATIENCE_SECONDS = 10
# An order that does not exist: only the permission to query it counts.
NO_ORDER = ["helpdesk-connection-check"]
SELLER, OPERATOR = Marketplace.Role.SELLER, Marketplace.Role.OPERATOR
ROLES = set(Marketplace.Role.values)
Ask = Callable[[mirakl.MiraklClient], Any]


class State(StrEnum):
    ALLOWED = "allowed"
    REFUSED = "refused"
    FAILED = "failed"
    UNTRIED = "untried"


# Problems come first.
SHOWN_FIRST = {State.REFUSED, State.FAILED}
STATES: dict[State, Promise] = {
    State.ALLOWED: gettext_lazy("Allowed"),
    State.REFUSED: gettext_lazy("Missing"),
    State.FAILED: gettext_lazy("Failed"),
    State.UNTRIED: gettext_lazy("Not checked"),
}


@dataclass(frozen=True)
class Right:
    """A permission beyond reading threads, and what the desk lacks `without` it.

    `ask` is None if the call would change something. `name` is the permission's name in Mirakl's
    documents for sellers, if it has one.
    """

    operation: str
    without: Promise
    ask: Ask | None = None
    name: str = ""
    roles: frozenset[str] = frozenset(ROLES)


@dataclass(frozen=True)
class Finding:
    """The result for one permission; `words` say why it `FAILED`."""

    right: Right
    state: State
    name: str = ""
    words: str = ""

    @property
    def state_text(self) -> Promise:
        return STATES[self.state]


@dataclass(frozen=True)
class Check:
    """Whether threads can be read, and the result for each other permission."""

    ok: bool
    words: str
    shop: str = ""
    version: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def is_whole(self) -> bool:
        return self.ok and not (
            self.find_operations(State.REFUSED) or self.find_operations(State.FAILED)
        )

    def find_operations(self, state: State) -> tuple[str, ...]:
        """The operations with this result."""
        return tuple(one.right.operation for one in self.findings if one.state == state)


RIGHTS = [
    Right(
        "A01",
        gettext_lazy("Needed to show the shop's name and opening status."),
        lambda client: client.account(timeout=PATIENCE_SECONDS),
        "ROLE_PARTNER_SHOP_READ",
        frozenset({SELLER}),
    ),
    Right(
        "V01",
        gettext_lazy("Needed to show the Mirakl version."),
        lambda client: client.version(timeout=PATIENCE_SECONDS),
        roles=frozenset({SELLER}),
    ),
    Right(
        "OR11",
        gettext_lazy("Needed to show orders."),
        lambda client: client.orders.fetch(NO_ORDER, timeout=PATIENCE_SECONDS),
        "ROLE_PARTNER_ORDER_READ",
    ),
    Right(
        "ST11",
        gettext_lazy("Needed to show an order's parcels."),
        lambda client: client.orders.fetch_shipments(*NO_ORDER, timeout=PATIENCE_SECONDS),
        "ROLE_PARTNER_ORDER_READ",
        frozenset({SELLER, OPERATOR}),
    ),
    Right(
        "RT11",
        gettext_lazy("Needed to show an order's returns."),
        lambda client: client.orders.fetch_returns(*NO_ORDER, timeout=PATIENCE_SECONDS),
        "ROLE_PARTNER_ORDER_RETURN_READ",
        frozenset({SELLER, OPERATOR}),
    ),
    Right(
        "OR72",
        gettext_lazy("Needed to show an order's documents."),
        lambda client: client.documents.fetch(NO_ORDER, timeout=PATIENCE_SECONDS),
        "ROLE_PARTNER_ORDER_DOCUMENT_READ",
    ),
    Right(
        "DO01",
        gettext_lazy("Needed to send documents other than invoices."),
        lambda client: client.documents.types(timeout=PATIENCE_SECONDS),
        "ROLE_PARTNER_ORDER_SETTINGS_READ",
    ),
    Right(
        "RE01",
        gettext_lazy("Needed to show topic names instead of codes."),
        lambda client: client.reasons(timeout=PATIENCE_SECONDS),
        "ROLE_PARTNER_ORDER_SETTINGS_READ",
    ),
    Right(
        "CH11",
        gettext_lazy("Needed to show channel names."),
        lambda client: client.channels(timeout=PATIENCE_SECONDS),
        "ROLE_PARTNER_CHANNEL_READ",
    ),
    Right(
        "A21",
        gettext_lazy("Needed to show the shop's figures."),
        lambda client: client.statistics(timeout=PATIENCE_SECONDS),
        "ROLE_PARTNER_SHOP_READ",
        frozenset({SELLER}),
    ),
    Right(
        "PC01",
        gettext_lazy("Needed to see whether “No reply needed” is available."),
        lambda client: client.platform(timeout=PATIENCE_SECONDS),
        "ROLE_SHOP_ADMIN",
        frozenset({SELLER, OPERATOR}),
    ),
    Right(
        "OR43",
        gettext_lazy("Needed to start conversations about orders."),
        name="ROLE_PARTNER_MESSAGE_WRITE",
    ),
    Right(
        "OR74",
        gettext_lazy("Needed to send documents."),
        name="ROLE_PARTNER_ORDER_DOCUMENT_WRITE",
    ),
    Right(
        "OR76",
        gettext_lazy("Needed to delete documents."),
        name="ROLE_PARTNER_ORDER_DOCUMENT_DELETE",
        roles=frozenset({SELLER, OPERATOR}),
    ),
]


def check_connection(marketplace: Marketplace) -> Check:
    """Check a connection: reading threads proves that it works, other permissions are listed."""
    try:
        client = clients.build_client(marketplace)
        _read_messages(marketplace, client)
    except mirakl.MiraklError as error:
        return Check(ok=False, words=suggest_remedy(error))
    rights = [one for one in RIGHTS if marketplace.role in one.roles]
    answers, failures = _ask(client, rights)
    findings = [_found(one, marketplace.role, answers, failures) for one in rights]
    findings.sort(key=lambda one: one.state not in SHOWN_FIRST)
    account, version = answers.get("A01"), answers.get("V01")
    shop = (account.shop_name or str(account.shop_id or "")) if account else ""
    number = (version.version or "") if version else ""
    words = [
        _("The connection works. Conversations can be read."),
        *_of_shop(account, shop, number),
    ]
    return Check(True, " ".join(words), shop, number, tuple(findings))


def _read_messages(marketplace: Marketplace, client: mirakl.MiraklClient) -> None:
    if marketplace.has_threads:
        client.list_threads(limit=1, timeout=PATIENCE_SECONDS)
    else:
        client.messages(page=Paging(max=1), timeout=PATIENCE_SECONDS)


def _ask(
    client: mirakl.MiraklClient, rights: list[Right]
) -> tuple[dict[str, Any], dict[str, mirakl.MiraklError]]:
    """Answers and failures by operation; stops at the first call without an answer."""
    answers: dict[str, Any] = {}
    failures: dict[str, mirakl.MiraklError] = {}
    for right in rights:
        if right.ask is None:
            continue
        try:
            answers[right.operation] = right.ask(client)
        except mirakl.NotFound:
            # Allowed to query an order's documents: only the order does not exist.
            answers[right.operation] = None
        except (mirakl.Refused, mirakl.Garbled) as error:
            failures[right.operation] = error
        except mirakl.MiraklError as error:
            failures[right.operation] = error
            break
    return answers, failures


def _found(
    right: Right, role: str, answers: dict[str, Any], failures: dict[str, mirakl.MiraklError]
) -> Finding:
    name = right.name if role == SELLER else ""
    if right.operation in answers:
        return Finding(right, State.ALLOWED, name)
    if (error := failures.get(right.operation)) is None:
        return Finding(right, State.UNTRIED, name)
    if _is_right(error):
        return Finding(right, State.REFUSED, name)
    return Finding(right, State.FAILED, name, suggest_remedy(error))


def _is_right(error: mirakl.MiraklError) -> bool:
    return isinstance(error, mirakl.Forbidden | mirakl.BadCredentials)


def _of_shop(account: mirakl.Account | None, shop: str, version: str) -> list[str]:
    if account is None:
        return []
    states = {"OPEN": _("open"), "CLOSE": _("closed"), "SUSPENDED": _("suspended")}
    state = states.get(account.shop_state or "", account.shop_state or _("of unknown status"))
    words = _("Shop %(shop)s is %(state)s, Mirakl %(version)s.")
    return [words % {"shop": shop, "state": state, "version": version or "?"}]


def suggest_remedy(error: mirakl.MiraklError) -> str:
    kind = breaker.get_error_kind(error)
    if cause := failure_texts.describe_kind(kind):
        return f"{cause} ({error.reason})" if isinstance(error, mirakl.Unreachable) else cause
    words = {
        "sealed": _("The credentials can't be decrypted. Enter them again."),
        "moved": _("The credentials were entered for another address. Enter them again."),
        "key": _(
            "The credentials were rejected. Create new ones in the marketplace's "
            "back office and enter them here."
        ),
        "forbidden": _(
            "These credentials don't have permission. Check their permissions and the shop ID."
        ),
        "busy": _(
            "The marketplace is limiting requests until %(until)s. The credentials are fine."
        ),
        "unreachable": _("The marketplace can't be reached. Check the address."),
        "garbled": _("This address responds, but it isn't a Mirakl API. Check the address."),
        "refused": _("The marketplace rejected the request: %(reason)s"),
    }
    until = error.until if isinstance(error, mirakl.RateLimited) else timezone.now()
    said = words.get(kind, _("The marketplace isn't responding: %(reason)s Try again later.")) % {
        "until": format_recent(until),
        "reason": error.reason,
    }
    message = error.message if isinstance(error, mirakl.Refused) and kind != "refused" else ""
    return f"{said} “{message}”" if message else said

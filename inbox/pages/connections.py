"""The pages that connect marketplaces, and say who works on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from inbox.models import Access, Marketplace
from inbox.pages.viewer import Viewer
from inbox.services import failure_texts
from inbox.services.marketplaces import breaker, preset_notes, staffing
from inbox.services.marketplaces.connecting import is_unfinished
from inbox.services.marketplaces.connection_check import Check
from inbox.services.marketplaces.preset_notes import PresetNote
from inbox.services.people.rights import may_administer

# URL name of each step, and its title.
STEPS: dict[str, Promise] = {
    "connection-address": gettext_lazy("Address"),
    "connection-credentials": gettext_lazy("Credentials"),
    "connection-test": gettext_lazy("Test"),
    "connection-people": gettext_lazy("People"),
}


@dataclass(frozen=True)
class Step:
    """`is_open` if the steps before it are done."""

    name: str
    title: Promise
    is_current: bool
    is_open: bool


@dataclass(frozen=True)
class ConnectionRow:
    """`people` counts the active people of its groups; `gap` says what is wrong with them."""

    marketplace: Marketplace
    health: str
    access: Sequence[Access]
    people: int
    gap: str

    @property
    def state(self) -> str:
        """`off` and `begun` beside those of `Marketplace.health`."""
        if is_unfinished(self.marketplace):
            return "begun"
        return self.marketplace.health if self.marketplace.is_active else "off"

    @property
    def next_step(self) -> str:
        """Where a set-up is resumed."""
        has_credentials = self.marketplace.sealed_credential
        return "connection-test" if has_credentials else "connection-credentials"


@dataclass(frozen=True)
class ConnectionsPage:
    rows: Sequence[ConnectionRow]
    may_add: bool


@dataclass(frozen=True)
class ConnectionPage:
    """One marketplace. Managers change all of it, its leads only who works there."""

    marketplace: Marketplace
    row: ConnectionRow
    preset: PresetNote | None
    is_manager: bool
    is_seen: bool
    may_open_admin: bool


@dataclass(frozen=True)
class StepPage:
    """One step of a set-up, or the same form of a marketplace that is connected."""

    marketplace: Marketplace | None
    steps: Sequence[Step]
    form: Any = None
    check: Check | None = None
    members: Any = None

    @property
    def is_setting_up(self) -> bool:
        return self.marketplace is None or is_unfinished(self.marketplace)


def may_manage(viewer: Viewer) -> bool:
    return may_administer(viewer.user, "inbox.change_marketplace")


def may_add(viewer: Viewer) -> bool:
    return may_administer(viewer.user, "inbox.add_marketplace")


def list_steps(current: str, marketplace: Marketplace | None) -> list[Step]:
    has_credentials = marketplace is not None and bool(marketplace.sealed_credential)
    reached = 4 if has_credentials else 2 if marketplace else 1
    return [
        Step(name, title, name == current, number <= reached)
        for number, (name, title) in enumerate(STEPS.items(), start=1)
    ]


def connections_page(viewer: Viewer) -> ConnectionsPage:
    """All marketplaces for managers, and for leads those that they lead."""
    if may_manage(viewer):
        shown = list(Marketplace.objects.all())
    else:
        shown = [one for one in viewer.marketplaces if viewer.leads(one)]
    return ConnectionsPage(_rows(shown), may_add(viewer))


def connection_page(viewer: Viewer, marketplace: Marketplace) -> ConnectionPage:
    (row,) = _rows([marketplace])
    return ConnectionPage(
        marketplace,
        row,
        preset=preset_notes.describe_preset(marketplace),
        is_manager=may_manage(viewer),
        is_seen=marketplace in viewer.marketplaces,
        may_open_admin=viewer.user.is_staff and may_manage(viewer),
    )


def _rows(marketplaces: Sequence[Marketplace]) -> list[ConnectionRow]:
    granted = Access.objects.filter(marketplace__in=marketplaces).select_related("group")
    access = list(granted.order_by("group__name"))
    active = Count("group__user", filter=Q(group__user__is_active=True), distinct=True)
    people = dict(granted.order_by().values_list("marketplace").annotate(people=active))
    gaps = staffing.describe_gaps(marketplaces)
    return [
        ConnectionRow(
            one,
            _describe_health(one),
            [granted for granted in access if granted.marketplace_id == one.pk],
            people.get(one.pk, 0),
            gaps.get(one.pk, ""),
        )
        for one in marketplaces
    ]


def _describe_health(marketplace: Marketplace) -> str:
    words = breaker.describe_failure(marketplace) or marketplace.health_text
    return f"{words} {failure_texts.describe_kind(marketplace.mirror.error_kind)}".rstrip()

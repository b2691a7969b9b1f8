"""Canned replies on a thread: placeholders filled in, macro actions carried out."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox import mirakl
from inbox.models import CannedReply, Thread, User
from inbox.models.codes import order_state
from inbox.models.outgoing import ActionsWhenSent
from inbox.services.composing import placeholders
from inbox.services.composing.placeholders import FilledText, Values
from inbox.services.marketplaces import order_parts, orders
from inbox.services.triage.assign import assign_thread
from inbox.services.triage.tags import tag_thread

# Known from OR11 only: the order is fetched if a text on the page needs one of these.
OF_ORDER = {name for name in placeholders.NAMES if name.startswith(("order.", "tracking."))} - {
    "order.id"
} | {"customer.first_name"}

OF_PARCELS = {name for name in placeholders.NAMES if name.startswith("tracking.")}


@dataclass(frozen=True)
class FilledReply:
    """A canned reply with its placeholders filled in for one thread."""

    canned: CannedReply
    filled: FilledText

    @property
    def macro_actions(self) -> list[str]:
        return describe_actions(self.canned)


def fill_replies(
    thread: Thread, canned: Iterable[CannedReply], *, by: User, language: str = ""
) -> list[FilledReply]:
    """Canned replies filled in for this thread. Fetches its order once, and only if one needs it.

    `language` is the customer's. It decides how dates are written in a canned reply that has no
    language of its own.
    """
    chosen = list(canned)
    wanted = {name for one in chosen for name in placeholders.names_in(one.body)}
    values = values_for(thread, by=by, wanted=wanted)
    return [
        FilledReply(one, placeholders.fill(one.body, values, language=one.language or language))
        for one in chosen
    ]


def values_for(thread: Thread, *, by: User, wanted: set[str]) -> Values:
    order, parcels = None, list[mirakl.Shipment]()
    if thread.order_id and wanted & OF_ORDER:
        order = orders.fetch_order_quickly(thread.marketplace, thread.order_id)
    if order and wanted & OF_PARCELS:
        parcels = order_parts.list_parcels(thread.marketplace, order)
    return {
        "customer.first_name": _first_name(thread, order),
        "customer.name": thread.customer_name,
        "order.id": thread.order_id,
        "agent.name": by.display_name,
        "agent.first_name": by.first_name,
        "marketplace.name": thread.marketplace.name,
        "shop.name": thread.shop_name or (order and order.shop_name) or "",
        **(_of_order(order) if order else {}),
        **(_of_parcels(order, parcels) if order else {}),
    }


def _of_order(order: mirakl.Order) -> Values:
    return {
        "order.date": order.created_date,
        "order.shipping_deadline": order.shipping_deadline,
        "order.state": order_state(order.order_state),
    }


def _of_parcels(order: mirakl.Order, parcels: list[mirakl.Shipment]) -> Values:
    """The order's own tracking, or its parcels' if it has none."""
    tracked = [one.tracking for one in parcels if one.tracking.tracking_number]
    if order.shipping_tracking or order.shipping_tracking_url or not tracked:
        tracked = [_tracking_of(order)]
    lines = [
        " ".join(filter(None, (one.carrier, one.tracking_number, one.tracking_url)))
        for one in tracked
    ]
    return {
        "tracking.number": ", ".join(_distinct(one.tracking_number for one in tracked)),
        "tracking.url": " ".join(_distinct(one.tracking_url for one in tracked)),
        "tracking.carrier": ", ".join(_distinct(one.carrier for one in tracked)),
        "tracking.parcels": "\n".join(filter(None, lines)),
    }


def _tracking_of(order: mirakl.Order) -> mirakl.Tracking:
    return mirakl.Tracking(
        carrier_name=order.shipping_company,
        tracking_number=order.shipping_tracking,
        tracking_url=order.shipping_tracking_url,
    )


def _distinct(texts: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def _first_name(thread: Thread, order: mirakl.Order | None) -> str:
    """The first name on the order, else the first of two names: a guess that the agent can see."""
    if order and order.customer.firstname:
        return order.customer.firstname
    names = thread.customer_name.split()
    return names[0] if len(names) == 2 and not names[0].endswith(".") else ""


def describe_actions(canned: CannedReply) -> list[str]:
    """Labels of a macro's actions after the reply is sent."""
    words = []
    if canned.assigns_to == CannedReply.AssignTo.SENDER:
        words.append(_("assigns the conversation to you"))
    elif canned.assigns_to == CannedReply.AssignTo.NOBODY:
        words.append(_("unassigns the conversation"))
    words += [_("adds the tag “%s”") % tag.name for tag in canned.adds_tags.all()]
    if canned.closes:
        words.append(_("closes the conversation"))
    if hours := canned.snoozes_hours:
        words.append(
            ngettext(
                "snoozes the conversation for %d hour",
                "snoozes the conversation for %d hours",
                hours,
            )
            % hours
        )
    return words


@transaction.atomic
def apply(chosen: list[CannedReply], thread: Thread, *, by: User) -> None:
    """Count canned replies as used, and do their actions that need not wait for the reply."""
    CannedReply.objects.filter(pk__in=[one.pk for one in chosen]).update(used=F("used") + 1)
    for one in chosen:
        _do(one, thread, by)


def actions_after_sending(chosen: list[CannedReply], *, closes: bool) -> ActionsWhenSent:
    """The actions of macro and agent that wait until the reply has arrived."""
    hours = next((one.snoozes_hours for one in reversed(chosen) if one.snoozes_hours), None)
    closes = closes or any(one.closes for one in chosen)
    return ActionsWhenSent(closes, None if closes else hours)


def _do(macro: CannedReply, thread: Thread, by: User) -> None:
    if macro.assigns_to:
        to = by if macro.assigns_to == CannedReply.AssignTo.SENDER else None
        assign_thread(thread, to=to, by=by)
    for tag in macro.adds_tags.all():
        tag_thread(thread, tag, by=by)

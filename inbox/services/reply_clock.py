"""The reply clock: since when our side owes a reply, and until when."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Case, Expression, F, Q, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from inbox.models import Marketplace, Outgoing, Thread
from inbox.models.threads import PREVIEW_LENGTH
from inbox.services.locks import lock_marketplace


class ClockMessage(NamedTuple):
    """The parts of a message that the clock needs."""

    at: datetime
    side: str  # SHOP, CUSTOMER or OPERATOR
    to: frozenset[str]  # the sides it is addressed to; empty if Mirakl names none


def find_waiting_since(messages: Iterable[ClockMessage], our_side: str) -> datetime | None:
    """When the first unanswered message to us was sent; `messages` oldest first."""
    since = None
    for message in messages:
        if message.side == our_side:
            since = None
        elif since is None and (not message.to or our_side in message.to):
            since = message.at
    return since


def compute_due_at(
    marketplace: Marketplace, *, reply_needed_since: datetime | None, waiting: datetime | None
) -> datetime | None:
    """The deadline, counted from the earlier start; None if no reply is due."""
    if marketplace.is_storefront:
        return None  # customers have no reply limit
    if marketplace.role == Marketplace.Role.OPERATOR:
        # Mirakl keeps no clock for operators, so only ours counts.
        return waiting and waiting + marketplace.reply_limit_for
    if reply_needed_since is None:
        return None
    return min(reply_needed_since, waiting or reply_needed_since) + marketplace.reply_limit_for


def stop_clock(reply: Outgoing) -> None:
    """Apply an accepted reply to its thread until the thread is read again.

    A message that came while the reply was on its way keeps the clock running.
    """
    thread = reply.thread
    if thread is None or reply.sending_at is None:
        return
    # Mirakl's own clock is the shop's: only the shop's reply stops it.
    stopped = {"shop_reply_needed_since": None} if reply.marketplace.our_side == "SHOP" else {}
    changes = {
        **stopped,
        "waiting_since": None,
        "due_at": None,
        "last_message_at": timezone.now(),
        "last_sender_is_ours": True,
        "preview": " ".join(reply.body.split())[:PREVIEW_LENGTH],
        # Mirakl's next answer is read, even if it lacks this reply still.
        "answer_digest": b"",
    }
    is_unread = Thread.objects.filter(pk=thread.pk, last_message_at__lte=reply.sending_at)
    if is_unread.update(**changes):
        for name, value in changes.items():
            setattr(thread, name, value)


@transaction.atomic
def reset_deadlines(marketplace: Marketplace) -> None:
    """Recompute every deadline after a change of the marketplace's reply limit."""
    if marketplace.is_storefront:
        return
    lock_marketplace(marketplace)
    # PostgreSQL's LEAST passes over nulls.
    start: Expression | F = Least("shop_reply_needed_since", "waiting_since")
    is_due = Q(shop_reply_needed_since__isnull=False)
    if marketplace.role != Marketplace.Role.SELLER:
        start, is_due = F("waiting_since"), Q(waiting_since__isnull=False)
    due = Case(When(is_due, then=start + Value(marketplace.reply_limit_for)))
    Thread.objects.filter(marketplace=marketplace).update(due_at=due)

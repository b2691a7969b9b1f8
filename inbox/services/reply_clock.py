"""The reply clock: since when our side owes a reply, and until when."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Case, Expression, F, Q, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from inbox import reply_calendar
from inbox.models import Marketplace, Outgoing, Thread
from inbox.models.threads import PREVIEW_LENGTH
from inbox.services.locks import lock_marketplace

# Deadlines written with one statement.
BATCH = 1000


class ClockMessage(NamedTuple):
    """The parts of a message that the clock needs."""

    at: datetime
    side: str  # SHOP, CUSTOMER or OPERATOR
    to: frozenset[str]  # the sides it is addressed to; empty if Mirakl names none


def find_waiting_since(
    messages: Iterable[ClockMessage], our_side: str, *, counts_operator: bool = True
) -> datetime | None:
    """When the first unanswered message to us was sent; `messages` oldest first."""
    since = None
    for message in messages:
        if message.side == our_side:
            since = None
        elif message.side == "OPERATOR" and not counts_operator:
            continue
        elif since is None and (not message.to or our_side in message.to):
            since = message.at
    return since


def find_start(marketplace: Marketplace, thread: Thread) -> datetime | None:
    """The moment from which its deadline is counted; None if no reply is due."""
    reply_needed_since, waiting = thread.shop_reply_needed_since, thread.waiting_since
    if marketplace.is_storefront:
        return None  # customers have no reply limit
    if marketplace.role == Marketplace.Role.OPERATOR:
        # Mirakl keeps no clock for operators, so only ours counts.
        return waiting
    return reply_needed_since and min(reply_needed_since, waiting or reply_needed_since)


def find_due_at(thread: Thread, known: Thread) -> datetime | None:
    """The deadline of a thread that was read again, whose stored row is `known`.

    One that has passed for the same wait stays: the reply was late by the rules of its time.
    """
    marketplace = thread.marketplace
    start = find_start(marketplace, thread)
    is_over = known.due_at is not None and known.due_at <= timezone.now()
    if start and is_over and start == find_start(marketplace, known):
        return known.due_at
    return compute_due_at(marketplace, start)


def compute_due_at(marketplace: Marketplace, start: datetime | None) -> datetime | None:
    """The limit after `start`; None if no reply is due, or no working time is left for it."""
    limit = marketplace.reply_limit_for
    return start and reply_calendar.deadline(start, limit, marketplace.calendar)


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


def read_clocks_again(marketplace: Marketplace) -> None:
    """Let the next display read conversations with the operator as if they were new.

    Whose messages count has changed.
    """
    Thread.objects.filter(marketplace=marketplace, with_operator=True).update(answer_digest=b"")


@transaction.atomic
def reset_deadlines(marketplace: Marketplace) -> None:
    """Recompute the deadlines after a change of the marketplace's limit or calendar.

    A deadline that has passed stays: the reply was late by the rules of its time.
    """
    if marketplace.is_storefront:
        return
    lock_marketplace(marketplace)
    # PostgreSQL's LEAST passes over nulls.
    start: Expression | F = Least("shop_reply_needed_since", "waiting_since")
    is_due = Q(shop_reply_needed_since__isnull=False)
    if marketplace.role != Marketplace.Role.SELLER:
        start, is_due = F("waiting_since"), Q(waiting_since__isnull=False)
    threads = Thread.objects.filter(marketplace=marketplace).exclude(due_at__lte=timezone.now())
    if marketplace.is_always_on:
        threads.update(due_at=Case(When(is_due, then=start + Value(marketplace.reply_limit_for))))
        return
    starts = threads.filter(is_due).values_list("pk", start)
    rows = [Thread(pk=pk, due_at=compute_due_at(marketplace, at)) for pk, at in starts]
    Thread.objects.bulk_update(rows, ["due_at"], batch_size=BATCH)

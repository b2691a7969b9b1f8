"""Messages that nudge shops: each once, and never two within a day by accident."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from inbox.models import Marketplace, Outgoing, User
from inbox.models.outgoing import OutgoingQuerySet
from inbox.services.locks import lock_named
from inbox.services.outbox import delivery, queue
from inbox.services.outbox.new_outgoing import NewOutgoing

WITHIN = timedelta(days=1)


class WrittenMeanwhile(Exception):
    """Another message to this shop was queued after the form's page was shown."""


def find_last_messages(where: Marketplace, shops: Collection[str]) -> dict[str, Outgoing]:
    """The newest message of the last day to each of these shops that began a conversation."""
    rows = _recent(where).filter(subject_id__in=shops)
    return {one.subject_id: one for one in rows.select_related("author").order_by("queued_at")}


def send(new: NewOutgoing, *, by: User, known: Outgoing | None) -> Outgoing:
    """Queue it for a worker. `known` is the shop's last message that the form's page showed.

    Raises WrittenMeanwhile, and queue.TokenTaken as `queue.add` does.
    """
    where, shop = new.destination.marketplace, new.destination.subject_id
    with transaction.atomic():
        lock_named(f"nudge:{where.pk}:{shop}")
        if sent := queue.find_by_token(new.token, new.destination, by):
            return sent
        last = _recent(where).filter(subject_id=shop).order_by("-queued_at").first()
        if last and last != known:
            raise WrittenMeanwhile
        reply, _is_new = queue.add(new, by=by, undo_seconds=by.undo_seconds)
        if delivery.is_inline(reply):
            # Many messages would take longer than a page may.
            transaction.on_commit(lambda: delivery.hand_to_worker(reply.pk), robust=True)
    return reply


def _recent(where: Marketplace) -> OutgoingQuerySet:
    begun = Outgoing.objects.filter(marketplace=where, kind=Outgoing.Kind.OPERATOR_THREAD)
    kept = begun.exclude(state=Outgoing.State.DISCARDED)
    return kept.filter(queued_at__gt=timezone.now() - WITHIN)

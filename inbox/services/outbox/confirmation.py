"""Looking at Mirakl for what was not confirmed."""

import logging

from django.utils import timezone

from inbox import mirakl
from inbox.models import Outgoing, OutgoingFile
from inbox.services import files
from inbox.services.marketplaces import clients
from inbox.services.outbox import arrivals, bodies, candidates, matching, transitions

log = logging.getLogger(__name__)


def is_abandoned(reply: Outgoing) -> bool:
    """Whoever was sending it is gone."""
    return transitions.abandoned(timezone.now()).filter(pk=reply.pk).exists()


def confirm(reply: Outgoing) -> Outgoing:
    """Look for an unconfirmed reply at Mirakl; called by the display of its bubble alone."""
    reply = Outgoing.objects.complete().get(pk=reply.pk)
    if is_abandoned(reply) and transitions.doubt(reply):
        reply = Outgoing.objects.complete().get(pk=reply.pk)
    if reply.state != Outgoing.State.UNCONFIRMED:
        return reply
    try:
        return look_for(reply)
    except mirakl.MiraklError as error:
        log.info("reply %s cannot be looked for: %s", reply.pk, type(error).__name__)
        return reply


def look_for(reply: Outgoing) -> Outgoing:
    """Read Mirakl for one that is unconfirmed; raises MiraklError where that cannot be done."""
    looked_at = timezone.now()
    Outgoing.objects.filter(pk=reply.pk, state=Outgoing.State.UNCONFIRMED).update(
        looked_at=looked_at
    )
    if not _look(reply):
        transitions.miss(reply, looked_at)
    return Outgoing.objects.complete().get(pk=reply.pk)


def _look(reply: Outgoing) -> bool:
    """True where it is found, or may be found by another reply's sender in a moment."""
    client = clients.client_for(reply.marketplace)
    if reply.kind == Outgoing.Kind.DOCUMENT:
        return _recognise_documents(reply, *matching.documents_there(client, reply))
    return _recognise(reply, matching.look(client, reply))


def _recognise_documents(
    reply: Outgoing, found: list[OutgoingFile], others: list[matching.Sighting]
) -> bool:
    """True where all have arrived; those that have not are all that is sent again."""
    for file in found:
        files.settle(file)
    if not reply.files.exclude(file="").exists():
        return arrivals.arrive(reply, None, None)
    candidates.offer(reply, matching.unclaimed(reply, others))
    return False


def _recognise(reply: Outgoing, seen: list[matching.Sighting]) -> bool:
    """Take the first equal that belongs to nobody else; offer the others to a person."""
    rivals = matching.rivals(reply)
    twins = [other for other in rivals if matching.is_twin(other, reply)]
    free = matching.unclaimed(reply, seen)
    equal = [one for one in free if one.is_equal]
    # One under way may be about to learn that a message is its own.
    under_way = twins if equal else rivals
    if free and any(other.state == Outgoing.State.SENDING for other in under_way):
        return True
    # A twin that was sent, by an answer that did not say which message it is, came first.
    nameless = sum(twin.state == Outgoing.State.SENT and not twin.message_id for twin in twins)
    if any(arrivals.arrive(reply, one.id, one.thread_id) for one in equal[nameless:]):
        return True
    words = {bodies.essence(other.body) for other in rivals}
    others = [one for one in free if not one.is_equal]
    candidates.offer(reply, [one for one in others if bodies.essence(one.body) not in words])
    return False

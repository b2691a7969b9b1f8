"""Searching Mirakl for replies that were not confirmed."""

import logging

from django.utils import timezone

from inbox import mirakl
from inbox.models import Outgoing, OutgoingFile
from inbox.services import error_texts, files
from inbox.services.marketplaces import clients
from inbox.services.outbox import bodies, candidates, completion, matching, transitions

log = logging.getLogger(__name__)


def confirm(reply: Outgoing) -> Outgoing:
    """Search for an unconfirmed reply, for the display of its bubble. Returns the current row."""
    reply = _current_row(reply)
    if reply.state != Outgoing.State.UNCONFIRMED:
        return reply
    try:
        return _search(reply)
    except mirakl.MiraklError as error:
        log.info("reply %s cannot be looked for: %s", reply.pk, type(error).__name__)
        return reply


def check(reply: Outgoing) -> tuple[Outgoing, str]:
    """Search for an unconfirmed reply because a user asks. Returns the row and a result text."""
    reply = _current_row(reply)
    if reply.state != Outgoing.State.UNCONFIRMED:
        return reply, ""
    checked_at = timezone.now()
    try:
        reply = _search(reply)
    except mirakl.MiraklError as error:
        return reply, error_texts.check_failed(error, reply.marketplace)
    return reply, error_texts.check_result(reply, checked_at)


def _current_row(reply: Outgoing) -> Outgoing:
    """The row as stored now: a reply whose sender is gone becomes unconfirmed."""
    reply = Outgoing.objects.complete().get(pk=reply.pk)
    if reply.is_abandoned and transitions.mark_unconfirmed(reply):
        reply = Outgoing.objects.complete().get(pk=reply.pk)
    return reply


def _search(reply: Outgoing) -> Outgoing:
    """Read Mirakl for an unconfirmed reply. Raises MiraklError if that fails."""
    looked_at = timezone.now()
    Outgoing.objects.filter(pk=reply.pk, state=Outgoing.State.UNCONFIRMED).update(
        looked_at=looked_at
    )
    if not _find(reply):
        transitions.record_absence(reply, looked_at)
    return Outgoing.objects.complete().get(pk=reply.pk)


def _find(reply: Outgoing) -> bool:
    """True if it was found, or if the sender of another reply may find it in a moment."""
    client = clients.build_client(reply.marketplace)
    if reply.kind == Outgoing.Kind.DOCUMENT:
        return _match_documents(reply, *matching.find_documents(client, reply))
    return _match_messages(reply, matching.find_sightings(client, reply))


def _match_documents(
    reply: Outgoing, found: list[OutgoingFile], others: list[matching.Sighting]
) -> bool:
    """True if all files arrived; otherwise only the missing ones can be sent again."""
    for file in found:
        files.settle(file)
    if not reply.unsent_files:
        return completion.complete_reply(reply, None, None)
    candidates.offer(reply, matching.exclude_claimed(reply, others))
    return False


def _match_messages(reply: Outgoing, seen: list[matching.Sighting]) -> bool:
    """Match the first equal message that belongs to no other reply; offer the rest to a person."""
    rivals = matching.find_rivals(reply)
    twins = [other for other in rivals if matching.is_twin(other, reply)]
    free = matching.exclude_claimed(reply, seen)
    equal = [one for one in free if one.is_equal]
    # A reply being sent may be about to learn that a message is its own.
    under_way = twins if equal else rivals
    if free and any(other.state == Outgoing.State.SENDING for other in under_way):
        return True
    # A twin that was sent without an id in Mirakl's answer came first.
    nameless = sum(twin.state == Outgoing.State.SENT and not twin.message_id for twin in twins)
    if any(completion.complete_reply(reply, one.id, one.thread_id) for one in equal[nameless:]):
        return True
    texts = {bodies.comparable_text(other.body) for other in rivals}
    others = [one for one in free if not one.is_equal]
    candidates.offer(
        reply, [one for one in others if bodies.comparable_text(one.body) not in texts]
    )
    return False

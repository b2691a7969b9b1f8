"""Looking at Mirakl for what was not confirmed."""

import logging

from django.utils import timezone

from inbox import mirakl
from inbox.models import Reply, ReplyFile
from inbox.services import arrivals, attachments, gateway, recognition, transitions

log = logging.getLogger(__name__)


def is_abandoned(reply: Reply) -> bool:
    """Whoever was sending it is gone."""
    return transitions.abandoned(timezone.now()).filter(pk=reply.pk).exists()


def confirm(reply: Reply) -> Reply:
    """Look for an unconfirmed reply at Mirakl; called by the display of its bubble alone."""
    reply = Reply.objects.complete().get(pk=reply.pk)
    if is_abandoned(reply) and transitions.doubt(reply):
        reply = Reply.objects.complete().get(pk=reply.pk)
    if reply.state != Reply.State.UNCONFIRMED:
        return reply
    try:
        return look_for(reply)
    except mirakl.MiraklError as error:
        log.info("reply %s cannot be looked for: %s", reply.pk, type(error).__name__)
        return reply


def look_for(reply: Reply) -> Reply:
    """Read Mirakl for one that is unconfirmed; raises MiraklError where that cannot be done."""
    looked_at = timezone.now()
    if not _look(reply):
        transitions.miss(reply, looked_at)
    return Reply.objects.complete().get(pk=reply.pk)


def _look(reply: Reply) -> bool:
    client = gateway.client_for(reply.marketplace)
    if reply.kind == Reply.Kind.DOCUMENT:
        return _recognise_documents(reply, recognition.documents_there(client, reply))
    return _recognise(reply, recognition.look(client, reply))


def _recognise_documents(reply: Reply, found: list[ReplyFile]) -> bool:
    """True where all have arrived; those that have not are all that is sent again."""
    for file in found:
        attachments.settle(file)
    return not reply.files.exclude(file="").exists() and arrivals.arrive(reply, None, None)


def _recognise(reply: Reply, found: dict[str, str]) -> bool:
    """Take the first match that belongs to nobody else; True where one is, or may be, ours."""
    twins = recognition.twins(reply)
    taken = {twin.message_id for twin in twins}
    free = [message_id for message_id in found if message_id not in taken]
    # A twin under way may be about to learn that the message is its own.
    if free and any(twin.state == Reply.State.SENDING for twin in twins):
        return True
    # A twin that was sent, by an answer that did not say which message it is, came first.
    nameless = sum(twin.state == Reply.State.SENT and not twin.message_id for twin in twins)
    return any(arrivals.arrive(reply, one, found[one]) for one in free[nameless:])

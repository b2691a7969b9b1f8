"""A person asks for an unconfirmed reply: Mirakl is read now, and the answer is in words."""

from django.utils import timezone

from inbox import mirakl
from inbox.models import Outgoing
from inbox.services import error_texts
from inbox.services.outbox import confirmation, transitions


def check(reply: Outgoing) -> tuple[Outgoing, str]:
    """Where it stands after a look at Mirakl, and what that look found."""
    if confirmation.is_abandoned(reply) and transitions.doubt(reply):
        reply.refresh_from_db()
    if reply.state != Outgoing.State.UNCONFIRMED:
        return reply, ""
    looked_at = timezone.now()
    try:
        seen = confirmation.look_for(reply)
    except mirakl.MiraklError as error:
        return reply, error_texts.no_look(error, reply.marketplace)
    return seen, error_texts.look(seen, looked_at)

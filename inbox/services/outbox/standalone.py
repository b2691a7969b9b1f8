"""Sending what has no thread yet: new conversations, order messages and documents."""

from inbox.models import Outgoing, User
from inbox.services.outbox import confirmation, delivery, queue
from inbox.services.outbox.new_outgoing import NewOutgoing


def send(new: NewOutgoing, *, by: User, edited: Outgoing | None, is_edit: bool) -> Outgoing:
    """Queue the message, and deliver a small one without undo at once.

    `edited` is the reply that it replaces. Raises queue.TokenTaken, queue.TooLate or DiskFull.
    """
    if edited:
        # It may have arrived since the last check.
        edited = confirmation.confirm(edited)
        edited = edited if edited.needs_person else None
    if is_edit and edited is None:
        # The form was sent twice, or another user has decided about the edited reply.
        if found := queue.find_by_token(new.token, new.destination, by):
            return found
        raise queue.TooLate
    reply, is_new = queue.add(new, by=by, replaces=edited, undo_seconds=by.undo_seconds)
    return delivery.deliver_row(reply) if is_new and delivery.is_inline(reply) else reply

"""Replies that go back to whoever wrote them: undone, or edited after they have failed.

One on a thread goes back into its draft. The others have no draft: theirs stays in the outbox,
stopped, and its form begins with it; it is given up in the transaction that queues what became of
it. So the text and the files are always in one place, and only there.
"""

from collections.abc import Collection
from functools import partial

from django.db import transaction

from inbox.models import Draft, Outgoing, OutgoingFile, User
from inbox.services import files
from inbox.services.composing import drafts
from inbox.services.outbox import transitions
from inbox.services.outbox.new_outgoing import NewOutgoing
from inbox.services.triage import actions


class TooLate(Exception):
    """The reply is on its way, or somebody else has decided about it."""


def take_back(reply: Outgoing, by: User, *, typed: str | None = None) -> None:
    """Stop it, and give its text and files back; raises TooLate.

    `typed` is what stands in the composer meanwhile: it follows what comes back. One on its way
    is stopped there, if all of it has not left by then, and may be edited after that.
    """
    if reply.state == Outgoing.State.SENDING:
        if not (reply.can_be_stopped and transitions.ask_to_stop(reply, by)):
            raise TooLate
    elif reply.kind == Outgoing.Kind.REPLY:
        _into_draft(reply, by, typed)
    elif reply.state == Outgoing.State.QUEUED:
        if not transitions.stop(reply, by):
            raise TooLate
    elif not reply.can_be_edited:
        raise TooLate


@transaction.atomic
def _into_draft(reply: Outgoing, by: User, typed: str | None) -> Draft:
    assert reply.thread is not None  # noqa: S101  what it is a reply on
    if not transitions.take_back(reply, by):
        raise TooLate
    draft = drafts.locked(reply.thread, by)
    below = draft.body if typed is None else typed
    draft.body = "\n\n".join(text for text in (reply.body, below.strip()) if text)
    draft.recipients = [one["type"] for one in reply.recipients]
    draft.begun_for = draft.recipients
    # No form has it yet: the one that shows it knows its version.
    draft.written_in = None
    draft.save()
    drafts.take_files_from(reply, draft)
    actions.reopen_after(reply, by=by)
    return draft


def inherit(reply: Outgoing, new: NewOutgoing, replaces: Outgoing | None) -> None:
    """Give a new row the files of what it was made of, which ends with this transaction.

    That is the reply it `replaces` (TooLate where that has gone out meanwhile), or the draft.
    """
    if replaces:
        _take_the_place_of(replaces, reply, new.kept)
    elif reply.thread and reply.author:
        _end_draft(reply, new, drafts.locked(reply.thread, reply.author))


def _take_the_place_of(old: Outgoing, new: Outgoing, kept: Collection[int] | None) -> None:
    if new.author is None or not transitions.give_way(old, new.author):
        raise TooLate
    waiting = old.files.exclude(file="")
    going = waiting if kept is None else waiting.filter(pk__in=kept)
    going.update(outgoing=new, bytes_sent=0)
    transaction.on_commit(partial(files.remove, old))


def _end_draft(reply: Outgoing, new: NewOutgoing, draft: Draft) -> None:
    if draft.pk is None:
        return
    is_other = drafts.is_of_another_tab(draft, reply.token, new.based_on)
    if is_other and draft.body.strip() != reply.body:
        # Another tab has gone on writing: that is not what was sent, but for the files named here.
        drafts.hand_files_to(reply, draft, only=new.kept or ())
        return
    drafts.hand_files_to(reply, draft, only=new.kept)
    drafts.discard(draft)


def files_of(reply: Outgoing) -> list[OutgoingFile]:
    """Those that are still here to be sent."""
    return list(reply.files.exclude(file=""))

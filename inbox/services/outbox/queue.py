"""The queue of replies: nothing is lost, nothing is sent twice, nothing is stuck.

    QUEUED ──claimed──▶ SENDING ──201──▶ SENT
      ▲                    ├──refused──▶ FAILED ──────────┐
      └── nothing left ────┤                              ├─ a person: sent again ▶ QUEUED
                           └─ any other ▶ UNCONFIRMED ────┘            discarded ▶ DISCARDED
                                          (checked: found ▶ SENT, missing twice ▶ a person,
                                           a similar message ▶ a person compares)

Mirakl's writes have no idempotency key. So a reply returns to QUEUED without a person only if
nothing has left this machine; otherwise Mirakl is checked before it is sent again.
"""

from collections.abc import Collection
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet, prefetch_related_objects
from django.utils import timezone

from inbox.models import Destination, Draft, Event, Message, Outgoing, User
from inbox.models.prepared import prepared
from inbox.services import files
from inbox.services.composing import drafts, placeholders
from inbox.services.files import staging
from inbox.services.outbox import collision, confirmation, delivery, transitions
from inbox.services.outbox.new_outgoing import NewOutgoing
from inbox.services.triage.assign import assign_to_replier
from inbox.services.triage.status import reopen_after_unsent

# A worker whose clock is ahead comes too early; the reply would wait for the sweep.
CLOCKS_DIFFER = timedelta(seconds=0.3)
# The sweep leaves a reply to the request that queued it.
SWEPT_AFTER = timedelta(seconds=10)
SWEEP_SECONDS = 30
SWEPT_AT_ONCE = 500


class TokenTaken(Exception):
    """The token belongs to a reply that this form did not write."""


class TooLate(Exception):
    """The reply is being sent, or another user has decided about it."""


# -- A form is sent -------------------------------------------------------


def find_by_token(token: UUID, destination: Destination, by: User) -> Outgoing | None:
    """The reply that this form has queued before. Raises TokenTaken if another form has."""
    known = next(iter(_with_token(token=token)), None)
    if known and (known.destination, known.author_id) != (destination, by.pk):
        raise TokenTaken
    return known


@prepared
def _with_token(*, token: UUID) -> QuerySet[Outgoing]:
    return Outgoing.objects.select_related("marketplace", "thread").filter(token=token)


def add(
    new: NewOutgoing, *, by: User, replaces: Outgoing | None = None, undo_seconds: int = 0
) -> tuple[Outgoing, bool]:
    """The reply of this form, and whether it is new: a form that is sent twice is one reply.

    The caller delivers a reply that `is_inline`; any other is handed to a worker. Raises TokenTaken
    as `find_by_token` does, and TooLate if the reply that it `replaces` was sent or discarded.
    """
    reply = _row_of(new, by)
    reply.undo_until = timezone.now() + timedelta(seconds=undo_seconds) if undo_seconds else None
    try:
        _store(reply, new, replaces)
    except IntegrityError:
        known = find_by_token(new.token, new.destination, by)
        if known is None:
            raise
        # The same form was sent before.
        return known, False
    return reply, True


def _row_of(new: NewOutgoing, by: User) -> Outgoing:
    return Outgoing(
        token=new.token,
        marketplace=new.destination.marketplace,
        kind=new.destination.kind,
        thread=new.destination.thread,
        subject_id=new.destination.subject_id,
        body=new.body,
        recipients=list(new.recipients),
        topic_type=new.topic_type,
        topic_value=new.topic_value,
        topic_label=new.topic_label,
        email_subject=new.email_subject,
        details=new.details,
        then_closes=new.actions.closes,
        then_snoozes_hours=new.actions.snoozes_hours,
        seen_message_id=new.seen_message_id,
        mirrored_until=_newest_mirrored(new),
        author=by,
        canned=new.canned,
        canned_kept=placeholders.count_kept(new.canned.body, new.body) if new.canned else None,
    )


def _newest_mirrored(new: NewOutgoing) -> int:
    """The pk of the newest stored message: of the thread, if its page has named it, else of all."""
    if new.seen_message_id is not None:
        return new.seen_message_id
    return Message.objects.aggregate(pk=Max("pk"))["pk"] or 0


def _store(reply: Outgoing, new: NewOutgoing, replaces: Outgoing | None) -> None:
    with staging(reply) as stage, transaction.atomic():
        # The row first: of two racing forms the second waits here, before it stages any file.
        reply.save(force_insert=True)
        for file in new.files:
            stage(file)
        if replaces:
            _replace(replaces, reply, new.kept)
        elif reply.thread and reply.author:
            _end_draft(reply, new, drafts.lock_draft(reply.thread, reply.author))
        if new.address and reply.author:
            _end_draft(reply, new, drafts.lock_form_draft(reply.author, new.address))
        transitions.record_event(reply, Event.Verb.QUEUED, reply.author)
        assign_to_replier(reply)
        prefetch_related_objects([reply], "files")
        _leave_to_worker(reply)


def _replace(old: Outgoing, new: Outgoing, kept: Collection[str] | None) -> None:
    """End the reply that was edited, and move its files to the new one; raises TooLate."""
    if new.author is None or not transitions.discard_replaced(old, new.author):
        raise TooLate
    going = [file.pk for file in old.unsent_files if kept is None or file.key in kept]
    old.files.filter(pk__in=going).update(outgoing=new, bytes_sent=0)
    transaction.on_commit(partial(files.remove, old.files.exclude(file="")))


def _end_draft(reply: Outgoing, new: NewOutgoing, draft: Draft) -> None:
    """Move the files of the draft to the reply that it became, and delete it."""
    if draft.pk is None:
        return
    is_other = drafts.is_of_another_tab(draft, reply.token, new.based_on)
    if is_other and draft.body.strip() != reply.body:
        # Another tab has changed the text since: keep the draft, but for the files sent here.
        drafts.move_files_to_reply(draft, reply, only=new.kept or ())
    else:
        left = drafts.move_files_to_reply(draft, reply, only=new.kept)
        drafts.discard(draft, left)


def _leave_to_worker(reply: Outgoing) -> None:
    if delivery.is_inline(reply):
        return
    when = {"eta": reply.undo_until + CLOCKS_DIFFER} if reply.undo_until else {}
    transaction.on_commit(lambda: delivery.hand_to_worker(reply.pk, **when), robust=True)


# -- A person decides -----------------------------------------------------


def resend(reply: Outgoing, by: User) -> Outgoing:
    """Queue a reply again that failed, or that was not found at Mirakl.

    As with `add`, the caller delivers a reply that `is_inline`.
    """
    # It may have arrived since the last check.
    reply = confirmation.confirm(reply)
    if reply.needs_person:
        with transaction.atomic():
            if transitions.requeue(reply, by):
                collision.mark_seen(reply)
                _leave_to_worker(reply)
    return Outgoing.objects.complete().get(pk=reply.pk)


def take_back(reply: Outgoing, by: User, *, typed: str | None = None) -> None:
    """Stop a reply and return its text and files to their author; raises TooLate.

    A reply on a thread becomes its draft. Any other stays in the outbox, stopped, and its form
    starts with it: so text and files are always in exactly one place. `typed` is the text that is
    in the composer now: it follows the returned text. A reply that is being sent is asked to stop,
    and can be edited once it has.
    """
    if reply.state == Outgoing.State.SENDING:
        if not (reply.can_be_stopped and transitions.request_stop(reply, by)):
            raise TooLate
    elif reply.kind == Outgoing.Kind.REPLY:
        _return_to_draft(reply, by, typed)
    elif reply.state == Outgoing.State.QUEUED:
        if not transitions.stop_queued(reply, by):
            raise TooLate
    elif not reply.can_be_edited:
        raise TooLate


@transaction.atomic
def _return_to_draft(reply: Outgoing, by: User, typed: str | None) -> Draft:
    if not transitions.take_back(reply, by):
        raise TooLate
    draft = drafts.lock_draft(reply.replied_thread, by)
    below = draft.body if typed is None else typed
    draft.body = "\n\n".join(text for text in (reply.body, below.strip()) if text)
    draft.recipients = [one.type for one in reply.recipients]
    draft.begun_for = draft.recipients
    # No open form has this text yet; the one that shows it knows its version.
    draft.written_in = None
    draft.save()
    drafts.move_files_to_draft(reply, draft)
    reopen_after_unsent(reply, by=by)
    return draft


def discard(reply: Outgoing, by: User) -> Outgoing:
    """Give it up, unless it is being sent or has arrived."""
    if transitions.discard(reply, by):
        files.remove(reply.files.exclude(file=""))
    return Outgoing.objects.complete().get(pk=reply.pk)


# -- By the clock ---------------------------------------------------------


def sweep() -> None:
    """Find replies left by a lost task or a dead worker. Reads only rows; Mirakl is not called."""
    now = timezone.now()
    abandoned = transitions.abandoned_replies(now)
    for reply in abandoned.select_related("marketplace", "author", "thread"):
        transitions.mark_unconfirmed(reply)
    forgotten = transitions.due_replies(now).filter(queued_at__lt=now - SWEPT_AFTER)
    for pk in forgotten.order_by("queued_at").values_list("pk", flat=True)[:SWEPT_AT_ONCE]:
        # The next sweep hands it over again if no worker has had time by then.
        delivery.hand_to_worker(pk, expires=SWEEP_SECONDS)

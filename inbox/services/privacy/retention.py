"""Deletes old texts, files and names of conversations that nobody waits for, in steps.

A conversation that is opened later is read from its marketplace again, and cleared the next night.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from inbox.models import Attachment, Draft, Marketplace, Note, Outgoing
from inbox.models.threads import Message, Thread, ThreadQuerySet
from inbox.services import audit
from inbox.services.locks import lock_marketplace
from inbox.services.marketplaces.reasons import REASON_CODE
from inbox.services.mirror import mapping
from inbox.services.privacy.stores import ERASED, nameless

STEP = 200
NIGHT = range(1, 5)
State = Outgoing.State
ENDED = [State.SENT, State.DISCARDED]


@dataclass(frozen=True)
class Old:
    """How many conversations have texts, files and names that are older than they may be."""

    marketplace: Marketplace
    texts: int
    files: int
    names: int

    @property
    def total(self) -> int:
        return self.texts + self.files + self.names


def count(marketplace: Marketplace) -> Old:
    """What the next night deletes."""
    return Old(
        marketplace,
        texts=_with_texts(marketplace).count(),
        files=_with_files(marketplace).count(),
        names=_with_names(marketplace).count(),
    )


def clear_all() -> None:
    limited = Q(keeps_texts_days__isnull=False) | Q(keeps_files_days__isnull=False)
    limited |= Q(keeps_names_days__isnull=False)
    for marketplace in Marketplace.objects.filter(limited):
        clear(marketplace)


def clear_at_night() -> None:
    """Called each hour: in the hours of NIGHT, by the server's clock, it clears."""
    if timezone.localtime().hour in NIGHT:
        clear_all()


def clear(marketplace: Marketplace) -> Old:
    """Returns how many conversations lost their texts, files and names."""
    done = Old(
        marketplace,
        texts=sum(_clear_texts(step) for step in _steps(_with_texts(marketplace))),
        files=sum(_clear_files(step) for step in _steps(_with_files(marketplace))),
        names=sum(_clear_names(step) for step in _steps(_with_names(marketplace))),
    )
    if done.total:
        details = {"texts": done.texts, "files": done.files, "names": done.names}
        audit.record(audit.Kind.CLEARED, about=marketplace, details=details)
    return done


# -- which --------------------------------------------------------------------


def _quiet_for(marketplace: Marketplace, days: int | None) -> ThreadQuerySet:
    """Conversations of before that nobody waits for: no clock, no snooze, no draft, no message on
    its way."""
    if days is None:
        return Thread.objects.none()
    of_it = {"thread": OuterRef("pk")}
    unended = Outgoing.objects.filter(**of_it).exclude(state__in=ENDED)
    return Thread.objects.filter(
        ~Exists(unended),
        ~Exists(Draft.objects.filter(**of_it)),
        marketplace=marketplace,
        last_message_at__lt=Now() - timedelta(days=days),
        due_at=None,
        snoozed_until=None,
    )


def _with_texts(marketplace: Marketplace) -> ThreadQuerySet:
    written = Message.objects.filter(thread=OuterRef("pk")).exclude(body="")
    found = _quiet_for(marketplace, marketplace.keeps_texts_days)
    return found.filter(Exists(written))


def _with_files(marketplace: Marketplace) -> ThreadQuerySet:
    files = Attachment.objects.filter(message__thread=OuterRef("pk"))
    return _quiet_for(marketplace, marketplace.keeps_files_days).filter(Exists(files))


def _with_names(marketplace: Marketplace) -> ThreadQuerySet:
    named = _quiet_for(marketplace, marketplace.keeps_names_days)
    return named.exclude(customer_name="", organization_name="")


def _steps(threads: ThreadQuerySet) -> Iterator[list[Thread]]:
    """Each pass goes on behind the last: what a step clears is not looked at again."""
    last = 0
    rows = threads.select_related("marketplace").order_by("pk")
    while step := list(rows.filter(pk__gt=last)[:STEP]):
        yield step
        last = step[-1].pk


# -- how ----------------------------------------------------------------------


@transaction.atomic
def _clear_texts(threads: list[Thread]) -> int:
    lock_marketplace(threads[0].marketplace)
    Message.objects.filter(thread__in=threads).update(body="", search_text="")
    Note.objects.filter(thread__in=threads).delete()
    sent = Outgoing.objects.filter(thread__in=threads, state__in=ENDED).exclude(body="")
    sent.update(body=ERASED)
    for thread in threads:
        thread.preview = ""
        if thread.topic_type != REASON_CODE:
            thread.topic_value = ""
    return _save(threads, "preview", "topic_value")


@transaction.atomic
def _clear_files(threads: list[Thread]) -> int:
    lock_marketplace(threads[0].marketplace)
    files = Attachment.objects.filter(message__thread__in=threads)
    messages = list(Message.objects.filter(attachments__in=files).distinct().only("body"))
    files.delete()
    for message in messages:
        message.search_text = mapping.build_search_text(message.body)
    Message.objects.bulk_update(messages, ["search_text"])
    for thread in threads:
        thread.has_attachments = False
    return _save(threads, "has_attachments")


@transaction.atomic
def _clear_names(threads: list[Thread]) -> int:
    lock_marketplace(threads[0].marketplace)
    theirs = Message.objects.filter(thread__in=threads, sender_type__startswith="CUSTOMER")
    theirs.update(sender_name="", sender_organization="")
    for thread in threads:
        thread.customer_name = thread.organization_name = ""
        if not thread.last_sender_is_ours:
            thread.last_sender_name = ""
        thread.authorized_participants = nameless(thread.authorized_participants)
        thread.current_participants = nameless(thread.current_participants)
    return _save(
        threads,
        *("customer_name", "organization_name", "last_sender_name"),
        *("authorized_participants", "current_participants"),
    )


def _save(threads: list[Thread], *fields: str) -> int:
    """Without the digest of an answer: the next one is stored again."""
    for thread in threads:
        thread.answer_digest, thread.is_answer_whole = b"", False
        mapping.fill_search(thread)
    every = [*fields, "answer_digest", "is_answer_whole", "search_names", "search_text"]
    Thread.objects.bulk_update(threads, every)
    return len(threads)

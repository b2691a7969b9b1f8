"""Write Mirakl's threads and messages to the mirror.

An older answer never overwrites a newer one. A page of any size takes a handful of queries.
Deletions follow Mirakl too: see `deletions`.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from inbox import mirakl
from inbox.models import Attachment, Marketplace, Message, Thread
from inbox.services import reply_clock
from inbox.services.locks import take_turns
from inbox.services.mirakl_ids import stored_id
from inbox.services.mirror import deletions, mapping
from inbox.services.triage import actions, round_robin

log = logging.getLogger(__name__)

# Errors of the database itself, not of the record to be stored.
OUT_OF_ORDER = (OperationalError, InterfaceError)
# Set by the desk: Mirakl must not overwrite them.
OURS = {"assignee", "snoozed_until", "status"}
THREAD_FIELDS = [
    field.name
    for field in Thread._meta.concrete_fields
    if field.name not in {"id", "marketplace", "mirakl_id", "search"} | OURS
]
MESSAGE_FIELDS = [
    field.name
    for field in Message._meta.concrete_fields
    if field.name not in {"id", "thread", "mirakl_id", "search"}
]


# The fields of a message that can change. `created_at` comes first.
COMPARED = [
    *("created_at", "is_dated", "gone_at", "body", "sender_type", "sender_name"),
    *("sender_organization", "recipients"),
]


def store_threads(
    marketplace: Marketplace,
    records: Iterable[mirakl.Thread],
    *,
    read_at: datetime | None = None,
) -> bool:
    """Upsert threads and their messages; `read_at`: when M10 was called, None for M11.

    Returns whether a thread was new or had news. If one of several cannot be stored, the others
    still are: it is kept as a row that cannot be opened, and counted as such.
    """
    newest = _newest_of_each(records)
    if not newest:
        return False
    try:
        return _store(marketplace, newest, read_at)
    except Exception as error:
        if read_at or isinstance(error, OUT_OF_ORDER):
            raise
    news = [_store_alone(marketplace, key, record) for key, record in newest.items()]
    return any(news)


def _store_alone(marketplace: Marketplace, key: str, record: mirakl.Thread) -> bool:
    try:
        return _store(marketplace, {key: record}, None)
    except Exception as error:
        if isinstance(error, OUT_OF_ORDER):
            raise
        kind = type(error).__name__
        log.warning("thread %s of %s cannot be stored: %s", key, marketplace.slug, kind)
    return _keep_what_is_known(marketplace, key, record)


def _keep_what_is_known(marketplace: Marketplace, key: str, record: mirakl.Thread) -> bool:
    """Store id and reply clock of an unreadable thread. Returns whether its row is new."""
    kept: dict[str, Any] = {"is_askable": False}
    since = record.metadata.shop_reply_needed_since
    is_clock_ours = marketplace.role != Marketplace.Role.SELLER
    if not is_clock_ours and (since is None or isinstance(since, datetime)):
        since = mapping.moment(since)
        kept["shop_reply_needed_since"] = since
        kept["due_at"] = reply_clock.due_at(marketplace, reply_needed_since=since, waiting=None)
    last = mapping.moment(record.metadata.last_message_date) or mapping.moment(record.date_updated)
    _thread, is_new = Thread.objects.update_or_create(
        marketplace=marketplace,
        mirakl_id=key,
        defaults=kept,
        create_defaults=kept | {"last_message_at": last or timezone.now()},
    )
    return is_new


@transaction.atomic
def _store(
    marketplace: Marketplace, newest: dict[str, mirakl.Thread], read_at: datetime | None
) -> bool:
    take_turns(marketplace)
    mirrored = Thread.objects.filter(marketplace=marketplace, mirakl_id__in=newest)
    known = {thread.mirakl_id: thread for thread in mirrored.defer("search")}
    drafts = [
        mapping.Draft(marketplace, record, known.get(key), read_at)
        for key, record in newest.items()
        if not _is_older(record, known.get(key))
    ]
    earlier = _earlier_letters(drafts)
    threads = [draft.thread(earlier[draft.record.id]) for draft in drafts]
    Thread.objects.bulk_create(
        threads,
        update_conflicts=True,
        unique_fields=["marketplace", "mirakl_id"],
        update_fields=THREAD_FIELDS,
    )
    heard, stored = _store_messages(threads, drafts)
    for thread, draft in zip(threads, drafts, strict=True):
        if draft.is_complete:
            deletions.follow(thread, draft, mirrored=stored[thread.pk])
    actions.hear(heard)
    new = {thread.pk for thread, draft in zip(threads, drafts, strict=True) if not draft.known}
    round_robin.share_out(marketplace, new | heard)
    return any(_is_news(draft) for draft in drafts)


def _is_news(draft: mapping.Draft) -> bool:
    known = draft.known
    return known is None or mapping.age_of(draft.record) > (known.updated_at or mapping.EARLIEST)


def _newest_of_each(records: Iterable[mirakl.Thread]) -> dict[str, mirakl.Thread]:
    """By stored id; a page may hold a thread twice."""
    newest: dict[str, mirakl.Thread] = {}
    for record in records:
        if not record.id:
            continue
        key = stored_id(record.id)
        rival = newest.get(key)
        if rival is None or mapping.age_of(record) >= mapping.age_of(rival):
            newest[key] = record
    return newest


def _is_older(record: mirakl.Thread, known: Thread | None) -> bool:
    if known is None or known.updated_at is None:
        return False
    return mapping.age_of(record) < known.updated_at


def _earlier_letters(drafts: list[mapping.Draft]) -> dict[str, list[reply_clock.Letter]]:
    """The mirror's messages that an answer lacks, for threads whose reply clock needs them.

    Either M11 shows a thread's end without a message of ours, or M10 no longer shows all.
    """
    ids = {
        draft.known.pk: draft.record.id for draft in drafts if draft.known and draft.needs_earlier
    }
    letters: dict[str, list[reply_clock.Letter]] = defaultdict(list)
    if ids:
        shown = {draft.record.id: draft.keys for draft in drafts}
        mirrored = Message.objects.filter(thread__in=ids).defer("body", "search_text", "search")
        for message in mirrored:
            if message.mirakl_id not in shown[ids[message.thread_id]]:
                letters[ids[message.thread_id]].append(mapping.letter_of(message))
    return letters


def _store_messages(
    threads: list[Thread], drafts: list[mapping.Draft]
) -> tuple[set[int], dict[int, set[str]]]:
    """Write new and changed messages; most of a page is neither.

    Returns the threads on which a message to us is newer than the newest one stored, and by thread
    the ids of the messages that were stored before.
    """
    mirrored = Message.objects.filter(thread__in=threads)
    known, newest = {}, dict[int, datetime]()
    ids: defaultdict[int, set[str]] = defaultdict(set)
    for pk, owner, mirakl_id, *values in mirrored.values_list(
        "pk", "thread", "mirakl_id", *COMPARED
    ):
        known[owner, mirakl_id] = (pk, dict(zip(COMPARED, values, strict=True)))
        newest[owner] = max(values[0], newest.get(owner, values[0]))
        ids[owner].add(mirakl_id)
    changed, with_files, heard = [], [], set[int]()
    for thread, draft in zip(threads, drafts, strict=True):
        for record in draft.messages:
            message = mapping.message(thread, record)
            pk, mirrored_as = known.get((thread.pk, message.mirakl_id), (None, {}))
            if pk and not message.is_dated:
                # Keep the date that was guessed at the first reading.
                message.created_at = mirrored_as["created_at"]
            if pk and all(getattr(message, name) == mirrored_as[name] for name in COMPARED):
                message.pk = pk
            else:
                message.search_text = mapping.searchable(message.body, mapping.names_of(record))
                changed.append(message)
                is_later = thread.pk in newest and message.created_at > newest[thread.pk]
                if is_later and pk is None and not message.is_ours:
                    heard.add(thread.pk)
            if record.attachments:
                with_files.append((message, record))
    Message.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["thread", "mirakl_id"],
        update_fields=MESSAGE_FIELDS,
    )
    _store_attachments(with_files)
    return heard, ids


def _store_attachments(owners: list[tuple[Message, mirakl.Message]]) -> None:
    if not owners:
        return
    mirrored = Attachment.objects.filter(message__in=[message for message, _record in owners])
    known = set(mirrored.values_list("message", "mirakl_id", "name", "size"))
    changed = {
        (message.pk, attachment.mirakl_id): attachment
        for message, record in owners
        for attachment in mapping.attachments(message, record)
        if (message.pk, attachment.mirakl_id, attachment.name, attachment.size) not in known
    }
    _find_by_names(owners, {message for message, _id in changed})
    Attachment.objects.bulk_create(
        changed.values(),
        update_conflicts=True,
        unique_fields=["message", "mirakl_id"],
        update_fields=["name", "size"],
    )


def _find_by_names(owners: list[tuple[Message, mirakl.Message]], changed: set[int]) -> None:
    """Update messages whose files arrived after they did."""
    late = [
        (message, record)
        for message, record in owners
        if message.pk in changed and not message.search_text
    ]
    for message, record in late:
        message.search_text = mapping.searchable(message.body, mapping.names_of(record))
    Message.objects.bulk_update([message for message, _record in late], ["search_text"])

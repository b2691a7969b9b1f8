"""Write Mirakl's threads and messages to the mirror.

An older answer never overwrites a newer one. A page of any size takes a handful of queries.
Deletions follow Mirakl too: see `deletions`.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
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
from inbox.services.mirror.stored_messages import (
    COMPARED,
    StoredFile,
    StoredMessages,
    read_stored_messages,
)
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
    if field.name not in {"id", "marketplace", "thread", "mirakl_id", "search"}
]


@dataclass(frozen=True)
class _Result:
    """Threads as they are in the mirror now; `moved` are the pks of those that the desk may have
    reopened or assigned."""

    threads: list[Thread] = field(default_factory=list)
    is_news: bool = False
    moved: set[int] = field(default_factory=set)


def store_thread(
    marketplace: Marketplace, record: mirakl.Thread, *, read_at: datetime
) -> Thread | None:
    """Upsert a thread from M10. Returns its row; None if the record has no id."""
    newest = _newest_of_each([record])
    if not newest:
        return None
    result = _store(marketplace, newest, read_at)
    thread = result.threads[0]
    if thread.pk in result.moved:
        thread.refresh_from_db(fields=OURS)
    return thread


def store_threads(marketplace: Marketplace, records: Iterable[mirakl.Thread]) -> bool:
    """Upsert threads and their messages from M11. Returns whether a thread was new or had news.

    If one of several cannot be stored, the others still are: it is kept as a row that cannot be
    opened, and counted as such.
    """
    newest = _newest_of_each(records)
    if not newest:
        return False
    try:
        return _store(marketplace, newest, None).is_news
    except Exception as error:
        if isinstance(error, OUT_OF_ORDER):
            raise
    news = [_store_alone(marketplace, key, record) for key, record in newest.items()]
    return any(news)


def _store_alone(marketplace: Marketplace, key: str, record: mirakl.Thread) -> bool:
    try:
        return _store(marketplace, {key: record}, None).is_news
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
) -> _Result:
    take_turns(marketplace)
    rows = Thread.objects.filter(marketplace=marketplace, mirakl_id__in=newest).defer("search")
    known = {thread.mirakl_id: thread for thread in rows}
    drafts = [
        mapping.Draft(marketplace, record, known.get(key), read_at)
        for key, record in newest.items()
        if not _is_older(record, known.get(key))
    ]
    stored = read_stored_messages([draft.known.pk for draft in drafts if draft.known])
    threads = [draft.thread(_earlier_letters(draft, stored)) for draft in drafts]
    Thread.objects.bulk_create(
        threads,
        update_conflicts=True,
        unique_fields=["marketplace", "mirakl_id"],
        update_fields=THREAD_FIELDS,
    )
    heard = _store_messages(threads, drafts, stored)
    for thread, draft in zip(threads, drafts, strict=True):
        if draft.is_complete:
            deletions.follow(thread, draft, stored=stored.get(thread.pk, {}))
    actions.hear(heard)
    new = {thread.pk for thread, draft in zip(threads, drafts, strict=True) if not draft.known}
    round_robin.share_out(marketplace, new | heard)
    current = known | {thread.mirakl_id: thread for thread in threads}
    return _Result(list(current.values()), any(map(_is_news, drafts)), new | heard)


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


def _earlier_letters(draft: mapping.Draft, stored: StoredMessages) -> list[reply_clock.Letter]:
    """The mirror's messages that an answer lacks, for a thread whose reply clock needs them.

    Either M11 shows a thread's end without a message of ours, or M10 no longer shows all.
    """
    if not draft.known or not draft.needs_earlier:
        return []
    return [
        mapping.letter_of(Message(**message.values))
        for message in stored.get(draft.known.pk, {}).values()
        if message.mirakl_id not in draft.keys
    ]


def _store_messages(
    threads: list[Thread], drafts: list[mapping.Draft], stored: StoredMessages
) -> set[int]:
    """Write new and changed messages; most of a page is neither.

    Returns the threads on which a message to us is newer than the newest one stored.
    """
    changed, with_files, heard = [], [], set[int]()
    for thread, draft in zip(threads, drafts, strict=True):
        known = stored.get(thread.pk, {})
        newest = max((one.values["created_at"] for one in known.values()), default=None)
        for record in draft.messages:
            message = mapping.message(thread, record)
            before = known.get(message.mirakl_id)
            if before and not message.is_dated:
                # Keep the date that was guessed at the first reading.
                message.created_at = before.values["created_at"]
            if before and all(getattr(message, name) == before.values[name] for name in COMPARED):
                message.pk = before.pk
            else:
                message.search_text = mapping.searchable(message.body, mapping.names_of(record))
                changed.append(message)
                is_later = newest is not None and message.created_at > newest
                if is_later and before is None and not message.is_ours:
                    heard.add(thread.pk)
            if record.attachments:
                with_files.append((message, record, before.files if before else []))
    Message.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["thread", "mirakl_id"],
        update_fields=MESSAGE_FIELDS,
    )
    _store_attachments(with_files)
    return heard


def _store_attachments(owners: list[tuple[Message, mirakl.Message, list[StoredFile]]]) -> None:
    changed = {
        (message.pk, attachment.mirakl_id): attachment
        for message, record, files in owners
        for known in [{(one.mirakl_id, one.name, one.size) for one in files}]
        for attachment in mapping.attachments(message, record)
        if (attachment.mirakl_id, attachment.name, attachment.size) not in known
    }
    if not changed:
        return
    pks = {message for message, _id in changed}
    _find_by_names([(one, record) for one, record, _files in owners if one.pk in pks])
    Attachment.objects.bulk_create(
        changed.values(),
        update_conflicts=True,
        unique_fields=["message", "mirakl_id"],
        update_fields=["name", "size"],
    )


def _find_by_names(changed: list[tuple[Message, mirakl.Message]]) -> None:
    """Update messages whose files arrived after they did."""
    late = [(message, record) for message, record in changed if not message.search_text]
    for message, record in late:
        message.search_text = mapping.searchable(message.body, mapping.names_of(record))
    Message.objects.bulk_update([message for message, _record in late], ["search_text"])

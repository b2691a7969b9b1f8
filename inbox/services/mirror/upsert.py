"""Write Mirakl's threads and messages to the mirror.

An older answer never overwrites a newer one. A page of any size takes a handful of queries.
Deletions follow Mirakl too: see `deletions`.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from inbox import mirakl
from inbox.models import Attachment, Marketplace, Message, Outgoing, Thread
from inbox.models.columns import Columns
from inbox.models.prepared import prepared
from inbox.services import reply_clock
from inbox.services.insight import spans
from inbox.services.locks import lock_marketplace
from inbox.services.marketplaces import erasure_marks
from inbox.services.mirakl_ids import stored_id
from inbox.services.mirror import deletions, known_answers, mapping
from inbox.services.mirror.stored_messages import (
    COMPARED,
    StoredFile,
    StoredMessages,
    read_stored_messages,
)
from inbox.services.triage import round_robin
from inbox.services.triage.status import reopen_on_message

log = logging.getLogger(__name__)

# Errors of the database itself, not of the record to be stored.
OUT_OF_ORDER = (OperationalError, InterfaceError)
# Set by the desk: Mirakl must not overwrite them.
OURS = {"assignee", "reply_minutes", "snoozed_until", "status"}
THREAD_FIELDS = [
    field.name
    for field in Thread._meta.concrete_fields
    if field.name not in {"id", "marketplace", "mirakl_id", "search"} | OURS
]
MESSAGE_FIELDS = [
    field.name
    for field in Message._meta.concrete_fields
    if field.name
    not in {"id", "marketplace", "thread", "mirakl_id", "search"} | {"seen_at", "is_from_desk"}
]


@dataclass(frozen=True)
class _Result:
    """Threads as they are in the mirror now; `moved` are the pks of threads that the desk may have
    reopened or assigned."""

    threads: list[Thread] = field(default_factory=list)
    is_news: bool = False
    moved: set[int] = field(default_factory=set)


def store_thread(
    marketplace: Marketplace, record: mirakl.Thread, *, read_at: datetime
) -> Thread | None:
    """Upsert a thread from M10. Returns its row; None if the record has no id, or its customer was
    erased."""
    newest = _newest_of_each([record])
    if not newest:
        return None
    if known := _read_again(marketplace, newest, read_at):
        return known
    result = _store(marketplace, newest, read_at)
    if not result.threads:
        return None
    thread = result.threads[0]
    if thread.pk in result.moved:
        thread.refresh_from_db(fields=OURS)
    return thread


def _read_again(
    marketplace: Marketplace, newest: dict[str, mirakl.Thread], read_at: datetime
) -> Thread | None:
    """The row of a thread whose last answer was the same, and whole."""
    ((key, record),) = newest.items()
    rows = Thread.objects.filter(marketplace=marketplace, mirakl_id=key, is_answer_whole=True)
    same = rows.filter(answer_digest=known_answers.digest(record))
    is_same = same.update(read_at=read_at)
    if not is_same:
        return None
    return next(iter(_read_then(marketplace=marketplace.pk, mirakl_id=key, at=read_at)), None)


@prepared
def _read_then(*, marketplace: int, mirakl_id: str, at: datetime) -> QuerySet[Thread]:
    whole = Thread.objects.filter(is_answer_whole=True, read_at=at)
    named = whole.filter(marketplace=marketplace, mirakl_id=mirakl_id)
    return named.select_related("assignee").defer("search")


def store_threads(marketplace: Marketplace, records: Iterable[mirakl.Thread]) -> bool:
    """Upsert threads and their messages from M11. Returns whether a thread was new or had news.

    If one of several cannot be stored, the others still are: it is kept as a row that cannot be
    opened, and counted as such.
    """
    newest = _newest_of_each(known_answers.select_changed(marketplace, list(records)))
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
    kept: Columns = {"is_askable": False, "answer_digest": b""}
    since = record.metadata.shop_reply_needed_since
    is_clock_ours = marketplace.role != Marketplace.Role.SELLER
    if not is_clock_ours and (since is None or isinstance(since, datetime)):
        since = mapping.clean_moment(since)
        kept["shop_reply_needed_since"] = since
        kept["due_at"] = reply_clock.compute_due_at(marketplace, since)
    last = mapping.clean_moment(record.metadata.last_message_date) or mapping.clean_moment(
        record.date_updated
    )
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
    lock_marketplace(marketplace)
    rows = Thread.objects.filter(marketplace=marketplace, mirakl_id__in=newest).defer("search")
    known = {thread.mirakl_id: thread for thread in rows}
    newest = erasure_marks.strip(marketplace, newest, known)
    mappers = [
        mapping.ThreadMapper(marketplace, record, known.get(key), read_at)
        for key, record in newest.items()
        if not _is_older(record, known.get(key))
    ]
    stored = read_stored_messages([mapper.known.pk for mapper in mappers if mapper.known])
    threads = [mapper.thread(_read_earlier_messages(mapper, stored)) for mapper in mappers]
    for thread, mapper in zip(threads, mappers, strict=True):
        before = stored.get(mapper.known.pk, {}) if mapper.known else {}
        thread.is_answer_whole = mapper.shows_all and deletions.is_all_shown(mapper, before)
    Thread.objects.bulk_create(
        threads,
        update_conflicts=True,
        unique_fields=["marketplace", "mirakl_id"],
        update_fields=THREAD_FIELDS,
    )
    heard = _store_messages(threads, mappers, stored)
    for thread, mapper in zip(threads, mappers, strict=True):
        if mapper.is_complete:
            deletions.delete_missing(thread, mapper, stored=stored.get(thread.pk, {}))
    spans.store_spans(marketplace, threads)
    reopen_on_message(heard)
    new = {thread.pk for thread, mapper in zip(threads, mappers, strict=True) if not mapper.known}
    round_robin.assign_by_round_robin(marketplace, new | heard)
    current = known | {thread.mirakl_id: thread for thread in threads}
    return _Result(list(current.values()), any(map(_is_news, mappers)), new | heard)


def _is_news(mapper: mapping.ThreadMapper) -> bool:
    known = mapper.known
    return known is None or mapping.get_age(mapper.record) > (known.updated_at or mapping.EARLIEST)


def _newest_of_each(records: Iterable[mirakl.Thread]) -> dict[str, mirakl.Thread]:
    """By stored id; a page may hold a thread twice."""
    newest: dict[str, mirakl.Thread] = {}
    for record in records:
        if not record.id:
            continue
        key = stored_id(record.id)
        rival = newest.get(key)
        if rival is None or mapping.get_age(record) >= mapping.get_age(rival):
            newest[key] = record
    return newest


def _is_older(record: mirakl.Thread, known: Thread | None) -> bool:
    if known is None or known.updated_at is None:
        return False
    return mapping.get_age(record) < known.updated_at


def _read_earlier_messages(
    mapper: mapping.ThreadMapper, stored: StoredMessages
) -> list[reply_clock.ClockMessage]:
    """The mirror's messages that an answer lacks, for a thread whose reply clock needs them.

    Either M11 shows a thread's end without a message of ours, or M10 no longer shows all.
    """
    if not mapper.known or not mapper.needs_earlier:
        return []
    return [
        mapping.map_clock_message(Message(**message.values))
        for message in stored.get(mapper.known.pk, {}).values()
        if message.mirakl_id not in mapper.keys
    ]


def _store_messages(
    threads: list[Thread], mappers: list[mapping.ThreadMapper], stored: StoredMessages
) -> set[int]:
    """Write new and changed messages; most of a page is neither.

    Returns the threads on which a message to us is newer than the newest one stored.
    """
    changed, with_files, heard = [], [], set[int]()
    for thread, mapper in zip(threads, mappers, strict=True):
        known = stored.get(thread.pk, {})
        newest = max((one.values["created_at"] for one in known.values()), default=None)
        for record in mapper.messages:
            message = mapping.map_message(thread, record)
            before = known.get(message.mirakl_id)
            if before and not message.is_dated:
                # Keep the date that was guessed at the first reading.
                message.created_at = before.values["created_at"]
            if before and all(getattr(message, name) == before.values[name] for name in COMPARED):
                message.pk = before.pk
            else:
                message.search_text = mapping.build_search_text(
                    message.body, mapping.list_file_names(record)
                )
                changed.append(message)
                is_later = newest is not None and message.created_at > newest
                if is_later and before is None and not message.is_ours:
                    heard.add(thread.pk)
            if record.attachments:
                with_files.append((message, record, before.files if before else []))
    _credit_desk([one for one in changed if one.is_ours])
    Message.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["thread", "mirakl_id"],
        update_fields=MESSAGE_FIELDS,
    )
    _store_attachments(with_files)
    return heard


def _credit_desk(ours: list[Message]) -> None:
    """Mark the messages that the desk has sent."""
    if ours:
        pks, ids = {one.marketplace_id for one in ours}, [one.mirakl_id for one in ours]
        found = Outgoing.objects.filter(marketplace__in=pks, message_id__in=ids)
        sent = set(found.values_list("message_id", flat=True))
        for message in ours:
            message.is_from_desk = message.mirakl_id in sent


def _store_attachments(owners: list[tuple[Message, mirakl.Message, list[StoredFile]]]) -> None:
    changed = {
        (message.pk, attachment.mirakl_id): attachment
        for message, record, files in owners
        for known in [{(one.mirakl_id, one.name, one.size) for one in files}]
        for attachment in mapping.map_attachments(message, record)
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
        message.search_text = mapping.build_search_text(
            message.body, mapping.list_file_names(record)
        )
    Message.objects.bulk_update([message for message, _record in late], ["search_text"])

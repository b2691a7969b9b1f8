"""Deletes from the mirror what Mirakl no longer shows: texts, names, files.

The row of a message stays, with its id, date and side: clocks and reports count it.
"""

from collections.abc import Mapping
from datetime import timedelta

from inbox.models import Attachment, Message, Participant, Thread
from inbox.services import database_clock
from inbox.services.mirakl_ids import stored_id
from inbox.services.mirror import mapping
from inbox.services.mirror.stored_messages import StoredMessage

# M10 may not show a message this new yet, most often one that was just sent.
NEW_FOR = timedelta(minutes=10)


def delete_missing(
    thread: Thread, mapper: mapping.ThreadMapper, *, stored: Mapping[str, StoredMessage]
) -> None:
    """Make the thread's messages and files match a complete M10.

    `stored` are the messages that were stored before it, by id.
    """
    if stored.keys() - mapper.keys:
        _erase_messages(thread, mapper)
    if gone := _missing_files(mapper, stored):
        _erase_files(gone)


def is_all_shown(mapper: mapping.ThreadMapper, stored: Mapping[str, StoredMessage]) -> bool:
    """Whether the answer shows all messages and files that are stored."""
    return not (stored.keys() - mapper.keys or _missing_files(mapper, stored))


def _missing_files(mapper: mapping.ThreadMapper, stored: Mapping[str, StoredMessage]) -> list[int]:
    return [
        file.pk
        for message in mapper.messages
        for shown in [{stored_id(file.id) for file in message.attachments}]
        if (before := stored.get(stored_id(message.id)))
        for file in before.files
        if file.mirakl_id not in shown
    ]


def _erase_messages(thread: Thread, mapper: mapping.ThreadMapper) -> None:
    now = mapper.read_at or database_clock.now()
    here = Message.objects.filter(thread=thread, gone_at=None, created_at__lt=now - NEW_FOR)
    erased = list(here.exclude(mirakl_id__in=mapper.keys).defer("search"))
    for message in erased:
        message.gone_at = now
        message.body = message.sender_name = message.sender_organization = message.search_text = ""
        # The types of recipients without their names: the reply clock needs them.
        message.recipients = [Participant(one.type) for one in message.recipients]
    fields = ["gone_at", "body", "sender_name", "sender_organization", "search_text", "recipients"]
    Message.objects.bulk_update(erased, fields)
    Attachment.objects.filter(message__in=erased).delete()


def _erase_files(pks: list[int]) -> None:
    """Also removes the files' names from the search."""
    messages = list(Message.objects.filter(attachments__in=pks).distinct().only("body"))
    Attachment.objects.filter(pk__in=pks).delete()
    for message in messages:
        names = message.attachments.values_list("name", flat=True)
        message.search_text = mapping.build_search_text(message.body, names)
    Message.objects.bulk_update(messages, ["search_text"])

"""Fills the search texts of rows that an older version wrote.

A row that is not filled yet is found as before.
"""

from typing import TypeVar

from django.db.models import Prefetch, QuerySet

from inbox import word_forms
from inbox.models import Attachment, Message, Note, Thread
from inbox.models.searching import SEARCH_VERSION
from inbox.services.backfills import steps
from inbox.services.mirror import mapping

Row = TypeVar("Row", Message, Note, Thread)
TEXTS = ["search_text", "search_version"]


def fill() -> None:
    """Update every row that an older version wrote."""
    steps.run(fill_messages, fill_threads, fill_notes)


# They read only these columns: a migration may run this, and later ones may add others.


def fill_messages(after: int) -> int | None:
    files = Prefetch("attachments", Attachment.objects.only("message_id", "name"))
    found = Message.objects.only("body").prefetch_related(files)
    return steps.change(_older(found), after, _fill_message, TEXTS)


def fill_threads(after: int) -> int | None:
    names = ("customer_name", "organization_name", "shop_name", "marketplace__role")
    found = Thread.objects.select_related("marketplace")
    found = found.only(*names, "topic_type", "topic_value", "entities", "tracking_numbers")
    return steps.change(_older(found), after, _fill_thread, [*TEXTS, "search_names"])


def fill_notes(after: int) -> int | None:
    return steps.change(_older(Note.objects.only("body")), after, _fill_note, TEXTS)


def _older(found: QuerySet[Row]) -> QuerySet[Row]:
    return found.filter(search_version__lt=SEARCH_VERSION)


def _fill_message(message: Message) -> None:
    names = [file.name for file in message.attachments.all()]
    message.search_text = mapping.build_search_text(message.body, names)
    message.search_version = SEARCH_VERSION


def _fill_thread(thread: Thread) -> None:
    mapping.fill_search(thread)
    thread.search_version = SEARCH_VERSION


def _fill_note(note: Note) -> None:
    note.search_text = word_forms.indexed(note.body)
    note.search_version = SEARCH_VERSION

"""Fills the search texts of rows that were written with an older version of them.

Until it has come to a row, the row is found as it was before.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from inbox.models import Message, Note, Thread
from inbox.models.searching import SEARCH_VERSION
from inbox.services import rows, words

STEP = 500
TEXTS = ["search_text", "search_version"]


def fill() -> None:
    """Afterwards a search finds every row.

    It can be stopped at any step, run again, and run while the desk is used.
    """
    for step in (fill_messages, fill_threads, fill_notes):
        last: int | None = 0
        while last is not None:
            last = step(last)


# Each returns the last of the next rows that were filled; None when none was left. They read only
# these columns: a migration runs this, and later ones may add others.


def fill_messages(after: int) -> int | None:
    found = Message.objects.only("body").prefetch_related("attachments")
    return _fill_step(found, after, _fill_message, TEXTS)


def fill_threads(after: int) -> int | None:
    names = ("customer_name", "organization_name", "shop_name", "marketplace__role")
    found = Thread.objects.select_related("marketplace")
    found = found.only(*names, "topic_type", "topic_value", "entities")
    return _fill_step(found, after, rows.fill_search, [*TEXTS, "search_names"])


def fill_notes(after: int) -> int | None:
    return _fill_step(Note.objects.only("body"), after, _fill_note, TEXTS)


def _fill_message(message: Message) -> None:
    names = [file.name for file in message.attachments.all()]
    message.search_text = rows.searchable(message.body, names)


def _fill_note(note: Note) -> None:
    note.search_text = words.indexed(note.body)


@transaction.atomic
def _fill_step(
    found: QuerySet[Any], after: int, fill_row: Callable[[Any], None], fields: list[str]
) -> int | None:
    """Locks its few rows: a display that erases a message meanwhile comes before or after."""
    older = found.filter(search_version__lt=SEARCH_VERSION, pk__gt=after).order_by("pk")
    filled = list(older.select_for_update(of=("self",))[:STEP])
    for row in filled:
        fill_row(row)
        row.search_version = SEARCH_VERSION
    found.model._default_manager.bulk_update(filled, fields)
    return filled[-1].pk if filled else None

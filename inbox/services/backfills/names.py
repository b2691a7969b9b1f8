"""Decodes names, titles and file names that an older version stored as Mirakl sent them."""

from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from msgspec.structs import replace

from inbox import mirakl
from inbox.models import Attachment, Entity, Message, Participant, Thread
from inbox.services.backfills import steps
from inbox.services.mirror import mapping

# An escape, or a character that has no width, changes the direction, or is a surplus space.
ODD = (
    "&#?[0-9a-zA-Z]+;|[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0]|^\\s|\\s$"
)
THREADS = ["topic_value", "customer_name", "organization_name", "shop_name", "last_sender_name"]
THREAD_LISTS = ["entities", "authorized_participants", "current_participants"]
MESSAGES = ["sender_name", "sender_organization"]


def read_again() -> None:
    """Update every row as if it had just been stored.

    A name that is still escaped afterwards (it was escaped twice) is decoded again by the next run,
    or when a display stores it.
    """
    steps.run(read_threads, read_messages, read_files)


# They read only these columns: a migration may run this, and later ones may add others.


def read_threads(after: int) -> int | None:
    found = _odd(Thread.objects.select_related("marketplace"), THREADS, THREAD_LISTS)
    found = found.only(
        *THREADS, *THREAD_LISTS, "topic_type", "tracking_numbers", "marketplace__role"
    )
    names = [*THREADS, *THREAD_LISTS, "search_names", "search_text"]
    return steps.change(found, after, _read_thread, names)


def read_messages(after: int) -> int | None:
    found = _odd(Message.objects.all(), MESSAGES, ["recipients"]).only(*MESSAGES, "recipients")
    return steps.change(found, after, _read_message, [*MESSAGES, "recipients"])


def read_files(after: int) -> int | None:
    found = _odd(Attachment.objects.all(), ["name"], []).only("name")
    return steps.change(found, after, lambda file: _read(file, ["name"], []), ["name"])


def _odd(found: QuerySet[Any], names: list[str], lists: list[str]) -> QuerySet[Any]:
    texts = {f"{name}_as_text": Cast(name, TextField()) for name in lists}
    is_odd = Q()
    for name in [*names, *texts]:
        is_odd |= Q(**{f"{name}__regex": ODD})
    odd: QuerySet[Any] = found.alias(**texts).filter(is_odd)
    return odd


def _read_thread(thread: Thread) -> None:
    _read(thread, THREADS, THREAD_LISTS)
    mapping.fill_search(thread)


def _read_message(message: Message) -> None:
    _read(message, MESSAGES, ["recipients"])


def _read(row: Any, names: list[str], lists: list[str]) -> None:
    for name in names:
        setattr(row, name, mirakl.readable(getattr(row, name)))
    for name in lists:
        setattr(row, name, [_read_part(part) for part in getattr(row, name)])


def _read_part(part: Participant | Entity) -> Participant | Entity:
    if isinstance(part, Entity):
        return replace(part, label=mirakl.readable(part.label))
    return replace(part, display_name=mirakl.readable(part.display_name))

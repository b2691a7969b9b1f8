"""Messages as a conversation's page shows them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, prefetch_related_objects

from inbox.earlier import NOTHING, Earlier
from inbox.models import Attachment, Message, User
from inbox.models.prepared import prepared
from inbox.models.threads import LONGEST_BODY
from inbox.services.mirror import previews
from inbox.services.search import full_text
from inbox.services.search.highlights import Marker, Span

# Folded messages read before each shown one, which may quote them.
QUOTED_BEFORE = 2

Find = Callable[[str], Iterable[Span]]


@dataclass(frozen=True)
class MessageRow:
    """`earlier` is what was said before it; `author` the colleague who wrote it here.

    `find` marks the terms of a search. A wanted message is the one that the address names.
    """

    message: Message
    beginning: str
    earlier: Earlier = NOTHING
    files: Sequence[Attachment] = ()
    author: User | None = None
    find: Find | None = None
    is_wanted: bool = False
    is_whole: bool = False


@dataclass(frozen=True)
class MessagePage:
    """One message: its row, or its original body if there is no row."""

    message: Message
    topic: str
    row: MessageRow | None = None
    longest = LONGEST_BODY


@dataclass(frozen=True)
class Sought:
    """The terms of a search, and the id of the message that it found."""

    find: Find | None = None
    mirakl_id: str = ""

    @classmethod
    def from_query(cls, words: str, mirakl_id: str) -> "Sought":
        terms = full_text.find_terms(words)
        return cls(Marker(terms).spans, mirakl_id) if terms else cls()


def load_rows(
    messages: Sequence[Message],
    shown: Collection[int],
    *,
    authors: Mapping[int, User],
    sought: Sought | None = None,
) -> dict[int, MessageRow]:
    """Rows of the messages at these places, by place; `authors` by the pk of a message."""
    sought = sought or Sought()
    read = {index - back for index in shown for back in range(QUOTED_BEFORE + 1)}
    loaded = {index: messages[index] for index in sorted(read) if index >= 0}
    rows = _bodies(messages=[message.pk for message in loaded.values()])
    beginnings = {row.pk: row.beginning for row in rows}
    said = [previews.Said(beginnings[one.pk], one.sender_side) for one in loaded.values()]
    earlier = dict(zip(loaded, previews.recall(said), strict=True))
    prefetch_files([messages[index] for index in sorted(shown)])
    found: dict[int, MessageRow] = {}
    for index in sorted(shown):
        message = messages[index]
        is_wanted = bool(sought.mirakl_id) and message.mirakl_id == sought.mirakl_id
        found[index] = MessageRow(
            message,
            beginnings[message.pk],
            earlier[index],
            files=list(message.attachments.all()) if message.files else (),
            author=authors.get(message.pk),
            find=sought.find,
            is_wanted=is_wanted,
            is_whole=is_wanted,
        )
    return found


@prepared
def _bodies(*, messages: list[int]) -> QuerySet[Message]:
    return Message.objects.filter(pk__in=messages).with_beginnings().only("pk").order_by()


def prefetch_files(messages: Sequence[Message]) -> None:
    """Makes no query if no message has files."""
    prefetch_related_objects([one for one in messages if one.files], "attachments")


def whole_row(message: Message) -> MessageRow:
    """A message in full, read with its beginning."""
    (earlier,) = previews.recall_before([message], [message.beginning])
    files = list(message.attachments.all())
    return MessageRow(message, message.beginning, earlier, files=files, is_whole=True)

"""The messages and files of the mirror, to be compared with an answer of Mirakl's."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from inbox.models import Attachment, Message
from inbox.models.columns import Columns

# The fields of a message that can change.
COMPARED = [
    *("created_at", "is_dated", "gone_at", "body", "sender_type", "sender_name"),
    *("sender_organization", "recipients"),
]
FILE = JSONObject(pk="pk", mirakl_id="mirakl_id", name="name", size="size")


@dataclass(frozen=True)
class StoredFile:
    pk: int
    mirakl_id: str
    name: str
    size: int | None


@dataclass(frozen=True)
class StoredMessage:
    """`values` are those of the compared fields."""

    pk: int
    mirakl_id: str
    values: Columns
    files: list[StoredFile]


# By the pk of their thread, and then by Mirakl's id as stored.
StoredMessages = dict[int, dict[str, StoredMessage]]


def read_stored_messages(threads: Collection[int]) -> StoredMessages:
    """All messages of these threads with their files, in one query."""
    found: defaultdict[int, dict[str, StoredMessage]] = defaultdict(dict)
    files = Attachment.objects.filter(message=OuterRef("pk")).order_by().values(file=FILE)
    rows = Message.objects.filter(thread__in=threads).annotate(of_it=ArraySubquery(files))
    columns = rows.values_list("pk", "thread", "mirakl_id", "of_it", *COMPARED)
    for pk, thread, mirakl_id, of_it, *values in columns:
        found[thread][mirakl_id] = StoredMessage(
            pk,
            mirakl_id,
            values=dict(zip(COMPARED, values, strict=True)),
            files=[StoredFile(**file) for file in of_it],
        )
    return dict(found)

"""How much of Mirakl's limits is used: messages per thread, files per order, offer or service."""

from dataclasses import dataclass

from django.db.models import QuerySet

from inbox.models import Attachment, Marketplace, Thread
from inbox.models.prepared import prepared

MOST_MESSAGES = 1000
# Over all threads of one order, offer or service; threads with the operator allow more.
MOST_FILES, MOST_FILES_WITH_OPERATOR = 50, 1000
# From here on the composer shows the remaining number.
FEW = 10


@dataclass(frozen=True)
class Budget:
    messages: int
    files: int
    most_files: int
    most_messages: int = MOST_MESSAGES

    @property
    def is_full(self) -> bool:
        """No more messages fit: a new thread is needed."""
        return self.messages >= self.most_messages

    @property
    def messages_left(self) -> int:
        return max(0, self.most_messages - self.messages)

    @property
    def files_left(self) -> int:
        return max(0, self.most_files - self.files)

    @property
    def has_few_messages(self) -> bool:
        return self.messages_left <= FEW

    @property
    def has_few_files(self) -> bool:
        return self.files_left <= FEW


def budget_for(thread: Thread) -> Budget:
    """Limits as far as the mirror knows: threads never opened may hold more files."""
    about = (thread.marketplace, thread.entity_type, thread.entity_id)
    return Budget(
        messages=thread.message_count,
        files=room_used(*about) if thread.entity_id else len(_files_of(thread=thread.pk)),
        most_files=_most(thread.entity_type),
    )


def room_on(marketplace: Marketplace, entity_type: str, entity_id: str) -> int:
    """How many more files fit on an order, offer or service, as far as the mirror knows."""
    used = room_used(marketplace, entity_type, entity_id) if entity_id else 0
    return max(0, _most(entity_type) - used)


def _most(entity_type: str) -> int:
    return MOST_FILES_WITH_OPERATOR if entity_type == "SELLER_OPERATOR" else MOST_FILES


def room_used(marketplace: Marketplace, entity_type: str, entity_id: str) -> int:
    """How many files there are on an order, offer or service."""
    return len(_files_on(marketplace=marketplace.pk, entity_type=entity_type, entity_id=entity_id))


@prepared
def _files_on(*, marketplace: int, entity_type: str, entity_id: str) -> QuerySet[Attachment, str]:
    threads = Thread.objects.filter(
        marketplace=marketplace, entity_type=entity_type, entity_id=entity_id
    )
    return _ids(Attachment.objects.filter(message__thread__in=threads.order_by()))


@prepared
def _files_of(*, thread: int) -> QuerySet[Attachment, str]:
    return _ids(Attachment.objects.filter(message__thread=thread))


def _ids(files: QuerySet[Attachment]) -> QuerySet[Attachment, str]:
    """Each file once, though several messages may show it."""
    return files.order_by().values_list("mirakl_id", flat=True).distinct()

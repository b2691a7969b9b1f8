"""How much of Mirakl's limits is used: messages per thread, files per order, offer or service."""

from dataclasses import dataclass

from django.db.models import Q

from inbox.models import Attachment, Marketplace, Thread

MOST_MESSAGES = 1000
# Over all threads of one order, offer or service; threads with the operator allow more.
MOST_FILES, MOST_FILES_WITH_OPERATOR = 50, 1000
# The composer shows what is left from here on.
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
        files=_count(_on(*about)) if thread.entity_id else _count(Q(message__thread=thread)),
        most_files=_most(thread.entity_type),
    )


def room_on(marketplace: Marketplace, entity_type: str, entity_id: str) -> int:
    """How many more files fit on an order, offer or service, as far as the mirror knows."""
    used = _count(_on(marketplace, entity_type, entity_id)) if entity_id else 0
    return max(0, _most(entity_type) - used)


def _most(entity_type: str) -> int:
    return MOST_FILES_WITH_OPERATOR if entity_type == "SELLER_OPERATOR" else MOST_FILES


def _on(marketplace: Marketplace, entity_type: str, entity_id: str) -> Q:
    return Q(
        marketplace=marketplace,
        message__thread__entity_type=entity_type,
        message__thread__entity_id=entity_id,
    )


def _count(where: Q) -> int:
    return Attachment.objects.filter(where).values("mirakl_id").distinct().count()

"""How much of what Mirakl allows is used: messages of a thread, files of what it is about."""

from dataclasses import dataclass

from django.db.models import Q

from inbox.models import Attachment, Marketplace, Thread

MOST_MESSAGES = 1000
# Over all threads of one order, offer or service; of a shop with its operator there may be more.
MOST_FILES, MOST_FILES_WITH_OPERATOR = 50, 1000
# From here on it is said beside the composer.
FEW = 10


@dataclass(frozen=True)
class Budget:
    messages: int
    files: int
    most_files: int
    most_messages: int = MOST_MESSAGES

    @property
    def is_full(self) -> bool:
        """No message fits any more: what is to be said needs a thread of its own."""
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


def of(thread: Thread) -> Budget:
    """As far as the mirror knows: threads that no display has read yet may hold more files."""
    about = (thread.marketplace, thread.entity_type, thread.entity_id)
    return Budget(
        messages=thread.message_count,
        files=_count(_on(*about)) if thread.entity_id else _count(Q(message__thread=thread)),
        most_files=_most(thread.entity_type),
    )


def room_on(marketplace: Marketplace, entity_type: str, entity_id: str) -> int:
    """How many more files fit on an order, an offer, a service; as far as the mirror knows."""
    used = _count(_on(marketplace, entity_type, entity_id)) if entity_id else 0
    return max(0, _most(entity_type) - used)


def _most(entity_type: str) -> int:
    return MOST_FILES_WITH_OPERATOR if entity_type == "SELLER_OPERATOR" else MOST_FILES


def _on(marketplace: Marketplace, entity_type: str, entity_id: str) -> Q:
    return Q(
        message__thread__marketplace=marketplace,
        message__thread__entity_type=entity_type,
        message__thread__entity_id=entity_id,
    )


def _count(where: Q) -> int:
    return Attachment.objects.filter(where).values("mirakl_id").distinct().count()

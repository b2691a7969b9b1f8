"""How much of what Mirakl allows is used: messages of a thread, files of what it is about."""

from dataclasses import dataclass

from inbox.models import Attachment, Thread

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
    with_operator = thread.entity_type == "SELLER_OPERATOR"
    return Budget(
        messages=thread.message_count,
        files=_files(thread),
        most_files=MOST_FILES_WITH_OPERATOR if with_operator else MOST_FILES,
    )


def _files(thread: Thread) -> int:
    files = Attachment.objects.filter(message__thread=thread)
    if thread.entity_id:
        files = Attachment.objects.filter(
            message__thread__marketplace=thread.marketplace,
            message__thread__entity_type=thread.entity_type,
            message__thread__entity_id=thread.entity_id,
        )
    return files.values("mirakl_id").distinct().count()

"""The page of all files of a conversation or an order."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.models import Attachment, Marketplace, Thread


@dataclass(frozen=True)
class FilesPage:
    """Of a thread, or of all threads of an order."""

    marketplace: Marketplace
    files: Sequence[Attachment]
    thread: Thread | None = None
    order_id: str = ""

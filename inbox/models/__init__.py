from inbox.models.drafts import Draft
from inbox.models.events import Event
from inbox.models.marketplaces import Access, Marketplace
from inbox.models.replies import Reply, ReplyFile
from inbox.models.threads import Attachment, Message, Thread, Visit

__all__ = [
    "Access",
    "Attachment",
    "Draft",
    "Event",
    "Marketplace",
    "Message",
    "Reply",
    "ReplyFile",
    "Thread",
    "Visit",
]

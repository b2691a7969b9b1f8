"""Threads and messages from M10 and M11. Only an id is required."""

import msgspec

from inbox.mirakl.decoding import Moment, Record


class Topic(msgspec.Struct):
    """REASON_CODE, whose value is a code of RE01, or FREE_TEXT."""

    type: str = ""
    value: str = ""


class Entity(Record):
    type: str | None = None
    id: str | None = None
    label: str | None = None


class Participant(Record):
    """A possible or actual recipient. The operator has no id."""

    type: str | None = None
    id: str | None = None
    display_name: str | None = None


class Sender(Record):
    """A user; `organization_details` says for whom they act, if Mirakl sends it."""

    type: str | None = None
    display_name: str | None = None
    organization_details: Participant | None = None


class Organization(Record):
    id: str | None = None
    display_name: str | None = None


class NoReplyNeeded(Record):
    date: Moment | None = None
    user_type: str | None = None


class Metadata(Record):
    total_count: int | None = None
    last_message_date: Moment | None = None
    last_sender: Sender | None = None
    # UNSET if Mirakl sends nothing or nothing readable; None if no reply is due.
    shop_reply_needed_since: Moment | None | msgspec.UnsetType = msgspec.UNSET


class Attachment(Record):
    id: str
    name: str | None = None
    size: int | None = None  # bytes


class Message(Record, rename={"sender": "from"}):
    id: str
    body: str | None = None
    date_created: Moment | None = None
    sender: Sender | None = None
    to: list[Participant] = []
    attachments: list[Attachment] = []


class Thread(Record, dict=True):
    """M10's answer, and an item of M11's. `messages` is empty if M11 was called without them.

    Its `__dict__` holds what callers have computed of it.
    """

    id: str
    topic: Topic | None = None
    entities: list[Entity] = []
    authorized_participants: list[Participant] = []
    current_participants: list[Participant] = []
    customer_organization: Organization | None = None
    date_created: Moment | None = None
    date_updated: Moment | None = None
    metadata: Metadata = msgspec.field(default_factory=Metadata)
    no_store_reply_needed: list[NoReplyNeeded] = []
    messages: list[Message] = []


class ThreadPage(Record):
    """A page of M11. `skipped` items had no id, or were no objects at all."""

    threads: list[Thread]
    next_page_token: str | None = None
    previous_page_token: str | None = None
    skipped: int = 0


class SendResult(msgspec.Struct):
    """The answer of M12, M14 and OR43; M12 and M14 may leave either out."""

    message_id: str | None = None
    thread_id: str | None = None

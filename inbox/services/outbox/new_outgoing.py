"""The input of the outbox: a message as its form has it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from inbox.models import ActionsWhenSent, CannedReply, Destination, Details, Participant


@dataclass(frozen=True, kw_only=True)
class NewOutgoing:
    """One message or document to send; `queue.add` stores it as a row of the outbox."""

    token: UUID  # the form's: the same form sent twice is one row
    destination: Destination
    body: str = ""  # as the agent typed it
    recipients: Sequence[Participant] = ()
    topic_type: str = ""
    topic_value: str = ""
    topic_label: str = ""
    email_subject: str = ""
    details: Details = field(default_factory=Details)
    files: Sequence[UploadedFile] = ()
    # Keys of the files to send of the draft and of the reply it replaces; None for all.
    kept: Collection[str] | None = None
    # The address of its form if it has no thread: the draft of that form ends.
    address: str = ""
    # The version of the draft on its page; None if the page did not send one.
    based_on: str | None = None
    # The pk of the newest message of the thread on the page of its author.
    seen_message_id: int | None = None
    actions: ActionsWhenSent = field(default_factory=ActionsWhenSent)
    # The canned reply that it began with.
    canned: CannedReply | None = None

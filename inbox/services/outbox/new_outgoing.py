"""What a form hands to the outbox."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from inbox.models import About, Details, Then


@dataclass(frozen=True, kw_only=True)
class NewOutgoing:
    """One message or document as its form has it; `queue.add` makes it a row of the outbox."""

    token: UUID  # the form's: the same form sent twice is one row
    about: About
    body: str = ""  # as the agent typed it
    recipients: Sequence[dict[str, Any]] = ()  # {"type", "id"?, "display_name"?}
    topic_type: str = ""
    topic_value: str = ""
    topic_label: str = ""
    email_subject: str = ""
    details: Details = field(default_factory=Details)
    files: Sequence[UploadedFile] = ()
    # Which files of the draft, or of the one it replaces, go along; None for all of them.
    kept: Collection[int] | None = None
    # The version of the draft that its page showed; None where the page did not say.
    based_on: str | None = None
    # The newest message of the thread, by our key, that its author had before them.
    seen_message_id: int | None = None
    then: Then = field(default_factory=Then)

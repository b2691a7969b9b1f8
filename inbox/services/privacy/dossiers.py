"""All that the desk has stored of one customer, for them to read."""

from datetime import datetime

import msgspec

from inbox.models import Attachment, Note, Outgoing
from inbox.models.threads import Message, Thread
from inbox.services.privacy.stores import named_in
from inbox.services.privacy.subjects import Subject


class Written(msgspec.Struct, frozen=True):
    at: datetime
    by: str
    text: str
    files: list[str] = []


class Conversation(msgspec.Struct, frozen=True):
    marketplace: str
    id: str
    customer_id: str
    customer_name: str
    organization: str
    about: str
    order: str
    language: str
    tracking_numbers: str
    messages: list[Written]


class Dossier(msgspec.Struct, frozen=True):
    conversations: list[Conversation]
    messages_on_their_way: list[Written]
    notes: list[Written]


def build_dossier(subject: Subject) -> Dossier:
    threads = subject.conversations.select_related("marketplace").order_by("pk")
    here = Note.objects.filter(thread__marketplace__in=subject.marketplaces)
    notes = here.filter(named_in(subject, "body")) | here.filter(thread__in=subject.conversations)
    replies = subject.replies.exclude(state=Outgoing.State.SENT).prefetch_related("files")
    return Dossier(
        conversations=[_conversation(one) for one in threads],
        messages_on_their_way=[
            Written(one.created_at, "SHOP", one.body, [file.name for file in one.files.all()])
            for one in replies
        ],
        notes=[Written(one.created_at, "SHOP", one.body) for one in notes.distinct()],
    )


def as_json(dossier: Dossier) -> bytes:
    return msgspec.json.format(msgspec.json.encode(dossier), indent=1)


def _conversation(thread: Thread) -> Conversation:
    messages = Message.objects.filter(thread=thread).prefetch_related("attachments")
    return Conversation(
        marketplace=thread.marketplace.name,
        id=thread.mirakl_id,
        customer_id=thread.customer_id,
        customer_name=thread.customer_name,
        organization=thread.organization_name,
        about=thread.topic_value,
        order=thread.order_id,
        language=thread.language,
        tracking_numbers=thread.tracking_numbers,
        messages=[_message(one, list(one.attachments.all())) for one in messages],
    )


def _message(message: Message, files: list[Attachment]) -> Written:
    by = message.sender_name or message.sender_type
    return Written(message.created_at, by, message.body, [one.name for one in files])

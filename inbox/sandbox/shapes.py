"""Threads and messages in the format of Mirakl's newer operations: empty fields are left out."""

from collections.abc import Iterable

from inbox.sandbox.dates import iso
from inbox.sandbox.wire import Json
from inbox.sandbox.world import CUSTOMER, Attachment, Message, Party, Sender, Thread


def party(value: Party) -> Json:
    shape = {"type": value.type, "display_name": value.name}
    return shape if value.id is None else shape | {"id": value.id}


def sender(value: Sender) -> Json:
    """Returns the sender without id; a person of a shop or operator names it too."""
    shape: Json = {"type": f"{value.party.type}_USER", "display_name": value.name}
    if value.party.type != CUSTOMER:
        shape["organization_details"] = party(value.party)
    return shape


def attachment(value: Attachment) -> Json:
    return {"id": value.id, "name": value.name, "size": value.size}


def message(value: Message) -> Json:
    shape: Json = {
        "id": value.id,
        "body": value.body,
        "date_created": iso(value.sent_at),
        "from": sender(value.sender),
        "to": [party(recipient) for recipient in value.to],
    }
    if value.attachments:
        shape["attachments"] = [attachment(item) for item in value.attachments]
    return shape


def thread(value: Thread, visible: list[Message], *, messages: Iterable[Message] | None) -> Json:
    """`visible` holds the messages the caller may see, `messages` those in this answer, if any."""
    shape: Json = {
        "id": value.id,
        "topic": {"type": value.topic.type, "value": value.topic.value},
        "entities": [
            {"type": value.entity.type, "id": value.entity.id, "label": value.entity.label}
        ],
        "authorized_participants": [party(item) for item in value.authorized],
        "current_participants": [party(item) for item in _current(value, visible)],
        "date_created": iso(value.created_at),
        "date_updated": iso(value.updated_at),
        "metadata": {
            "total_count": len(visible),
            "last_message_date": iso(visible[-1].sent_at),
            "last_sender": sender(visible[-1].sender),
            "shop_reply_needed_since": value.reply_needed_since and iso(value.reply_needed_since),
        },
    }
    if value.customer and value.customer.organization:
        organization = value.customer.organization
        shape["customer_organization"] = {
            "id": organization.id,
            "display_name": organization.name,
        }
    if messages is not None:
        shape["messages"] = [message(item) for item in messages]
        shape["no_store_reply_needed"] = [
            {"date": iso(date), "user_type": user_type} for date, user_type in value.no_reply_needed
        ]
    return shape


def _current(value: Thread, visible: list[Message]) -> list[Party]:
    return [item for item in value.authorized if any(m.involves(item.type) for m in visible)]

"""Validates the messages of M12, M14, OR43, SOR43 and SOF43 before they are posted."""

from dataclasses import dataclass
from typing import Any

from inbox.sandbox import reasons, uploads
from inbox.sandbox.call import Call
from inbox.sandbox.errors import Problems
from inbox.sandbox.wire import Json
from inbox.sandbox.world import CUSTOMER, OPERATOR, SHOP, Message, Party, Thread, Topic, post

BODY_MINIMUM, BODY_MAXIMUM, SERVICE_BODY_MAXIMUM = 3, 50_000, 10_000
TOPIC_MINIMUM, TOPIC_MAXIMUM = 3, 200
MESSAGES_MAXIMUM = 1000
FILES_MAXIMUM, OPERATOR_FILES_MAXIMUM = 50, 1000
PARTY_TYPES = (CUSTOMER, OPERATOR, SHOP)
TOPIC_TYPES = ("FREE_TEXT", "REASON_CODE")


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    body: str
    to: tuple[Party, ...]
    topic: Topic | None
    files: list[tuple[str, bytes]]


def body(data: Json, problems: Problems, maximum: int = BODY_MAXIMUM) -> str:
    """Returns the body unchanged, with its markup. An emoji counts as one character."""
    text = data.get("body")
    if not isinstance(text, str):
        problems.add("REQUIRED", "body", "body is required")
        return ""
    if not BODY_MINIMUM <= len(text) <= maximum:
        problems.add("SIZE", "body", f"body size must be between {BODY_MINIMUM} and {maximum}")
    return text


def topic(call: Call, data: Json, problems: Problems, reason_type: str) -> Topic | None:
    given = data.get("topic")
    if given is None:
        return None
    if not isinstance(given, dict) or given.get("type") not in TOPIC_TYPES:
        problems.add("INVALID", "topic.type", f"topic.type must be one of {', '.join(TOPIC_TYPES)}")
        return None
    value = given.get("value")
    if not isinstance(value, str) or not value:
        problems.add("REQUIRED", "topic.value", "topic.value is required")
        return None
    if given["type"] == "REASON_CODE":
        if not reasons.is_allowed(call.role, reason_type, value):
            problems.add("INVALID", "topic.value", f"Unknown reason code [{value}]")
    elif not TOPIC_MINIMUM <= len(value) <= TOPIC_MAXIMUM:
        limits = f"{TOPIC_MINIMUM} and {TOPIC_MAXIMUM}"
        problems.add("SIZE", "topic.value", f"topic.value size must be between {limits}")
    return Topic(given["type"], value)


def required_topic(call: Call, data: Json, problems: Problems, reason_type: str) -> Topic | None:
    if data.get("topic") is None:
        problems.add("REQUIRED", "topic", "topic is required")
    return topic(call, data, problems, reason_type)


def recipients_by_object(
    call: Call, data: Json, problems: Problems, authorized: tuple[Party, ...]
) -> tuple[Party, ...]:
    """M12: `{"type", "id"?}`. The id is optional, but must be correct."""
    found: dict[str, Party] = {}
    for item in _listed(data, problems):
        kind = item.get("type") if isinstance(item, dict) else None
        party = _recipient(call, kind, problems, authorized)
        if party and item.get("id") not in (None, party.id):
            problems.add("INVALID", "to.id", f"Unknown participant [{item['id']}]")
        elif party:
            found[party.type] = party
    return tuple(found.values())


def recipients_by_name(
    call: Call, data: Json, problems: Problems, authorized: tuple[Party, ...]
) -> tuple[Party, ...]:
    """OR43 and its siblings: plain strings."""
    found: dict[str, Party] = {}
    for kind in _listed(data, problems):
        if party := _recipient(call, kind, problems, authorized):
            found[party.type] = party
    return tuple(found.values())


def _listed(data: Json, problems: Problems) -> list[Any]:
    items = data.get("to")
    if not isinstance(items, list) or not items:
        problems.add("REQUIRED", "to", "to must name at least one recipient")
        return []
    return items


def _recipient(
    call: Call, kind: Any, problems: Problems, authorized: tuple[Party, ...]
) -> Party | None:
    if kind not in PARTY_TYPES:
        problems.add("INVALID", "to", f"to must be one of {', '.join(PARTY_TYPES)}")
        return None
    if kind == call.party_type:
        problems.add("INVALID", "to", f"{kind} cannot write to itself")
        return None
    party = next((item for item in authorized if item.type == kind), None)
    if party is None:
        problems.add("FORBIDDEN", "to", f"{kind} is not an authorized participant")
    return party


def check_room(call: Call, thread: Thread, files: int, problems: Problems) -> None:
    """Counts files over all threads of the entity, and messages in the thread."""
    if len(thread.messages) >= MESSAGES_MAXIMUM:
        problems.add("LIMIT", "body", f"A thread takes {MESSAGES_MAXIMUM} messages at most")
    maximum = OPERATOR_FILES_MAXIMUM if thread.entity.type == "SELLER_OPERATOR" else FILES_MAXIMUM
    if files and _files_on(call, thread) + files > maximum:
        problems.add("LIMIT", "files", f"An entity takes {maximum} attachments at most")


def _files_on(call: Call, thread: Thread) -> int:
    entity = (thread.entity.type, thread.entity.id)
    return sum(
        (other.entity.type, other.entity.id) == entity
        for other, _, _ in call.market.attachments.values()
    )


def send(call: Call, thread: Thread, sent: IncomingMessage) -> Json:
    uploads.refuse_if_too_large(sent.body, sent.files)
    message = Message(
        id=call.world.new_id(),
        body=call.stored(sent.body),
        sent_at=call.world.now(),
        sender=call.sender_for(thread),
        to=sent.to,
        attachments=tuple(call.world.attachment(name, content) for name, content in sent.files),
    )
    if sent.topic:
        thread.topic = sent.topic
    post(call.market, thread, message)
    return {"message_id": message.id, "thread_id": thread.id}

"""Is there a message at Mirakl that is the reply nobody confirmed?"""

import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import escape, unescape

from django.db.models import Q

from inbox import mirakl
from inbox.mirakl.wire import Paging
from inbox.models import Reply, ReplyFile
from inbox.services.attachments import safe_name

# Mirakl's clock and ours differ by less than this.
CLOCK_SLACK = timedelta(minutes=2)
# Of the few threads that can be it there are few pages.
LOOKS_FOR_SECONDS = 15
LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# We escape once and Mirakl may do so again; without a bound "&amp;amp;amp;…" takes minutes.
MOST_ESCAPES = 8


def wire_body(text: str) -> str:
    """As the vendor's own connector sends text: escaped, its lines broken by `<br />`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return escape(lines, quote=False).replace("\n", "<br />")


def essence(body: str) -> str:
    """The words alone: the same whether Mirakl stored markup as sent, unescaped or reflowed."""
    for _ in range(MOST_ESCAPES):
        before, body = body, unescape(LINE_BREAK.sub("\n", body))
        if body == before:
            break
    return " ".join(body.split())


def look(client: mirakl.MiraklClient, reply: Reply) -> dict[str, str]:
    """Messages that may be this reply, oldest first, each with the id of its thread."""
    if reply.kind == Reply.Kind.ORDER_MESSAGE:
        return _old_messages(client, reply)
    found = {
        (message.date_created, message.id): thread.id
        for thread in _threads(client, reply)
        for message in thread.messages or []
        if message.date_created is not None and _may_be(message, reply, message.date_created)
    }
    return {message_id: found[moment, message_id] for moment, message_id in sorted(found)}


def _threads(client: mirakl.MiraklClient, reply: Reply) -> Iterator[mirakl.Thread]:
    if reply.starts_thread:
        pages = client.iter_threads(
            entity_type=Reply.Kind(reply.kind).entity_type,
            entity_ids=[reply.order_id] if reply.order_id else [],
            updated_since=reply.created_at - CLOCK_SLACK,
            with_messages=True,
        )
        ends_at = time.monotonic() + LOOKS_FOR_SECONDS
        for page in pages:
            yield from (thread for thread in page.threads if _is_about(thread, reply))
            if time.monotonic() > ends_at:
                # What was not read through says nothing of what is not there.
                raise mirakl.Unavailable("Its pages have no end.", operation="M11")
        return
    assert reply.thread is not None  # noqa: S101  what it is a reply on
    customer = reply.thread.customer_id if reply.marketplace.role == "front" else ""
    try:
        yield client.read_thread(reply.thread.mirakl_id, customer_id=customer or None)
    except mirakl.NotFound:
        return


def _is_about(thread: mirakl.Thread, reply: Reply) -> bool:
    return thread.topic is None or essence(thread.topic.value or "") == essence(reply.topic_value)


def _may_be(message: mirakl.Message, reply: Reply, sent_at: datetime) -> bool:
    sender = (message.sender.type if message.sender else "") or ""
    readers = {one.type for one in message.to or []}
    return (
        _is_recent(reply, sent_at)
        and sender.removesuffix("_USER") == reply.marketplace.our_side
        and readers in (set(), {one["type"] for one in reply.recipients})
        and len(message.attachments or []) == len(reply.files.all())
        and essence(message.body or "") == essence(wire_body(reply.body))
    )


def _is_recent(reply: Reply, sent_at: datetime | None) -> bool:
    """Counted from when it was written, not from the latest attempt: an earlier one may have
    arrived late, and the customer has read it then."""
    return sent_at is not None and sent_at >= reply.created_at - CLOCK_SLACK


# -- from before there were threads ---------------------------------------


def _old_messages(client: mirakl.MiraklClient, reply: Reply) -> dict[str, str]:
    """By OR41, whose newest hundred come first."""
    page = client.order_messages(
        reply.order_id, received="ALL", page=Paging(max=100, sort="dateCreated", order="desc")
    )
    found = [message for message in page.messages if _may_be_old(message, reply)]
    return {str(message.id): "" for message in sorted(found, key=lambda message: message.id)}


def _may_be_old(message: mirakl.LegacyMessage, reply: Reply) -> bool:
    readers = {
        "CUSTOMER": message.to_customer_id,
        "SHOP": message.to_shop_id,
        "OPERATOR": message.to_operator,
    }
    return (
        _is_recent(reply, message.date_created)
        and message.from_type == reply.marketplace.our_side
        and {side for side, reads in readers.items() if reads}
        == {one["type"] for one in reply.recipients}
        and essence(message.subject or "") == essence(reply.details["subject"])
        and essence(message.body or "") == essence(wire_body(reply.body))
    )


# -- documents ------------------------------------------------------------


def document_type(reply: Reply, file: ReplyFile) -> str:
    """Named when it was chosen, under what the browser called it."""
    types = {safe_name(name): code for name, code in reply.details["types"].items()}
    return str(types[file.name])


def documents_there(client: mirakl.MiraklClient, reply: Reply) -> list[ReplyFile]:
    """Those of its files that OR72 lists, and that no other reply has brought there."""
    listed = client.documents.fetch([reply.order_id])
    waiting = reply.files.exclude(file="")
    return [file for file in waiting if _arrivals(listed, reply, file) > _rivals(reply, file)]


def _arrivals(listed: list[mirakl.Document], reply: Reply, file: ReplyFile) -> int:
    return sum(
        (document.file_name, document.type) == (file.name, document_type(reply, file))
        and document.file_size in (None, file.size)
        and _is_recent(reply, document.date_uploaded)
        for document in listed
    )


def _rivals(reply: Reply, file: ReplyFile) -> int:
    """Files of the same name that have arrived on this order, or may have, at about that time."""
    since = reply.created_at - CLOCK_SLACK
    others = ReplyFile.objects.filter(
        reply__kind=reply.kind,
        reply__marketplace=reply.marketplace,
        reply__order_id=reply.order_id,
        name=file.name,
    ).exclude(reply=reply)
    is_of_that_time = Q(reply__settled_at=None) | Q(reply__settled_at__gte=since)
    has_arrived = Q(file="") & ~Q(reply__state=Reply.State.DISCARDED)
    may_arrive = Q(reply__state=Reply.State.SENDING)
    return others.filter(is_of_that_time, has_arrived | may_arrive).count()


# -- twins ----------------------------------------------------------------


def twins(reply: Reply) -> list[Reply]:
    """Other replies of the same words to the same thread or order, of about the same time."""
    others = Reply.objects.filter(
        marketplace=reply.marketplace,
        kind=reply.kind,
        thread=reply.thread,
        order_id=reply.order_id,
    ).exclude(pk=reply.pk)
    since, words = reply.created_at - CLOCK_SLACK, essence(reply.body)
    return [
        other
        for other in others
        if essence(other.body) == words and (other.settled_at is None or other.settled_at >= since)
    ]

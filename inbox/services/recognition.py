"""Is there a message at Mirakl that is the reply nobody confirmed?"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import escape, unescape

from inbox import mirakl
from inbox.models import Reply

# Mirakl's clock and ours differ by less than this.
CLOCK_SLACK = timedelta(minutes=2)
LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def wire_body(text: str) -> str:
    """As the vendor's own connector sends text: escaped, its lines broken by `<br />`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return escape(lines, quote=False).replace("\n", "<br />")


def essence(body: str) -> str:
    """The words alone: the same whether Mirakl stored markup as sent, unescaped or reflowed."""
    before = ""
    while body != before:
        before, body = body, unescape(LINE_BREAK.sub("\n", body))
    return " ".join(body.split())


def look(client: mirakl.MiraklClient, reply: Reply) -> dict[str, str]:
    """Messages that may be this reply, oldest first, each with the id of its thread."""
    found = {
        (message.date_created, message.id): thread.id
        for thread in _threads(client, reply)
        for message in thread.messages or []
        if message.date_created is not None and _may_be(message, reply, message.date_created)
    }
    return {message_id: found[moment, message_id] for moment, message_id in sorted(found)}


def _threads(client: mirakl.MiraklClient, reply: Reply) -> Iterator[mirakl.Thread]:
    if reply.thread is None:
        pages = client.iter_threads(
            entity_type="MMP_ORDER", entity_ids=[reply.order_id], with_messages=True
        )
        for page in pages:
            yield from (thread for thread in page.threads if _is_about(thread, reply))
        return
    customer = reply.thread.customer_id if reply.marketplace.role == "front" else ""
    try:
        yield client.read_thread(reply.thread.mirakl_id, customer_id=customer or None)
    except mirakl.NotFound:
        return


def _is_about(thread: mirakl.Thread, reply: Reply) -> bool:
    return thread.topic is None or essence(thread.topic.value or "") == essence(reply.topic_value)


def _may_be(message: mirakl.Message, reply: Reply, sent_at: datetime) -> bool:
    """Counted from when it was written, not from the latest attempt: an earlier one may have
    arrived late, and the customer has read it then."""
    sender = (message.sender.type if message.sender else "") or ""
    readers = {one.type for one in message.to or []}
    return (
        sent_at >= reply.created_at - CLOCK_SLACK
        and sender.removesuffix("_USER") == reply.marketplace.our_side
        and readers in (set(), {one["type"] for one in reply.recipients})
        and len(message.attachments or []) == len(reply.files.all())
        and essence(message.body or "") == essence(wire_body(reply.body))
    )


def twins(reply: Reply) -> list[Reply]:
    """Other replies of the same words to the same thread or order, of about the same time."""
    others = Reply.objects.filter(
        marketplace=reply.marketplace, thread=reply.thread, order_id=reply.order_id
    ).exclude(pk=reply.pk)
    since, words = reply.created_at - CLOCK_SLACK, essence(reply.body)
    return [
        other
        for other in others
        if essence(other.body) == words and (other.settled_at is None or other.settled_at >= since)
    ]

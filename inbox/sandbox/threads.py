"""Reading threads: M10, M11, M13.

Visibility: a seller sees the threads in which its shop has sent or received a message, and in them
these messages. An operator sees everything of its marketplace. A storefront sees every thread with
a customer, or with `customer_id` only the messages that this customer sent or received.
`total_count` counts the visible threads.
"""

from urllib.parse import quote

from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response

from inbox.sandbox import shapes
from inbox.sandbox.call import Call
from inbox.sandbox.credentials import FRONT, SELLER
from inbox.sandbox.errors import ApiError, not_found
from inbox.sandbox.wire import Json
from inbox.sandbox.world import CUSTOMER, SHOP, Message, Thread

TOKEN_CHARACTERS = frozenset("!#$&+-.^_`|~") | frozenset(map(chr, range(48, 58)))
LETTERS = frozenset(map(chr, (*range(65, 91), *range(97, 123))))


def visible_messages(call: Call, thread: Thread, customer_id: str | None = None) -> list[Message]:
    """Returns no messages if the caller may not see the thread."""
    if call.role == SELLER:
        if not call.owns_shop(thread.shop):
            return []
        return [message for message in thread.messages if message.involves(SHOP)]
    if call.role == FRONT:
        if thread.customer is None or customer_id not in (None, thread.customer.id):
            return []
        if customer_id is not None:
            return [message for message in thread.messages if message.involves(CUSTOMER)]
    return thread.messages


def visible_thread(call: Call, thread_id: str, customer_id: str | None = None) -> Thread:
    thread = call.market.threads.get(thread_id)
    if thread is None or not visible_messages(call, thread, customer_id):
        raise not_found("Thread", thread_id)
    return thread


def read(call: Call, thread_id: str) -> Json:
    """M10: every message, oldest first."""
    customer_id = customer_asked_for(call)
    thread = visible_thread(call, thread_id, customer_id)
    messages = visible_messages(call, thread, customer_id)
    return shapes.thread(thread, messages, messages=messages)


def customer_asked_for(call: Call) -> str | None:
    return (call.request.args.get("customer_id") or None) if call.role == FRONT else None


def download(call: Call, attachment_id: str) -> Response:
    """M13: the bytes unchanged, for any `Accept`: the vendor's SDK asks for JSON here."""
    thread, message, attachment = call.market.attachments.get(attachment_id, (None, None, None))
    if thread is None or attachment is None or message not in visible_messages(call, thread):
        raise not_found("Attachment", attachment_id)
    answer = Response(
        attachment.chunks(),
        content_type="application/octet-stream",
        headers={
            "Content-Length": str(attachment.size),
            "Content-Disposition": disposition(attachment.name),
        },
    )
    answer.set_etag(attachment.id)
    return parts_of(answer, call, attachment.size)


def parts_of(answer: Response, call: Call, size: int) -> Response:
    """Returns a requested range. It is not documented that Mirakl supports ranges."""
    try:
        return answer.make_conditional(call.request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable as error:
        raise ApiError(416, f"There are only {size} bytes") from error


def disposition(name: str) -> str:
    """Plain, quoted, or RFC 5987: Mirakl has sent all three."""
    if LETTERS.union(TOKEN_CHARACTERS).issuperset(name):
        return f"attachment; filename={name}"
    if name.isascii() and name.isprintable():
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'attachment; filename="{escaped}"'
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"

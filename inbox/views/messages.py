"""One message of a thread: in full, and with its original body."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from inbox.access import get_thread
from inbox.htmx import DeskRequest, render_page
from inbox.models import Message
from inbox.pages.message_rows import MessagePage, whole_row
from inbox.services.marketplaces import reasons

PAGE = "inbox/message.html"


@require_safe
def message(
    request: DeskRequest, marketplace: str, thread_id: str, message_id: str
) -> HttpResponse:
    """The full message. Its conversation may show only the beginning."""
    found = get_message(request, marketplace, thread_id, message_id)
    page = MessagePage(found, topic_of(found), row=whole_row(found))
    return render_page(request, PAGE, {"page": page, "row": page.row}, partial="bubble")


@require_safe
def original(
    request: DeskRequest, marketplace: str, thread_id: str, message_id: str
) -> HttpResponse:
    """The original body, as text."""
    found = get_message(request, marketplace, thread_id, message_id)
    page = MessagePage(found, topic_of(found))
    return render_page(request, PAGE, {"page": page}, partial="original")


def topic_of(found: Message) -> str:
    return reasons.find_topic(found.thread, silent=[found.thread.marketplace])


def get_message(request: DeskRequest, marketplace: str, thread_id: str, message_id: str) -> Message:
    thread = get_thread(request, marketplace, thread_id)
    rows = thread.messages.with_beginnings().prefetch_related("attachments")
    found: Message = get_object_or_404(rows, mirakl_id=message_id)
    found.thread = thread
    return found

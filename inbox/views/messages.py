"""One message of a thread: all of it, and its body as the marketplace gave it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from inbox.access import get_thread
from inbox.htmx import DeskRequest, render_page
from inbox.models import Message
from inbox.models.threads import LONGEST_BODY
from inbox.services.marketplaces import reasons
from inbox.services.mirror import previews

PAGE = "inbox/message.html"


@require_safe
def message(
    request: DeskRequest, marketplace: str, thread_id: str, message_id: str
) -> HttpResponse:
    """A message to its end, where its conversation shows only the beginning."""
    found = get_message(request, marketplace, thread_id, message_id)
    found.is_whole = True
    previews.recall_before([found])
    context = {"message": found}
    return render_page(request, PAGE, context, partial="bubble")


@require_safe
def original(
    request: DeskRequest, marketplace: str, thread_id: str, message_id: str
) -> HttpResponse:
    """The body that the message was rendered from, as text."""
    context = {
        "message": get_message(request, marketplace, thread_id, message_id),
        "original": True,
        "longest": LONGEST_BODY,
    }
    return render_page(request, PAGE, context, partial="original")


def get_message(request: DeskRequest, marketplace: str, thread_id: str, message_id: str) -> Message:
    thread = get_thread(request, marketplace, thread_id)
    reasons.label_topics([thread], silent=[thread.marketplace])
    rows = thread.messages.with_beginnings().prefetch_related("attachments")
    found: Message = get_object_or_404(rows, mirakl_id=message_id)
    found.thread = thread
    return found

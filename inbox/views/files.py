"""All files of a conversation, or of an order's conversations. The mirror only."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inbox.access import get_marketplace, get_thread
from inbox.htmx import DeskRequest
from inbox.models import Attachment, Thread
from inbox.models.attachments import AttachmentQuerySet


@require_safe
def of_thread(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = get_thread(request, marketplace, thread_id)
    files = Attachment.objects.filter(message__thread=thread)
    return show(request, files, {"thread": thread, "marketplace": thread.marketplace})


@require_safe
def of_order(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    where = get_marketplace(request, marketplace)
    threads = Thread.objects.filter(marketplace=where, entity_type="MMP_ORDER", entity_id=order_id)
    if not threads.exists():
        raise Http404
    files = Attachment.objects.filter(message__thread__in=threads)
    return show(request, files, {"order_id": order_id, "marketplace": where})


def show(request: DeskRequest, files: AttachmentQuerySet, context: dict[str, Any]) -> HttpResponse:
    newest = files.select_related("message__thread__marketplace").order_by(
        "-message__created_at", "pk"
    )
    context |= {"files": list(newest), "again": request.path}
    return render(request, "inbox/files.html", context)

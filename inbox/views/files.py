"""All files of a conversation or an order, from the mirror."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inbox.access import get_marketplace, get_thread
from inbox.htmx import DeskRequest
from inbox.models import Attachment, Thread
from inbox.models.attachments import AttachmentQuerySet
from inbox.pages.files import FilesPage

PAGE = "inbox/files.html"


@require_safe
def of_thread(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = get_thread(request, marketplace, thread_id)
    files = Attachment.objects.filter(message__thread=thread)
    page = FilesPage(thread.marketplace, files_in(files), thread=thread)
    return render(request, PAGE, {"page": page, "marketplace": page.marketplace})


@require_safe
def of_order(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    where = get_marketplace(request, marketplace)
    threads = Thread.objects.filter(marketplace=where, entity_type="MMP_ORDER", entity_id=order_id)
    if not threads.exists():
        raise Http404
    files = Attachment.objects.filter(message__thread__in=threads)
    page = FilesPage(where, files_in(files), order_id=order_id)
    return render(request, PAGE, {"page": page, "marketplace": page.marketplace})


def files_in(files: AttachmentQuerySet) -> list[Attachment]:
    """The files, those of the newest messages first."""
    newest = files.select_related("message__thread__marketplace")
    return list(newest.order_by("-message__created_at", "pk"))

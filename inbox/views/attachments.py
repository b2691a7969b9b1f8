"""An attachment, streamed from Mirakl (M13) through the desk."""

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from inbox.htmx import DeskRequest
from inbox.models import Attachment


@require_safe
def attachment(request: DeskRequest, marketplace: str, attachment_id: str) -> HttpResponseBase:
    """Downloads; `?inline=1` shows pictures and PDFs, and only what really is one."""
    found = Attachment.objects.visible_to(request.user).filter(
        message__thread__marketplace__slug=marketplace, mirakl_id=attachment_id
    )
    current = get_object_or_404(found.select_related("message__thread__marketplace")[:1])

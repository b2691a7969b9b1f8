"""An attachment, streamed from Mirakl (M13) through the desk."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inbox.access import get_first_or_404
from inbox.htmx import DeskRequest
from inbox.models import Attachment
from inbox.services.marketplaces import downloads


@require_safe
def attachment(request: DeskRequest, marketplace: str, attachment_id: str) -> HttpResponseBase:
    """A download, or the rest of one. `?inline=1` shows pictures and PDFs, if their content is."""
    found = Attachment.objects.visible_to(request.user).filter(
        marketplace__slug=marketplace, mirakl_id=attachment_id
    )
    current = get_first_or_404(found.select_related("marketplace", "message__thread"))
    resumed = {
        "span": request.headers.get("Range", ""),
        "unless": request.headers.get("If-Range", ""),
    }
    try:
        streamed = downloads.stream_attachment(
            current,
            inline="inline" in request.GET,
            **(resumed if request.method == "GET" else {}),
        )
    except downloads.Unavailable as error:
        return unavailable(request, error)
    if request.method == "HEAD":
        streamed.chunks.close()
        return HttpResponse(headers=streamed.headers)
    return StreamingHttpResponse(streamed.chunks, headers=streamed.headers, status=streamed.status)


def unavailable(request: DeskRequest, error: downloads.Unavailable) -> HttpResponse:
    context = {"words": error.words}
    return render(request, "inbox/unreachable.html", context, status=error.status)

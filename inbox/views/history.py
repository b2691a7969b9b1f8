"""The history of a new marketplace, loaded in steps while its page is open."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from inbox.access import get_marketplace, require_answerable
from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.pages.sidebar import outside
from inbox.services.mirror import sync

PAGE = "inbox/history.html"


@require_http_methods(["GET", "HEAD", "POST"])
def history(request: DeskRequest, marketplace: str) -> HttpResponse:
    """GET shows the progress; each POST reads one page of M11 and requests the next.

    Marketplaces limit calls per minute, so only users who may answer can load it.
    """
    connection = get_marketplace(request, marketplace)
    if not connection.is_in_inbox:
        # A storefront or legacy instance has no list of all conversations.
        return redirect(outside(connection))
    progress = None
    if request.method == "POST":
        require_answerable(request, connection)
        progress = sync.load_history_step(connection)
        connection.refresh_from_db()
        if not wants_fragment(request):
            return redirect("history", connection.slug)
    context = {
        "marketplace": connection,
        "may_answer": request.viewer.may_answer(connection),
        "progress": progress,
    }
    return render_page(request, PAGE, context, partial="steps")

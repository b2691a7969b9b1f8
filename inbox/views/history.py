"""The history of a new marketplace, loaded in steps while its page is open."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from inbox.access import get_marketplace, require_answerable
from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.pages.history import HistoryPage
from inbox.pages.sidebar import outside
from inbox.services.mirror.history import load_history_step

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
        progress = load_history_step(connection)
        connection.refresh_from_db()
        if not wants_fragment(request):
            return redirect("history", connection.slug)
    page = HistoryPage(connection, progress, request.viewer.may_answer(connection))
    return render_page(request, PAGE, {"page": page}, partial="steps")

"""A newly connected marketplace's past, loaded step by step while its page is open."""

from typing import Any

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
    """GET shows how far it is; each POST reads one page of M11 and asks for the next.

    A marketplace allows so many readings a minute: they are for those who answer.
    """
    connection = get_marketplace(request, marketplace)
    if not connection.is_in_inbox:
        # There is no list of all its conversations to load.
        return redirect(outside(connection))
    context: dict[str, Any] = {"marketplace": connection}
    context["may_answer"] = request.viewer.may_answer(connection)
    if request.method == "POST":
        require_answerable(request, connection)
        context["progress"] = sync.load_history_step(connection)
        connection.refresh_from_db()
        if not wants_fragment(request):
            return redirect("history", connection.slug)
    return render_page(request, PAGE, context, partial="steps")

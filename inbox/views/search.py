"""Search over every conversation that the desk has seen. The mirror only: Mirakl is not asked."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.models import Marketplace, Thread
from inbox.models.keyset import Cursor
from inbox.services import queries, reasons, snippets
from inbox.views.access import get_first_or_404
from inbox.views.inbox import mark_unread
from inbox.views.sidebar import outside, sidebar_for

PAGE = "inbox/search.html"
PAGE_SIZE = 30


@require_safe
def search(request: DeskRequest) -> HttpResponse:
    """`?q=`; an order's exact number leads there at once, unless `?list=1`. `?after=`: more."""
    typed = request.GET.get("q", "").strip()[:400]
    visible = Marketplace.objects.visible_to(request.user)
    marketplaces = list(visible.in_inbox())
    if not marketplaces:
        # A storefront's customers, and an old instance's messages, are found in their own places.
        return redirect(outside(get_first_or_404(visible)))
    if "list" not in request.GET and (found := queries.order_of(typed, marketplaces)):
        return redirect(found[0] if len(found) == 1 else found[0].order_url)
    query = queries.read(typed, queries.Reader(request.user, marketplaces))
    threads, following = page_of(query, marketplaces, request.GET.get("after", ""))
    mark_unread(threads, request)
    reasons.label_topics(threads, silent=marketplaces)
    shown = snippets.of(threads, query.words)
    context = {
        "typed": typed,
        "query": query,
        "found": [(thread, shown.get(thread.pk)) for thread in threads],
        "following": following,
        "marketplaces": marketplaces,
    }
    if not wants_fragment(request):
        context["sidebar"] = sidebar_for(request.user)
    return render_page(request, PAGE, context, partial="rows")


def page_of(
    query: queries.Query, marketplaces: list[Marketplace], after: str
) -> tuple[list[Thread], str]:
    """One page of what was found, newest first, and the cursor of the next; empty at the end."""
    if query.is_empty:
        return [], ""
    threads = Thread.objects.filter(marketplace__in=marketplaces).select_related("marketplace")
    threads = query.narrow(threads).by_newest()
    if cursor := Cursor.parse(after):
        threads = threads.filter(cursor.after_by_newest())
    rows = list(threads[: PAGE_SIZE + 1])
    if len(rows) <= PAGE_SIZE:
        return rows, ""
    return rows[:PAGE_SIZE], str(Cursor.of(rows[PAGE_SIZE - 1]))

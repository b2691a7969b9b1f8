"""What has changed since a page was read: for pages that stay open. Mirakl is not called.

`changes` says what the live channel says, to pages without one.
"""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inbox.access import desk_page, get_thread
from inbox.forms.numbers import is_number
from inbox.htmx import DeskRequest
from inbox.models.live_changes import changes_since
from inbox.pages.changed_rows import changed_rows
from inbox.pages.thread import visit
from inbox.pages.timeline import messages_of
from inbox.services.live_news import Counts, news_of, news_on
from inbox.services.marketplaces import breaker
from inbox.views.threads import updated

MOST_NAMED = 200


@require_safe
@desk_page
def changes(request: DeskRequest) -> HttpResponse:
    """As JSON, the news since the cursor `?since=`; the next cursor comes along."""
    marketplaces = frozenset(one.pk for one in request.viewer.marketplaces)
    since = changes_since(request.GET.get("since", ""))
    counts = Counts()
    if since.rows != []:
        counts.update(marketplaces)
    told = news_on(marketplaces, since.rows or [], counts.of_all(marketplaces))
    told |= news_of(
        request.user.pk, since.rows or [], counts.count_mine(request.user.pk, marketplaces)
    )
    answer = {"cursor": since.cursor, "resync": since.rows is None, "news": told}
    return JsonResponse(answer)


@require_safe
@desk_page
def rows(request: DeskRequest) -> HttpResponse:
    """Rows of the list in the query, for the page that shows them.

    `?shown=` are rows that have changed, `?others=` threads that may have entered the list;
    `?open=` is the conversation beside it.
    """
    page = changed_rows(
        request.viewer,
        request.GET,
        shown=pks_in(request, "shown"),
        others=pks_in(request, "others"),
        opened=pks_in(request, "open"),
    )
    return render(request, "inbox/changed_rows.html", {"page": page})


@require_safe
def now(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """The conversation as stored, for the page that shows it. It counts as a visit."""
    current = get_thread(request, marketplace, thread_id)
    messages = messages_of(current)
    read_until = visit(request.viewer, current, messages)
    stored = breaker.fresh(current.marketplace, as_of=current.read_at)
    return updated(request, current, messages, stored, read_until)


def pks_in(request: DeskRequest, name: str) -> list[int]:
    named = request.GET.get(name, "").split(",")
    return [int(one) for one in named if is_number(one)][:MOST_NAMED]

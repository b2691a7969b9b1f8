"""The page after sending or closing, and the macros that come with a reply."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse

from inbox.access import get_thread
from inbox.forms.after import AfterForm
from inbox.htmx import DeskRequest, redirect_to, wants_fragment
from inbox.models import ActionsWhenSent, CannedReply, Outgoing, Thread, User
from inbox.pages.canned import fitting
from inbox.pages.thread_list import recall_channel
from inbox.services.composing import canned_replies
from inbox.services.search.thread_list import InboxFilters
from inbox.views.threads import render_panes

STAY, NEXT = User.AfterSending.STAY, User.AfterSending.NEXT
# The request's header with the pk of the row below the thread in the page's list.
BELOW = "X-Below"
# The agent stays with replies in other states.
ON_ITS_WAY = {Outgoing.State.QUEUED, Outgoing.State.SENDING, Outgoing.State.SENT}


@dataclass(frozen=True)
class NextPage:
    """The page after sending or closing; `thread` is the one that it shows, if any."""

    url: str
    thread: Thread | None = None


@dataclass(frozen=True)
class Plan:
    """Made before the reply moves its thread out of the view; `next_page` is None to stay."""

    next_page: NextPage | None
    macros: list[CannedReply]
    actions: ActionsWhenSent


def plan(request: DeskRequest, thread: Thread, form: AfterForm) -> Plan:
    if chosen := form.wish.after:
        request.user.after_sending = chosen
        request.user.save(update_fields=["after_sending"])
    chosen_macros = form.wish.canned
    found = fitting(request.viewer, thread).in_bulk(chosen_macros) if chosen_macros else {}
    macros = [found[pk] for pk in chosen_macros if pk in found]
    actions = canned_replies.actions_after_sending(macros, closes=form.wish.close)
    return Plan(find_next_page(request, thread), macros, actions)


def find_next_page(request: DeskRequest, thread: Thread) -> NextPage | None:
    """None to stay. Call it before the thread leaves the list."""
    after = request.user.after_sending
    if after == STAY:
        return None
    filters = view_of(request)
    following = filters.next_after(thread) if after == NEXT else None
    if following is None:
        return NextPage(back(thread, filters))
    return NextPage(with_query(following, filters), following)


def go_on(request: DeskRequest, thread: Thread, to: NextPage) -> HttpResponse:
    """A redirect from the thread to the next page.

    The page of a thread names the row below it in its list. If that is the next thread, its panes
    come along, and the browser asks for nothing more.
    """
    answer = redirect_to(request, to.url)
    below = request.headers.get(BELOW)
    if to.thread is None or below != str(to.thread.pk) or not wants_fragment(request):
        return answer
    following = get_thread(request, to.thread.marketplace.slug, to.thread.mirakl_id)
    request.about_thread = thread.pk
    query = QueryDict(urlsplit(to.url).query)
    panes = render_panes(request, following, query, left=thread.pk)
    panes["HX-Redirect"] = answer["HX-Redirect"]
    return panes


def view_of(request: DeskRequest) -> InboxFilters:
    """The filters of the list that the agent came from, from the thread's URL."""
    page = request.htmx.current_url_abs_path or ""
    query = request.GET or QueryDict(urlsplit(page).query)
    filters = InboxFilters(query, marketplaces=request.viewer.in_inbox, user=request.user)
    recall_channel(filters)
    return filters


def with_query(thread: Thread, filters: InboxFilters) -> str:
    query = filters.query()
    return f"{thread.get_absolute_url()}?{query}" if query else thread.get_absolute_url()


def back(thread: Thread, filters: InboxFilters) -> str:
    if thread.marketplace.is_storefront:
        return reverse("customer", args=[thread.marketplace.slug, thread.customer_id])
    return filters.address()


def leave(request: DeskRequest, reply: Outgoing, plan: Plan) -> HttpResponse | None:
    """The plan's next page, with a message about the reply; None to stay."""
    if not (plan.next_page and reply.thread) or reply.state not in ON_ITS_WAY:
        return None
    # The page that shows the message asks for the reply by its token.
    messages.success(request, reply.thread.who, extra_tags=str(reply.token))
    return go_on(request, reply.thread, plan.next_page)

"""The page after sending or closing, and the macros that come with a reply."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse

from inbox.forms.after import AfterForm
from inbox.htmx import DeskRequest, redirect_to
from inbox.models import ActionsWhenSent, CannedReply, Outgoing, Thread, User
from inbox.pages.canned import fitting
from inbox.pages.thread_list import recall_channel
from inbox.services.composing import canned_replies
from inbox.services.search.thread_list import InboxFilters

STAY, NEXT = User.AfterSending.STAY, User.AfterSending.NEXT
# The agent stays with replies in other states.
ON_ITS_WAY = {Outgoing.State.QUEUED, Outgoing.State.SENDING, Outgoing.State.SENT}


@dataclass(frozen=True)
class Plan:
    """Made before the reply moves its thread out of the view; `url` is empty to stay."""

    url: str
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
    return Plan(url_after(request, thread), macros, actions)


def url_after(request: DeskRequest, thread: Thread) -> str:
    """The URL after sending or closing; empty to stay.

    Call it before the thread leaves the list.
    """
    after = request.user.after_sending
    if after == STAY:
        return ""
    filters = view_of(request)
    following = filters.next_after(thread) if after == NEXT else None
    return with_query(following, filters) if following else back(thread, filters)


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
    """A redirect to the plan's URL, with a message about the reply; None to stay."""
    if not plan.url or reply.state not in ON_ITS_WAY:
        return None
    # The page that shows the message asks for the reply by its token.
    who = reply.thread.who if reply.thread else str(reply.marketplace)
    messages.success(request, who, extra_tags=str(reply.token))
    return redirect_to(request, plan.url)

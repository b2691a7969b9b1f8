"""A conversation's page: its timeline, its composer, what is known beside it."""

from collections.abc import Collection
from typing import Any

from django.http import QueryDict
from django.utils.timezone import now

from inbox.forms.inbox import InboxFilters
from inbox.forms.replies import (
    ReplyForm,
    as_written,
    default_recipients,
    is_token,
    misses_customer,
    new_token,
    offered_recipients,
)
from inbox.models import Draft, Marketplace, Message, Reply, Thread, User
from inbox.models.threads import ThreadQuerySet
from inbox.pages import canned, note_lines, presence, thread_list
from inbox.pages.folding import MESSAGE, NOTE, REPLY, Wanted
from inbox.pages.news import shown_now
from inbox.pages.search_hits import mark_found
from inbox.pages.timeline import Timeline, mark_read, timeline_of
from inbox.pages.toolbar import toolbar
from inbox.pages.viewer import Viewer
from inbox.services.composing import limits
from inbox.services.marketplaces import reasons
from inbox.services.people import notifications, profiles

BESIDE = 50


def thread_context(
    viewer: Viewer,
    query: QueryDict,
    current: Thread,
    form: ReplyForm | None = None,
    *,
    silent: Collection[Marketplace] = (),
) -> dict[str, Any]:
    """All that the thread page shows; `form` is one that was refused.

    Of marketplaces that are `silent` nobody asks what topics are called.
    """
    read_until = mark_read(current, viewer.user.pk, newest_of(current))
    notifications.seen([current], viewer.user)
    wanted = wanted_in(query)
    timeline = timeline_of(current, viewer.user, read_until=read_until, wanted=wanted)
    filters = filters_of(viewer, query)
    mark_found(filters.words, timeline, wanted)
    beside = neighbours(viewer, filters, current, silent)
    return {
        "thread": current,
        "timeline": timeline,
        "read_until": read_until,
        "neighbours": beside,
        "filters": filters,
        "toolbar": toolbar(viewer, current),
        **note_lines.box(viewer, current, query.get("mode", "")),
        **presence.arrive(viewer, current),
        **composer(viewer, query, current, timeline, form),
    }


def filters_of(viewer: Viewer, query: QueryDict) -> InboxFilters:
    """Of the list that the agent came from."""
    return InboxFilters(query, marketplaces=viewer.in_inbox, user=viewer.user)


def wanted_in(query: QueryDict) -> Wanted:
    """What the address asks to see."""
    named = ((kind, query.get(kind)) for kind in (MESSAGE, NOTE, REPLY))
    key = next((f"{kind}-{name}" for kind, name in named if name), "")
    return Wanted(everything="all" in query, key=key)


def composer(
    viewer: Viewer,
    query: QueryDict,
    current: Thread,
    timeline: Timeline,
    form: ReplyForm | None = None,
    taken: Reply | None = None,
) -> dict[str, Any]:
    """`form` is one that was refused; `taken` a reply that has just come back into the draft."""
    offered = offered_recipients(current)
    looked_at = now().isoformat()
    draft = Draft.objects.of(viewer.user, current).first()
    begun = form["body"].value() if form else draft and draft.body
    # A draft keeps no topic: it is read off the reply.
    retopic = form or topic_of(taken or reply_in_address(query, current))
    return {
        "form": retopic,
        "begun": begun or profiles.signature_of(viewer.user, current.marketplace),
        "draft": draft,
        "looked_at": looked_at,
        "waiting": draft.files.all() if draft else [],
        "token": form["token"].value() if form else new_token(),
        "offered": offered,
        "misses_customer": misses_customer(current),
        "chosen": form["to"].value()
        if form
        else draft_recipients(draft, offered) or default_recipients(current, timeline.last_inbound),
        "shown": shown_now(current, timeline.messages, timeline.replies),
        "may_answer": viewer.may_answer(current.marketplace),
        "budget": limits.of(current),
        "reasons": offered_reasons(query, current, retopic),
        "canned_names": canned.names_for(viewer, current),
        "canned_chosen": canned.chosen_on(viewer, query, current),
        "after_choices": User.AfterSending.choices,
        "after": viewer.user.after_sending,
    }


def reply_in_address(query: QueryDict, current: Thread) -> Reply | None:
    """The one of `?from=`, which has come back into the draft."""
    token = query.get("from", "")
    return current.replies.filter(token=token).first() if is_token(token) else None


def topic_of(reply: Reply | None) -> ReplyForm | None:
    return ReplyForm(initial=as_written(reply), recipients=[]) if reply else None


def draft_recipients(draft: Draft | None, offered: list[dict[str, Any]]) -> list[str]:
    """Whom the draft was for, as far as they may still be written to."""
    return [one["type"] for one in offered if draft and one["type"] in draft.recipients]


def offered_reasons(
    query: QueryDict, current: Thread, form: ReplyForm | None
) -> list[reasons.Reason] | None:
    """None while nobody changes the topic; `?topic=1` does where there is no JavaScript."""
    has_topic = form is not None and (form["reason"].value() or form["topic"].value())
    if not has_topic and "topic" not in query:
        return None
    return reasons.offered(current.marketplace, current.entity_type)


def neighbours(
    viewer: Viewer,
    filters: InboxFilters,
    current: Thread,
    silent: Collection[Marketplace],
) -> dict[str, Any]:
    """The list the agent came from, from the mirror: no call is made for it."""
    if current.marketplace.is_storefront:
        theirs = same_reader(current).for_rows().by_newest()[:BESIDE]
        threads = list(theirs)
        thread_list.mark_unread(threads, viewer)
        reasons.label_topics([current, *threads], silent=silent)
        return {"threads": threads}
    thread_list.recall_channel(filters)
    return thread_list.beside(viewer, filters, current, silent)


def same_reader(current: Thread) -> ThreadQuerySet:
    """Threads that whoever reads this one may read beside it: a storefront, its customer's only."""
    threads = Thread.objects.filter(marketplace=current.marketplace)
    if current.marketplace.is_storefront:
        return threads.filter(customer_id=current.customer_id)
    return threads


def newest_of(current: Thread) -> Message | None:
    return current.messages.only("created_at").last()

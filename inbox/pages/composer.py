"""The composer of a thread's page, in which a reply is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from inbox.forms.replies import (
    ReplyForm,
    Waiting,
    default_recipients,
    is_token,
    misses_customer,
    new_token,
    offered_recipients,
    values_of_reply,
)
from inbox.models import Draft, Outgoing, Participant, Thread, User
from inbox.pages import canned
from inbox.pages.drafts import Drafts, drafts_on
from inbox.pages.news import News, Shown, shown_now
from inbox.pages.timeline import Timeline
from inbox.pages.viewer import Viewer
from inbox.services.composing import limits
from inbox.services.composing.limits import Budget
from inbox.services.marketplaces import reasons
from inbox.services.marketplaces.reasons import Reason


@dataclass(frozen=True)
class Composer:
    """`form` is a rejected form, or holds the topic of a reply that was taken back.

    `news` holds the reply back; `meant` and `confirmed` let it be sent all the same.
    """

    body: str
    token: str
    draft: Draft | None
    holds_until: str
    waiting: Sequence[Waiting]
    offered: list[Participant]
    chosen: list[str]
    misses_customer: bool
    shown: Shown
    budget: Budget
    after: str
    form: ReplyForm | None = None
    reasons: list[Reason] | None = None
    canned_names: tuple[tuple[int, str], ...] = ()
    canned_chosen: Sequence[canned.CannedRow] = ()
    after_choices: Sequence[tuple[str, Any]] = field(
        default_factory=lambda: User.AfterSending.choices
    )
    news: News | None = None
    meant: str | None = None
    confirmed: str = ""


def composer(
    viewer: Viewer,
    query: QueryDict,
    current: Thread,
    timeline: Timeline,
    form: ReplyForm | None = None,
    taken: Outgoing | None = None,
    *,
    drafts: Drafts | None = None,
) -> Composer:
    """`form` is a rejected form, `taken` a reply that was just taken back into the draft.

    `drafts` are those of the thread, where known.
    """
    offered = offered_recipients(current)
    drafts = drafts or drafts_on(viewer, current)
    draft = drafts.reply
    begun = form["body"].value() if form else draft and draft.body
    # A draft stores no topic: it comes from the reply.
    retopic = form or topic_of(taken or reply_in_address(query, current))
    chosen = form["to"].value() if form else draft_recipients(draft, offered)
    if not form and not chosen:
        chosen = default_recipients(current, timeline.last_inbound)
    return Composer(
        form=retopic,
        body=begun or viewer.signature_on(current.marketplace),
        draft=draft,
        holds_until=drafts.holds_until,
        waiting=list(draft.files.all()) if draft else [],
        token=form["token"].value() if form else new_token(),
        offered=offered,
        misses_customer=misses_customer(current),
        chosen=chosen,
        shown=shown_now(timeline),
        budget=limits.budget_for(current),
        reasons=offered_reasons(query, current, retopic),
        canned_names=tuple(canned.names_for(viewer, current)),
        canned_chosen=canned.chosen_on(viewer, query, current),
        after=viewer.user.after_sending,
    )


def reply_in_address(query: QueryDict, current: Thread) -> Outgoing | None:
    """The reply in `?from=`, which was taken back into the draft."""
    token = query.get("from", "")
    return current.replies.filter(token=token).first() if is_token(token) else None


def topic_of(reply: Outgoing | None) -> ReplyForm | None:
    return ReplyForm(initial=values_of_reply(reply), recipients=[]) if reply else None


def draft_recipients(draft: Draft | None, offered: list[Participant]) -> list[str]:
    """The draft's recipients who can still be written to."""
    return [one.type for one in offered if draft and one.type in draft.recipients]


def offered_reasons(
    query: QueryDict, current: Thread, form: ReplyForm | None
) -> list[Reason] | None:
    """None unless the user changes the topic. Without JavaScript, `?topic=1` does."""
    has_topic = form is not None and (form["reason"].value() or form["topic"].value())
    if not has_topic and "topic" not in query:
        return None
    return reasons.list_offered(current.marketplace, current.entity_type)

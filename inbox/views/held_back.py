"""What others have done about a thread since the page of somebody who answers it was shown."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q

from inbox.forms.replies import ReplyForm
from inbox.models import Message, Note, Reply, Thread

# On their way to the customer, or perhaps there; what has arrived is among the messages.
UNDER_WAY = [Reply.State.QUEUED, Reply.State.SENDING, Reply.State.UNCONFIRMED]


@dataclass(frozen=True)
class News:
    messages: list[Message]
    replies: list[Reply]
    notes: list[Note]

    def __bool__(self) -> bool:
        return bool(self.messages or self.replies or self.notes)


@dataclass(frozen=True)
class Shown:
    """What a page has shown, as its form says it when it is posted."""

    seen: str  # the newest message
    replies: list[str]  # those on their way, by token
    noted: int | None  # the newest note; None where the form does not say

    @classmethod
    def told(cls, form: ReplyForm) -> "Shown":
        """As the form says it, whether it is valid or not."""
        form.is_valid()
        told = form.cleaned_data
        return cls(told.get("seen", ""), told.get("shown", []), told.get("noted"))

    def and_then(self, news: News) -> "Shown":
        return Shown(
            news.messages[-1].mirakl_id if news.messages else self.seen,
            [*self.replies, *(str(reply.token) for reply in news.replies)],
            max([self.noted or 0, *(note.pk for note in news.notes)]),
        )


def shown_now(thread: Thread, newest: Message | None, replies: list[Reply]) -> Shown:
    last = thread.notes.order_by("pk").last()
    return Shown(
        newest.mirakl_id if newest else "",
        [str(reply.token) for reply in replies],
        last.pk if last else 0,
    )


def newer_than(shown: Shown, thread: Thread, *, user: User) -> News:
    """By others: what one wrote oneself, in whatever tab, holds nothing back."""
    others = thread.replies.exclude(author=user).exclude(token__in=shown.replies)
    notes = thread.notes.exclude(author=user)
    unread = notes.none() if shown.noted is None else notes.filter(pk__gt=shown.noted)
    under_way = others.filter(state__in=UNDER_WAY).select_related("author", "marketplace")
    return News(
        messages=newer_messages(shown, thread, user),
        replies=list(under_way.prefetch_related("files")),
        notes=list(unread.select_related("author")),
    )


def newer_messages(shown: Shown, thread: Thread, user: User) -> list[Message]:
    messages = list(thread.messages.prefetch_related("attachments"))
    ids = [message.mirakl_id for message in messages]
    if shown.seen not in ids:
        return []
    known = thread.replies.filter(Q(author=user) | Q(token__in=shown.replies))
    known_ids = set(known.values_list("message_id", flat=True))
    newer = messages[ids.index(shown.seen) + 1 :]
    return [message for message in newer if message.mirakl_id not in known_ids]

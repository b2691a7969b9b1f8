"""What a conversation's last message says, without what it quotes: its preview, and thanks."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from inbox.earlier import Conversation
from inbox.models import Message, Thread
from inbox.models.threads import PREVIEW_LENGTH
from inbox.sanitize import plain_text, render, stored
from inbox.services.triage import thank_yous

# History quotes the latest messages first, and their beginnings.
MOST_BEFORE = 20
LONGEST = 10_000  # characters of each
ASKS = re.compile(r"[?？؟](?=\W*(?:\s|$))|[\u0370-\u03ff]\s?;")  # not the "?" of an address


class Said(NamedTuple):
    body: str
    side: str  # SHOP, CUSTOMER or OPERATOR


def own_words(said: Sequence[Said]) -> str:
    """Of the last of a conversation's messages, oldest first; empty where it only quotes."""
    if not said:
        return ""
    conversation = Conversation()
    for one in said[-1 - MOST_BEFORE : -1]:
        conversation.add(plain_text(stored(one.body)[:LONGEST]), one.side)
    earlier = conversation.add("", said[-1].side)
    return plain_text(said[-1].body, without_quotes=True, earlier=earlier)


def preview(said: Sequence[Said]) -> str:
    """One line, as a row of the inbox shows it."""
    words = said and (own_words(said) or plain_text(said[-1].body))
    return " ".join(words.split())[:PREVIEW_LENGTH] if words else ""


def name_wordless(threads: Iterable[Thread]) -> None:
    """Say of each thread whose last message has no words what it has instead: `wordless`."""
    blank = [thread for thread in threads if not thread.preview and thread.message_count]
    if not blank:
        return
    newest = Message.objects.filter(thread__in=blank).order_by("thread", "-created_at", "-pk")
    found = newest.distinct("thread").with_beginnings().prefetch_related("attachments")
    words = {message.thread_id: _without_words(message) for message in found}
    for thread in blank:
        thread.wordless = words.get(thread.pk, "")  # type: ignore[attr-defined]


def _without_words(message: Message) -> str:
    files = list(message.attachments.all())
    if other := next((file for file in files if not file.is_picture), None):
        return _("File: %(name)s") % {"name": other.called}
    if files[1:]:
        return _("Pictures")
    has_picture = files or not render(message.beginning).is_blank
    return _("Picture") if has_picture else _("Empty message")


def is_thanks(thread: Thread, said: Sequence[Said], our_side: str) -> bool:
    """Whether it thanks us and says nothing else; an answer to our question says something."""
    if not said or said[-1].side == our_side:
        return False
    ours = next((at for at in range(len(said) - 1, -1, -1) if said[at].side == our_side), None)
    asked = ours is not None and ASKS.search(own_words(said[: ours + 1])) is not None
    names = [thread.customer_name, thread.organization_name, thread.shop_name]
    return thank_yous.is_thanks(own_words(said), *names, is_answer=asked)


def recall(messages: Iterable[Message]) -> None:
    """Give each message, oldest first, what was said before it in its conversation."""
    conversation = Conversation()
    for message in messages:
        message.earlier = conversation.add(
            plain_text(message.beginning[:LONGEST]), message.sender_side
        )


def recall_before(messages: Sequence[Message]) -> None:
    """As `recall`, with what stands before the first of them in the mirror."""
    if not messages:
        return
    first = messages[0]
    earlier = Q(created_at=first.created_at, pk__lt=first.pk) | Q(created_at__lt=first.created_at)
    latest = first.thread.messages.filter(earlier).with_beginnings()
    before = list(latest.order_by("-created_at", "-pk")[:MOST_BEFORE])
    recall([*reversed(before), *messages])

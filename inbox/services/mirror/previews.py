"""A thread's last message without quotes: its preview, and whether it only says thanks."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from inbox.earlier import Conversation, Earlier
from inbox.models import Message, Thread
from inbox.models.threads import PREVIEW_LENGTH
from inbox.sanitize import plain_text, render, stored
from inbox.services.triage import thank_yous

# Mail quotes the latest messages first, and their beginnings.
MOST_BEFORE = 20
LONGEST = 10_000  # characters of each
ASKS = re.compile(r"[?？؟](?=\W*(?:\s|$))|[\u0370-\u03ff]\s?;")  # not the "?" of an address


class Said(NamedTuple):
    body: str
    side: str  # SHOP, CUSTOMER or OPERATOR


def extract_own_text(said: Sequence[Said]) -> str:
    """The last message's own text, empty if it only quotes. `said`: oldest first."""
    if not said:
        return ""
    conversation = Conversation()
    for one in said[-1 - MOST_BEFORE : -1]:
        conversation.add(plain_text(stored(one.body)[:LONGEST]), one.side)
    earlier = conversation.add("", said[-1].side)
    return plain_text(said[-1].body, without_quotes=True, earlier=earlier)


def preview(said: Sequence[Said]) -> str:
    """One line for a row of the inbox."""
    words = said and (extract_own_text(said) or plain_text(said[-1].body))
    return " ".join(words.split())[:PREVIEW_LENGTH] if words else ""


def wordless(threads: Iterable[Thread]) -> dict[int, str]:
    """A label for the content of each last message without text, by thread: two queries."""
    blank = [thread for thread in threads if not thread.preview and thread.message_count]
    if not blank:
        return {}
    newest = Message.objects.filter(thread__in=blank).order_by("thread", "-created_at", "-pk")
    found = newest.distinct("thread").with_beginnings().prefetch_related("attachments")
    return {message.thread_id: _without_words(message) for message in found}


def _without_words(message: Message) -> str:
    files = list(message.attachments.all())
    if other := next((file for file in files if not file.is_picture), None):
        return _("File: %(name)s") % {"name": other.called}
    if files[1:]:
        return _("Pictures")
    has_picture = files or not render(message.beginning).is_blank
    return _("Image") if has_picture else _("Empty message")


def is_thanks(thread: Thread, said: Sequence[Said], our_side: str) -> bool:
    """Whether the last message only thanks us. Stricter if it answers our question."""
    if not said or said[-1].side == our_side:
        return False
    ours = next((at for at in range(len(said) - 1, -1, -1) if said[at].side == our_side), None)
    asked = ours is not None and ASKS.search(extract_own_text(said[: ours + 1])) is not None
    names = [thread.customer_name, thread.organization_name, thread.shop_name]
    return thank_yous.is_thanks(extract_own_text(said), *names, is_answer=asked)


def recall(said: Iterable[Said]) -> list[Earlier]:
    """What was said before each of these in their thread. `said`: oldest first."""
    conversation = Conversation()
    return [conversation.add(plain_text(one.body[:LONGEST]), one.side) for one in said]


def recall_before(messages: Sequence[Message], bodies: Sequence[str]) -> list[Earlier]:
    """Like `recall`, with the messages in the mirror before the first of these."""
    if not messages:
        return []
    first = messages[0]
    earlier = Q(created_at=first.created_at, pk__lt=first.pk) | Q(created_at__lt=first.created_at)
    latest = first.thread.messages.filter(earlier).with_beginnings()
    before = list(latest.order_by("-created_at", "-pk")[:MOST_BEFORE])
    said = [Said(one.beginning, one.sender_side) for one in reversed(before)]
    said += [Said(body, one.sender_side) for one, body in zip(messages, bodies, strict=True)]
    return recall(said)[len(before) :]

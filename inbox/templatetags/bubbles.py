"""The head of a message's bubble: who wrote it to whom, and when."""

from dataclasses import dataclass

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from inbox.dates import format_exact, format_moment
from inbox.kept import Shown, fragment
from inbox.models.codes import side
from inbox.pages.message_rows import MessageRow

register = template.Library()


@dataclass(frozen=True)
class BubbleHead(Shown):
    """What heads have in common; names and times are copied."""

    role: str
    recipients: str
    is_by_colleague: bool
    is_dated: bool


@register.simple_tag
def bubble_head(row: MessageRow) -> SafeString:
    message, at = row.message, row.message.created_at
    copied = {
        "called": message.called,
        "author": row.author.display_name if row.author else "",
        "at": timezone.localtime(at).isoformat(),
        "exactly": format_exact(at),
        "moment": format_moment(at, "FULL_MOMENT"),
    }
    head = BubbleHead(
        role=side(message.sender_type),
        recipients=", ".join(side(one.type) for one in message.recipients),
        is_by_colleague=row.author is not None,
        is_dated=message.is_dated,
    )
    return fragment("inbox/_bubble_head.html", copied, head=head)

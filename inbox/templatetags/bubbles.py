"""The bubble of a message."""

from dataclasses import dataclass

from django import template
from django.template import Context, Engine
from django.utils import timezone
from django.utils.safestring import SafeString

from inbox.dates import format_exact, format_moment
from inbox.kept import Shown, fragment
from inbox.models.codes import side
from inbox.pages.message_rows import MessageRow
from inbox.sanitize import Body
from inbox.templatetags.desk import rendered_message

register = template.Library()


@dataclass(frozen=True)
class BubbleShown(Shown):
    """What bubbles have in common; names, times, bodies and what is below them are copied.

    `text` is "html", "plain", "gone" (from the marketplace), "none", or empty for files alone.
    """

    side: str
    role: str
    recipients: str
    is_by_colleague: bool
    is_dated: bool
    text: str


@register.simple_tag(takes_context=True)
def bubble(context: Context, row: MessageRow) -> SafeString:
    message, at, body = row.message, row.message.created_at, rendered_message(row)
    copied = {
        "id": message.mirakl_id,
        "called": message.called,
        "author": row.author.display_name if row.author else "",
        "at": timezone.localtime(at).isoformat(),
        "at_length": format_moment(at, "DATETIME_FORMAT"),
        "exactly": format_exact(at),
        "moment": format_moment(at, "FULL_MOMENT"),
        "body": body.html,
        "below": below(context, row, body),
    }
    shown = BubbleShown(
        side="ours" if message.is_ours else message.sender_side.lower(),
        role=side(message.sender_type),
        recipients=", ".join(side(one.type) for one in message.recipients),
        is_by_colleague=row.author is not None,
        is_dated=message.is_dated,
        text=text_of(row, body),
    )
    return fragment("inbox/_bubble.html", copied, bubble=shown)


def text_of(row: MessageRow, body: Body) -> str:
    if row.message.gone_at:
        return "gone"
    if not body.is_blank:
        return "html" if body.is_html else "plain"
    return "" if row.files else "none"


def below(context: Context, row: MessageRow, body: Body) -> str:
    """Most messages have nothing there."""
    if not (body.quoted or body.is_cut or body.is_html or row.files):
        return ""
    with context.push(row=row, body=body, message=row.message):
        return Engine.get_default().get_template("inbox/_bubble_below.html").render(context)

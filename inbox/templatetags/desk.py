"""Template tags and filters of the desk."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django import template
from django.template.base import Node, Parser, Token
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from inbox import money, sizes
from inbox.constant_tags import text_of
from inbox.dates import format_brief, format_exact
from inbox.models import Marketplace, Outgoing, Participant
from inbox.models.codes import label_code, order_state, side
from inbox.models.metrics import has_crossed
from inbox.models.threads import not_named
from inbox.pages.badges import person_colour
from inbox.pages.clock import clock_of, parsed, span
from inbox.pages.message_rows import MessageRow
from inbox.sanitize import BEGINNING, MAX_MARKUP, Body, marked, plain_text, render

register = template.Library()

# Limit of browsers and servers for a URL.
LONGEST_ADDRESS = 2_000


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of static/icons.svg; decorative unless it has a label."""
    return _icon(name, str(label), _sheet())


compile_icon = register.tags["icon"]


@register.tag("icon")
def constant_icon(parser: Parser, token: Token) -> Node:
    """Most icons are constant."""
    node = compile_icon(parser, token)
    return node if node.target_var else text_of(node, [*node.args, *node.kwargs.values()])


@cache
def _sheet() -> str:
    return static("icons.svg")


@lru_cache(maxsize=1_000)
def _icon(name: str, label: str, sheet: str) -> SafeString:
    attributes = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon" {}><use href="{}#{}"></use></svg>',
        SafeString(attributes),
        sheet,
        name,
    )


@register.filter
def file_size(size: int) -> str:
    return sizes.format_size(size)


@register.simple_tag
def find_told_reply(message: Any) -> Outgoing | None:
    """The reply that a message for the next page refers to."""
    tag = message.extra_tags or "/"
    # Messages with an Undo carry its URL instead.
    return None if tag.startswith("/") else Outgoing.objects.filter(token=tag).first()


register.simple_tag(clock_of, name="clock")
register.filter("parsed", parsed)
register.filter("side", side)
register.filter("moment", lambda at: format_brief(at) if at else "")
register.filter("person_colour", person_colour)


@register.simple_tag
def clock_texts() -> dict[str, str]:
    """Labels for the page's script, which counts like `span`."""
    return {
        "overdue": _("Overdue %s"),
        "minutes": _("%dm"),
        "both": _("%(hours)dh %(minutes)dm"),
        "hours": _("%dh"),
        "days": _("%dd"),
    }


@register.filter
def age(since: datetime) -> str:
    """`12s` within the first minute, then like `span`."""
    passed = timezone.now() - since
    seconds = max(0, int(passed.total_seconds()))
    return _("%ds") % seconds if seconds < 60 else span(passed)


@register.filter
def lasting(length: timedelta | None) -> str:
    """`4h 3m`, for a span from a marketplace."""
    return "" if length is None else span(length)


@register.filter
def exactly(value: datetime | None) -> str:
    """Date, time and zone, for a title attribute."""
    return format_exact(value) if value else ""


@register.filter(name="not_named")
def sender_not_named(from_type: str | None) -> str:
    """Label for an unnamed sender of a legacy message."""
    return not_named(from_type or "")


@register.filter
def sides(recipients: Iterable[Participant]) -> str:
    """`Customer, Operator` for a message's recipients."""
    return ", ".join(side(one.type) for one in recipients)


@register.simple_tag
def listed_at(url: str, query: str) -> str:
    """The URL of a row, which remembers the list with this query string."""
    address, _sign, place = url.partition("#")
    if query:
        address += ("&" if "?" in address else "?") + query
    return f"{address}#{place}" if place else address


register.filter("as_text", plain_text)


@register.filter
def rendered(body: str) -> Body:
    """A customer's body as safe HTML, quoted history apart, cut to what a thread's page shows."""
    return render(body, BEGINNING)


@register.filter
def rendered_whole(body: str) -> Body:
    return render(body)


@register.filter
def rendered_message(row: MessageRow) -> Body:
    """Like `rendered`, or the whole body if the message is shown whole."""
    longest = MAX_MARKUP if row.is_whole else BEGINNING
    body = render(row.beginning, longest, row.earlier)
    return marked(body, row.find) if row.find else body


ORDER_TONES = {
    "WAITING_ACCEPTANCE": "soon",
    "SHIPPING": "soon",
    "SHIPPED": "waiting",
    "RECEIVED": "sent",
    "REFUSED": "overdue",
    "CANCELED": "overdue",
}
SHOP_STATES = {
    "OPEN": (gettext_lazy("Open"), "sent"),
    "CLOSE": (gettext_lazy("Temporarily closed"), "soon"),
    "SUSPENDED": (gettext_lazy("Suspended"), "overdue"),
    "TERMINATED": (gettext_lazy("Terminated"), "overdue"),
}
SUSPENSIONS = {
    "MANUAL": gettext_lazy("The operator suspended the shop manually."),
    "PENDING_APPROVAL": gettext_lazy("The shop is new and awaiting the operator's approval."),
    "AUTOMATIC_SUSPENSION": gettext_lazy("The marketplace's quality control suspended the shop."),
    "INCOMPLETE_PROFILE": gettext_lazy(
        "The shop's profile is incomplete. Complete it on the marketplace."
    ),
}
DOCUMENT_TYPES = {
    "CUSTOMER_INVOICE": gettext_lazy("Invoice"),
    "SYSTEM_DELIVERY_BILL": gettext_lazy("Delivery note"),
}


register.filter("order_state", order_state)


@register.filter
def order_tone(code: str | None) -> str:
    """The colour of a state's pill."""
    return ORDER_TONES.get(code or "", "running")


@register.filter
def shop_state(code: str) -> Any:
    return SHOP_STATES[code][0] if code in SHOP_STATES else label_code(code) or _("Unknown status")


@register.filter
def shop_tone(code: str) -> str:
    """The colour of a state's pill."""
    return SHOP_STATES[code][1] if code in SHOP_STATES else "running"


@register.filter
def suspension(code: str) -> Any:
    return SUSPENSIONS.get(code, label_code(code))


@register.filter
def figure(value: float | None, kind: str) -> str:
    """A shop's figure as text: `4h 3m`, `1.2 %`, `4.6`, `1,204`."""
    if value is None:
        return "–"
    if kind == "seconds":
        return span(timedelta(seconds=value))
    if kind == "rate":
        return _("%s%%") % formats.number_format(value * 100, 1)
    decimals = {"count": 0, "grade": 1}.get(kind, 2)
    return formats.number_format(value, decimals, force_grouping=True)


@register.filter
def amount(value: float | None, currency: str) -> str:
    """A shop's figure in money."""
    return money.format_amount(None if value is None else Decimal(str(value)), currency)


@register.filter
def reply_tone(average: timedelta, marketplace: Marketplace) -> str:
    """Colour of an average reply time, compared with the marketplace's alert and limit."""
    hours = average / timedelta(hours=1)
    if has_crossed(hours, marketplace.limit_sign, marketplace.reply_limit_hours):
        return "overdue"
    is_near = has_crossed(hours, marketplace.alert_sign, marketplace.alert_hours)
    return "soon" if is_near else "sent"


@register.filter
def document_type(code: str | None, labels: dict[str, str] | None = None) -> Any:
    """The marketplace's name for the type, if known."""
    known = DOCUMENT_TYPES | (labels or {})
    return known.get(code or "", label_code(code))


@register.filter
def language(locale: str) -> str:
    """`French` for fr_FR; the code itself if Django does not know it."""
    code = locale.replace("_", "-").lower()
    try:
        return str(_(get_language_info(code.partition("-")[0])["name"]))
    except KeyError:
        return locale


@register.filter
def is_web_address(url: str | None) -> bool:
    """Links from a marketplace are shown only if they lead to a web page."""
    fits = len(url or "") <= LONGEST_ADDRESS
    return fits and (url or "").lower().startswith(("https://", "http://"))


@register.filter
def legacy_side(from_type: str | None, marketplace: Marketplace) -> str:
    """Side of a legacy message's bubble: ours, customer, shop or operator."""
    plain = (from_type or "").removesuffix("_USER")
    return "ours" if plain == marketplace.our_side else plain.lower()

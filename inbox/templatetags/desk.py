"""Template tags and filters of the desk."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from inbox import money, sizes
from inbox.dates import format_exact, format_moment
from inbox.models import Marketplace, Outgoing, Thread, User
from inbox.models.codes import in_words, order_state
from inbox.models.threads import not_named
from inbox.pages.message_rows import MessageRow
from inbox.pages.thread_rows import ThreadRow
from inbox.sanitize import BEGINNING, MAX_MARKUP, Body, marked, plain_text, render

register = template.Library()

# Limit of browsers and servers for a URL.
LONGEST_ADDRESS = 2_000


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of static/icons.svg; decorative unless it has a label."""
    return _icon(name, str(label), static("icons.svg"))


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
    return sizes.in_words(size)


@register.simple_tag
def told_of(message: Any) -> Outgoing | None:
    """The reply that a message for the next page refers to."""
    tag = message.extra_tags or "/"
    # Messages with an Undo carry its URL instead.
    return None if tag.startswith("/") else Outgoing.objects.filter(token=tag).first()


A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Clock:
    """A thread's reply clock for display: state, label and explanation."""

    state: str
    icon: str
    label: str
    title: str
    # While it runs: the page keeps counting to these.
    due_at: datetime | None = None
    soon_at: datetime | None = None
    # Set if Mirakl counts from another message than we do.
    differs: str = ""
    # The time left, or overdue.
    span: str = ""


@register.simple_tag
def clock(thread: Thread) -> Clock:
    if thread.due_at is None:
        return stopped_clock(thread)
    differs = other_start(thread)
    limit = thread.marketplace.reply_limit_hours
    title = _("Reply by %(due)s: %(limit)d hours after the message.") % {
        "due": format_exact(thread.due_at),
        "limit": limit,
    }
    title = f"{title} {differs}".strip()
    if thread.is_historical:
        title = f"{_('Unanswered for more than two weeks.')} {title}"
        return Clock("historical", "hourglass", _("Old"), title, differs=differs)
    left = thread.due_at - timezone.now()
    state, icon, label = "running", "clock", span(left)
    if thread.is_overdue:
        state, icon, label = "overdue", "triangle-alert", _("Overdue %s") % span(-left)
    elif thread.is_due_soon:
        state = "soon"
    soon_at = thread.due_at - thread.marketplace.alert_before_for
    return Clock(state, icon, label, title, thread.due_at, soon_at, differs, span(abs(left)))


def other_start(thread: Thread) -> str:
    """Explains the later of two starts of the clock, which runs from the earlier one."""
    ours, theirs = thread.waiting_since, thread.shop_reply_needed_since
    if thread.marketplace.our_side != "SHOP" or not (ours and theirs):
        return ""
    if abs(ours - theirs) < A_MINUTE:
        return ""
    return _("The message arrived %(ours)s. The marketplace counts from %(theirs)s.") % {
        "ours": format_moment(ours),
        "theirs": format_moment(theirs),
    }


@register.simple_tag
def clock_words() -> dict[str, str]:
    """Labels for the page's script, which counts like `span`."""
    return {
        "overdue": _("Overdue %s"),
        "minutes": _("%dm"),
        "both": _("%(hours)dh %(minutes)dm"),
        "hours": _("%dh"),
        "days": _("%dd"),
    }


def stopped_clock(thread: Thread) -> Clock:
    if thread.marketplace.is_storefront:
        return shops_clock(thread)
    if thread.no_store_reply_needed and not thread.last_sender_is_ours:
        title = declaration(thread.no_store_reply_needed[-1])
        return Clock("not-needed", "circle-check", _("No reply needed"), title)
    if thread.last_sender_is_ours:
        ago = span(timezone.now() - thread.last_message_at)
        title = _("You replied last. The reply clock is stopped.")
        return Clock("answered", "check", _("Answered %s") % ago, title, span=ago)
    return Clock(
        "answered", "check", _("No deadline"), _("The marketplace doesn't require a reply here.")
    )


def declaration(said: dict[str, str]) -> str:
    """Who declared that no reply is due, and when, as far as known."""
    who, at = side(said.get("user_type", "")), parsed(said.get("date", ""))
    words = _("Marked on the marketplace as “No reply needed”. %s") % who
    return f"{words}, {format_moment(at, 'FULL_MOMENT')}" if at else words


def shops_clock(thread: Thread) -> Clock:
    """For a storefront: customers have no reply limit, so this shows the shop's."""
    if since := thread.shop_reply_needed_since:
        title = _("The shop has not answered yet.")
        waited = span(timezone.now() - since)
        label = _("Waiting for the shop, %s") % waited
        return Clock("waiting", "hourglass", label, title, span=waited)
    return Clock("answered", "check", _("No reply needed"), _("The shop doesn't owe a reply here."))


def span(length: timedelta) -> str:
    """`25m`, `3h 20m`, `18h`, `4d`: exact for short spans."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 60:
        return _("%dm") % minutes
    hours, minutes = divmod(minutes, 60)
    if hours < 6 and minutes:
        return _("%(hours)dh %(minutes)dm") % {"hours": hours, "minutes": minutes}
    return _("%dh") % hours if hours < 48 else _("%dd") % (hours // 24)


@register.filter
def parsed(text: str | None) -> datetime | None:
    """A moment stored as text; None if invalid."""
    try:
        return parse_datetime(text or "")
    except ValueError:
        return None


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


@register.filter
def moment(value: datetime | None) -> str:
    """The time if today, the day if this year, else the date."""
    if value is None:
        return ""
    local, today = timezone.localtime(value), timezone.localtime()
    if local.date() == today.date():
        return formats.time_format(local, "H:i")
    return formats.date_format(local, "DAY" if local.year == today.year else "SHORT_DATE_FORMAT")


@register.filter
def side(participant_type: str) -> str:
    """Customer, Shop or Operator for Mirakl's participant and sender types."""
    known = {"CUSTOMER": _("Customer"), "SHOP": _("Shop"), "OPERATOR": _("Operator")}
    plain = participant_type.removesuffix("_USER")
    return known.get(plain, plain.replace("_", " ").capitalize())


@register.filter(name="not_named")
def sender_not_named(from_type: str | None) -> str:
    """Label for an unnamed sender of a legacy message."""
    return not_named(from_type or "")


@register.filter
def sides(recipients: list[dict[str, Any]]) -> str:
    """`Customer, Operator` for a message's recipients."""
    return ", ".join(side(str(recipient.get("type", ""))) for recipient in recipients)


@register.filter
def spoken_by(thread: Thread) -> str:
    """The side that wrote last, unless it is ours or the one that `who` names."""
    named = "CUSTOMER" if thread.marketplace.role == Marketplace.Role.SELLER else "SHOP"
    wrote = thread.last_sender_type.removesuffix("_USER")
    return "" if thread.last_sender_is_ours or wrote == named else wrote


@register.simple_tag
def listed_at(row: ThreadRow, filters: Any) -> str:
    """URL of a row: leads to the match in the thread, and remembers the list."""
    found = row.snippet.url if row.snippet else ""
    address, _sign, place = (found or row.thread.get_absolute_url()).partition("#")
    if filters and filters.as_query:
        address += ("&" if "?" in address else "?") + filters.as_query
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
def person_colour(user: User) -> str:
    """The same wherever the user is shown, so that equal initials differ."""
    colours = Marketplace.Colour.values
    return str(colours[user.pk % len(colours)])


@register.filter
def order_tone(code: str | None) -> str:
    """The colour of a state's pill."""
    return ORDER_TONES.get(code or "", "running")


@register.filter
def shop_state(code: str) -> Any:
    return SHOP_STATES[code][0] if code in SHOP_STATES else in_words(code) or _("Unknown status")


@register.filter
def shop_tone(code: str) -> str:
    """The colour of a state's pill."""
    return SHOP_STATES[code][1] if code in SHOP_STATES else "running"


@register.filter
def suspension(code: str) -> Any:
    return SUSPENSIONS.get(code, in_words(code))


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
    return money.in_words(None if value is None else Decimal(str(value)), currency)


@register.filter
def reply_tone(average: timedelta, marketplace: Marketplace) -> str:
    """Colour of an average reply time, compared with the marketplace's alert and limit."""
    if average >= marketplace.reply_limit_for:
        return "overdue"
    return "soon" if average >= timedelta(hours=marketplace.alert_hours) else "sent"


@register.filter
def document_type(code: str | None, labels: dict[str, str] | None = None) -> Any:
    """The marketplace's name for the type, if known."""
    known = DOCUMENT_TYPES | (labels or {})
    return known.get(code or "", in_words(code))


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

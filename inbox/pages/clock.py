"""The reply clock of a conversation as pages show it."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inbox.dates import format_exact, format_moment
from inbox.kept import Shown
from inbox.models import Marketplace, Thread
from inbox.models.codes import side
from inbox.services.reply_clock import find_start

A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Clock(Shown):
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


def clock_of(thread: Thread) -> Clock:
    if thread.due_at is None:
        return stopped_clock(thread)
    left = thread.due_at - timezone.now()
    return _running_clock(
        thread.due_at,
        thread.due_at - thread.marketplace.alert_before_for,
        thread.marketplace.reply_limit_hours,
        thread.marketplace.calendar_kind,
        other_start(thread),
        _state_of(thread),
        # Spans are shown in minutes.
        abs(left) // A_MINUTE,
        language=get_language(),
        zone=timezone.get_current_timezone(),
    )


def _state_of(thread: Thread) -> str:
    if thread.is_historical:
        return "historical"
    if thread.is_overdue:
        return "overdue"
    return "soon" if thread.is_due_soon else "running"


@lru_cache(maxsize=10_000)
def _running_clock(
    due_at: datetime,
    soon_at: datetime,
    limit: int,
    calendar: str,
    differs: str,
    state: str,
    minutes: int,
    *,
    language: str | None,
    zone: tzinfo,
) -> Clock:
    """Kept for `language` and `zone`: lists show the same clocks again and again."""
    title = _limit_words(calendar) % {"due": format_exact(due_at), "limit": limit}
    title = f"{title} {differs}".strip()
    if state == "historical":
        title = f"{_('Unanswered for more than two weeks.')} {title}"
        return Clock(state, "hourglass", _("Old"), title, differs=differs)
    left = span(minutes * A_MINUTE)
    icon, label = "clock", left
    if state == "overdue":
        icon, label = "triangle-alert", _("Overdue %s") % left
    return Clock(state, icon, label, title, due_at, soon_at, differs, left)


def _limit_words(calendar: str) -> str:
    if calendar == Marketplace.CalendarKind.DAYS:
        return _("Reply by %(due)s: %(limit)d hours after the message, on working days.")
    if calendar == Marketplace.CalendarKind.HOURS:
        return _("Reply by %(due)s: %(limit)d working hours after the message.")
    return _("Reply by %(due)s: %(limit)d hours after the message.")


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
    title = _("The marketplace doesn't require a reply here.")
    if find_start(thread.marketplace, thread):
        title = _("The marketplace's reply calendar has no working time in the coming year.")
    return Clock("answered", "check", _("No deadline"), title)


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


def parsed(text: str | None) -> datetime | None:
    """A moment stored as text; None if invalid."""
    try:
        return parse_datetime(text or "")
    except ValueError:
        return None

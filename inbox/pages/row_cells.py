"""Tables of what figures count: one for each kind of rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.dates import format_exact, format_moment
from inbox.kept import Shown
from inbox.models import Marketplace, Message, Outgoing, Resolution, Span, Thread, User
from inbox.models.codes import side
from inbox.pages.charts.axes import DURATION, words


@dataclass(frozen=True)
class Cell(Shown):
    """A text with its explanation; `is_bad` colours it."""

    text: str
    title: str = ""
    is_bad: bool = False


@dataclass(frozen=True)
class TableRow(Shown):
    """Its conversation, and the cells beside that."""

    who: str
    subject: str
    url: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class RowTable:
    """`cells` are those of a row as of a moment, below `columns`."""

    columns: Sequence[str | Promise]
    related: Sequence[str]
    thread: Callable[[Any], Thread | None]
    cells: Callable[[Any, datetime], tuple[Cell, ...]]

    def row(self, found: Any, as_of: datetime) -> TableRow:
        thread, cells = self.thread(found), self.cells(found, as_of)
        if thread is None:
            return TableRow(str(found.get_kind_display()), "", found.get_absolute_url(), cells)
        return TableRow(thread.who, thread.entity_label, thread.get_absolute_url(), cells)


def _moment(at: datetime | None) -> Cell:
    return Cell(format_moment(at), format_exact(at)) if at else Cell("")


def _lasting(length: timedelta) -> Cell:
    return Cell(words(length.total_seconds(), DURATION))


def _marketplace(marketplace: Marketplace) -> Cell:
    return Cell(marketplace.name)


def _person(person: User | None) -> Cell:
    if not settings.REPORTS_BY_PERSON:
        return Cell("")
    return Cell(person.display_name if person else _("Deleted account"))


# -- waits --------------------------------------------------------------------


def _wait(span: Span, as_of: datetime) -> tuple[Cell, ...]:
    ended = span.ended_at if span.ended_at and span.ended_at <= as_of else None
    return (
        _marketplace(span.thread.marketplace),
        Cell(str(span.get_asker_display())),
        _moment(span.asked_at),
        _moment(ended) if ended else Cell(_("Still waits")),
        _lasting((ended or as_of) - span.asked_at),
        _author(span),
        _verdict(span, as_of),
    )


def _author(span: Span) -> Cell:
    if span.ended_by != Span.EndedBy.REPLY:
        return Cell(_("No reply needed") if span.ended_by else "")
    return _person(span.author) if span.is_from_desk else Cell(_("Answered elsewhere"))


def _verdict(span: Span, as_of: datetime) -> Cell:
    """Empty while it is open or without a limit."""
    if span.limit_at is None or (span.judged_at and span.judged_at > as_of):
        return Cell("")
    is_in_time = span.ended_at is not None and span.ended_at <= span.limit_at
    return Cell(_("In time")) if is_in_time else Cell(_("Missed"), is_bad=True)


# -- messages, conversations, the outbox --------------------------------------


def _message(message: Message, _as_of: datetime) -> tuple[Cell, ...]:
    sent_here = _("Sent from the desk") if message.is_from_desk else ""
    return (
        _marketplace(message.thread.marketplace),
        Cell(side(message.sender_type)),
        _moment(message.created_at),
        Cell(sent_here),
    )


def _conversation(thread: Thread, _as_of: datetime) -> tuple[Cell, ...]:
    return (
        _marketplace(thread.marketplace),
        Cell(side(thread.began_by) if thread.began_by else ""),
        _moment(thread.began_at),
        _moment(thread.last_message_at),
        Cell(str(thread.get_status_display())),
    )


def _entry(reply: Outgoing, _as_of: datetime) -> tuple[Cell, ...]:
    is_lost = reply.state in {Outgoing.State.FAILED, Outgoing.State.UNCONFIRMED}
    return (
        _marketplace(reply.marketplace),
        _person(reply.author),
        _moment(reply.created_at),
        _moment(reply.settled_at),
        Cell(str(reply.get_state_display()), reply.trouble, is_bad=is_lost),
    )


def _resolution(one: Resolution, as_of: datetime) -> tuple[Cell, ...]:
    is_back = one.followed_at is not None and one.followed_at <= as_of
    return (
        _marketplace(one.thread.marketplace),
        _moment(one.begun_at),
        _moment(one.resolved_at),
        _lasting(one.resolved_at - one.begun_at) if one.begun_at else Cell(""),
        Cell(str(one.replies)),
        Cell(str(one.messages)),
        _person(one.by) if one.kind == Resolution.Kind.CLOSED else Cell(""),
        _moment(one.followed_at) if is_back else Cell(_("Thanks") if one.was_thanked else ""),
    )


MARKETPLACE = gettext_lazy("Marketplace")
TABLES: Mapping[str, RowTable] = {
    "waits": RowTable(
        (
            *(MARKETPLACE, gettext_lazy("Who waited"), gettext_lazy("Asked")),
            *(gettext_lazy("Answered"), gettext_lazy("Waited"), gettext_lazy("By")),
            gettext_lazy("Limit"),
        ),
        ("thread__marketplace", "author"),
        lambda span: span.thread,
        _wait,
    ),
    "messages": RowTable(
        (MARKETPLACE, gettext_lazy("From"), gettext_lazy("Sent"), gettext_lazy("Where")),
        ("thread__marketplace",),
        lambda message: message.thread,
        _message,
    ),
    "conversations": RowTable(
        (
            *(MARKETPLACE, gettext_lazy("Begun by"), gettext_lazy("Begun")),
            *(gettext_lazy("Last message"), gettext_lazy("Status")),
        ),
        ("marketplace",),
        lambda thread: thread,
        _conversation,
    ),
    "outbox": RowTable(
        (
            *(MARKETPLACE, gettext_lazy("Author"), gettext_lazy("Written")),
            *(gettext_lazy("Sent"), gettext_lazy("State")),
        ),
        ("marketplace", "thread__marketplace", "author"),
        lambda reply: reply.thread,
        _entry,
    ),
    "resolutions": RowTable(
        (
            *(MARKETPLACE, gettext_lazy("Asked"), gettext_lazy("Resolved"), gettext_lazy("Took")),
            *(gettext_lazy("Replies"), gettext_lazy("Messages"), gettext_lazy("Closed by")),
            gettext_lazy("Written again"),
        ),
        ("thread__marketplace", "by"),
        lambda one: one.thread,
        _resolution,
    ),
}

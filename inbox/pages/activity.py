"""Activity of a thread as text: who decided what, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from inbox.dates import format_moment
from inbox.models import Event, Message, Tag, Thread, User
from inbox.models.prepared import prepared

Verb = Event.Verb
SHOWN = [
    *(Verb.ASSIGNED, Verb.UNASSIGNED, Verb.CLOSED, Verb.REOPENED, Verb.SNOOZED, Verb.UNSNOOZED),
    *(Verb.TAGGED, Verb.UNTAGGED, Verb.NOTE_DELETED),
]
MOST = 200
LATEST = 15


@dataclass(frozen=True)
class ActivityLine:
    at: datetime
    words: str


def list_changes(thread: Thread, most: int = MOST) -> list[ActivityLine]:
    """The latest decisions and deleted notes, oldest first."""
    return _lines_of(_decisions(most, thread=thread.pk)[::-1])


@prepared
def _decisions(most: int, *, thread: int) -> QuerySet[Event]:
    events = Event.objects.filter(thread=thread, verb__in=SHOWN)
    return events.select_related("by").order_by("-at", "-pk")[:most]


def list_activity(thread: Thread) -> list[ActivityLine]:
    """The latest events of any kind, replies and notes included, newest first."""
    return _lines_of(list(thread.events.select_related("by").order_by("-at", "-pk")[:LATEST]))


def _lines_of(events: list[Event]) -> list[ActivityLine]:
    if not events:
        return []
    named, tagged = _mentioned(events, "to"), _mentioned(events, "tag")
    people = {one.pk: one for one in _people(users=named)} if named else {}
    tags = {one.pk: one for one in _tags(tags=tagged)} if tagged else {}
    return [ActivityLine(event.at, _words(event, people, tags)) for event in events]


def _mentioned(events: Iterable[Event], name: str) -> list[int]:
    return sorted({event.about[name] for event in events if event.about.get(name)})


@prepared
def _people(*, users: list[int]) -> QuerySet[User]:
    return User.objects.filter(pk__in_array=users)


@prepared
def _tags(*, tags: list[int]) -> QuerySet[Tag]:
    return Tag.objects.filter(pk__in_array=tags)


def _words(event: Event, people: dict[Any, User], tags: dict[Any, Tag]) -> str:
    to = people.get(event.about.get("to"))
    tag = tags.get(event.about.get("tag"))
    names = {
        "by": event.by.display_name if event.by else "",
        "to": to.display_name if to else _("a former colleague"),
        "tag": tag.name if tag else _("a deleted tag"),
        "until": _moment(event.about.get("until", "")),
    }
    if event.by is None:
        if event.verb == Verb.REOPENED and "reply" in event.about:
            return _("Reopened because the reply wasn't sent")
        return _by_itself(event.verb) % names
    if event.verb == Verb.ASSIGNED and to == event.by:
        return _("%(by)s assigned this to themselves") % names
    return _by_somebody(event.verb) % names


def _by_somebody(verb: str) -> str:
    words = {
        Verb.ASSIGNED: _("%(by)s assigned this to %(to)s"),
        Verb.UNASSIGNED: _("%(by)s unassigned this"),
        Verb.CLOSED: _("%(by)s closed this"),
        Verb.REOPENED: _("%(by)s reopened this"),
        Verb.SNOOZED: _("%(by)s snoozed this until %(until)s"),
        Verb.UNSNOOZED: _("%(by)s ended the snooze"),
        Verb.TAGGED: _("%(by)s added tag “%(tag)s”"),
        Verb.UNTAGGED: _("%(by)s removed tag “%(tag)s”"),
        Verb.NOTE_DELETED: _("%(by)s deleted a note"),
    }
    return words.get(Verb(verb)) or f"%(by)s: {Verb(verb).label}"


def _by_itself(verb: str) -> str:
    words = {
        Verb.ASSIGNED: _("Assigned to %(to)s by round robin"),
        Verb.REOPENED: _("Reopened by a new message"),
        Verb.UNSNOOZED: _("Snooze ended"),
    }
    return words.get(Verb(verb)) or str(capfirst(Verb(verb).label))


def _moment(text: str) -> str:
    until = parse_datetime(text) if text else None
    return format_moment(until, "WEEKDAY_MOMENT") if until else ""


def group_by_message(
    messages: list[Message], lines: list[ActivityLine]
) -> list[list[ActivityLine]]:
    """The lines that follow each message, by time."""
    found: list[list[ActivityLine]] = [[] for _message in messages]
    following = 0
    for one in lines:
        while following + 1 < len(messages) and messages[following + 1].created_at <= one.at:
            following += 1
        if messages:
            found[following].append(one)
    return found

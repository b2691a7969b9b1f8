"""What a person has that others need, and giving it to a colleague in one go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import models, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models import (
    BulkChange,
    CannedReply,
    Draft,
    Event,
    Marketplace,
    Notification,
    ReportSubscription,
    SavedReport,
    SavedView,
    Thread,
    User,
)
from inbox.services import audit
from inbox.services.triage import bulk

Verb = Event.Verb


class Kind(models.TextChoices):
    THREADS = "threads", _("Assigned conversations")
    DRAFTS = "drafts", _("Drafts")
    MENTIONS = "mentions", _("Unread mentions")
    VIEWS = "views", _("Shared views")
    REPORTS = "reports", _("Shared reports")
    CANNED = "canned", _("Own canned replies")
    MAILS = "mails", _("Reports by mail")


class Action(models.TextChoices):
    LEAVE = "leave", _("Leave as it is")
    MOVE = "move", _("Hand over")
    END = "end", _("End")


@dataclass(frozen=True)
class Assigned:
    """Numbers of assigned conversations: all, and those of them snoozed or closed."""

    total: int
    snoozed: int
    closed: int


def count_assigned(person: User, *, by: User) -> Assigned:
    snoozed = Count("pk", filter=Q(status=Thread.Status.OPEN, snoozed_until__gt=timezone.now()))
    closed = Count("pk", filter=Q(status=Thread.Status.CLOSED))
    counts = _threads(person, by).aggregate(total=Count("pk"), snoozed=snoozed, closed=closed)
    return Assigned(**counts)


def count_belongings(person: User, *, by: User) -> dict[Kind, int]:
    """Of each kind what `by` may hand over; kinds without any are left out."""
    counts = {kind: rows(person, by).count() for kind, rows in ROWS.items()}
    counts[Kind.THREADS] = _threads(person, by).count()
    return {kind: counts[kind] for kind in Kind if counts[kind]}


@transaction.atomic
def hand_over(
    person: User, actions: Mapping[Kind, Action], *, to: User | None, by: User
) -> BulkChange | None:
    """Do this for each kind; returns the change of conversations, whose steps are still to be made.

    What the new owner has already, or may not see, stays where it is.
    """
    done = sorted(kind.value for kind, action in actions.items() if action != Action.LEAVE)
    handed_over = {"handed_over": done, "to": to.pk if to else None}
    audit.record(audit.Kind.CHANGED, about=person, by=by, details=handed_over)
    for kind, move in MOVES.items():
        rows, action = ROWS[kind](person, by), actions.get(kind, Action.LEAVE)
        if action == Action.MOVE and to:
            move(rows, to)
        elif action == Action.END:
            _end(kind, rows)
    return _hand_over_threads(person, actions.get(Kind.THREADS, Action.LEAVE), to=to, by=by)


def _hand_over_threads(
    person: User, action: Action, *, to: User | None, by: User
) -> BulkChange | None:
    found = _threads(person, by).order_by("status", "-last_message_at")
    pks = list(found.values_list("pk", flat=True)[: bulk.MOST])
    if not pks or action == Action.LEAVE:
        return None
    new = to.pk if to and action == Action.MOVE else None
    return bulk.begin(pks, verb=Verb.ASSIGNED, by=by, to=new)


# -- what is theirs -------------------------------------------------------------


def _threads(person: User, by: User) -> QuerySet[Thread]:
    return Thread.objects.filter(
        assignee=person, marketplace__in=Marketplace.objects.answerable_by(by)
    )


def _drafts(person: User, by: User) -> QuerySet[Draft]:
    return Draft.objects.filter(user=person, marketplace__in=Marketplace.objects.answerable_by(by))


def _mentions(person: User, by: User) -> QuerySet[Notification]:
    unread = Notification.objects.filter(user=person, kind=Notification.Kind.MENTIONED)
    return unread.filter(read_at=None, thread__in=Thread.objects.visible_to(by))


def _views(person: User, _by: User) -> QuerySet[SavedView]:
    return SavedView.objects.filter(owner=person, is_shared=True)


def _reports(person: User, _by: User) -> QuerySet[SavedReport]:
    return SavedReport.objects.filter(owner=person, is_shared=True)


def _canned(person: User, _by: User) -> QuerySet[CannedReply]:
    return CannedReply.objects.filter(owner=person)


def _mails(person: User, _by: User) -> QuerySet[ReportSubscription]:
    return ReportSubscription.objects.filter(reader=person)


ROWS: Mapping[Kind, Callable[[User, User], QuerySet[models.Model]]] = {
    Kind.DRAFTS: _drafts,
    Kind.MENTIONS: _mentions,
    Kind.VIEWS: _views,
    Kind.REPORTS: _reports,
    Kind.CANNED: _canned,
    Kind.MAILS: _mails,
}


# -- giving it away, and ending it ------------------------------------------------


def _move_drafts(rows: QuerySet[Draft], to: User) -> None:
    theirs = Draft.objects.filter(user=to)
    on_thread = theirs.filter(thread=OuterRef("thread"), kind=OuterRef("kind"))
    in_form = theirs.exclude(address="").filter(address=OuterRef("address"))
    writable = rows.filter(marketplace__in=Marketplace.objects.answerable_by(to))
    writable.exclude(Exists(on_thread) | Exists(in_form)).update(user=to)


def _move_mentions(rows: QuerySet[Notification], to: User) -> None:
    same = {name: OuterRef(name) for name in ("kind", "thread", "about")}
    has_it = Notification.objects.filter(user=to, **same)
    seen = rows.filter(thread__in=Thread.objects.visible_to(to))
    seen.exclude(Exists(has_it)).update(user=to)


def _move_owned(rows: QuerySet[models.Model], to: User) -> None:
    rows.update(owner=to)


def _move_mails(rows: QuerySet[ReportSubscription], to: User) -> None:
    has_it = ReportSubscription.objects.filter(reader=to, report=OuterRef("report"))
    readable = rows.filter(report__in=SavedReport.objects.visible_to(to))
    readable.exclude(Exists(has_it)).update(reader=to)


# Reports come before their mails, which only a reader of the report can get.
MOVES: Mapping[Kind, Callable[[QuerySet, User], None]] = {  # type: ignore[type-arg]
    Kind.DRAFTS: _move_drafts,
    Kind.MENTIONS: _move_mentions,
    Kind.VIEWS: _move_owned,
    Kind.REPORTS: _move_owned,
    Kind.CANNED: _move_owned,
    Kind.MAILS: _move_mails,
}


def _end(kind: Kind, rows: QuerySet[models.Model]) -> None:
    if kind == Kind.MENTIONS:
        rows.update(read_at=timezone.now())
    else:
        rows.delete()

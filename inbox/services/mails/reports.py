"""Saved reports by mail: each period once, at 08:00 of the reader."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta, tzinfo
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from helpdesk.time_outs import ReportTooSlowError
from inbox.dates import first_moment
from inbox.models import Marketplace, ReportMail, ReportSubscription, SavedReport, User
from inbox.services.insight.periods import Period, find_period
from inbox.services.mails.sending import NotSentError, send

log = logging.getLogger(__name__)

SENT_AT = time(8)
A_DAY = timedelta(days=1)
# A mail whose worker was killed while it was being written is written again after this time.
WRITING_FOR = timedelta(minutes=10)
TRIED_AGAIN_AFTER = timedelta(minutes=15)
TOO_SLOW = gettext_noop("The report took too long. Choose fewer marketplaces or filters.")
DATABASE_AWAY = gettext_noop("The database isn't responding. Try again in a moment.")
PERIODS = {
    ReportSubscription.Rhythm.DAILY: "yesterday",
    ReportSubscription.Rhythm.WEEKLY: "last-week",
    ReportSubscription.Rhythm.MONTHLY: "last-month",
}
State = ReportMail.State
# Writes the mail of a period, with the reader's rights of now; None if there is nothing to tell.
Writer = Callable[[ReportSubscription, Period], EmailMessage | None]


@transaction.atomic
def subscribe(
    report: SavedReport, reader: User, rhythm: str, marketplaces: Iterable[Marketplace]
) -> None:
    """From the next period on; an empty rhythm ends the mails. It tells of `marketplaces`."""
    mine = ReportSubscription.objects.filter(report=report, reader=reader)
    if not rhythm:
        mine.delete()
    elif not mine.filter(rhythm=rhythm):
        values = {"rhythm": rhythm, "since": timezone.now()}
        made, _is_new = mine.update_or_create(report=report, reader=reader, defaults=values)
        made.marketplaces.set(marketplaces)


def send_due(write: Writer) -> None:
    """Send what is due, unless sending is held.

    Of periods missed while no worker ran, only the last is sent.
    """
    is_held = Marketplace.objects.exclude(held_since=None).exists()
    if is_held or not settings.SENDS_MAIL:
        return
    now = timezone.now()
    readable = ReportSubscription.objects.filter(reader__is_active=True).exclude(reader__email="")
    for one in readable.select_related("report", "reader"):
        zone = zone_of(one.reader)
        period = latest_due(one.rhythm, zone, now)
        if due_at(period, zone) > one.since and (mail := _claim(one, period, now)):
            _send(mail, one, period, write)


def latest_due(rhythm: str, zone: tzinfo, now: datetime) -> Period:
    """The last day, week or month of the team whose mail is due for readers of `zone`."""
    name = PERIODS[ReportSubscription.Rhythm(rhythm)]
    period = find_period(name, now)
    while due_at(period, zone) > now:
        period = replace(find_period(name, period.begin), now=now)
    return period


def next_due(rhythm: str, zone: tzinfo, now: datetime) -> datetime:
    """When the next mail is sent."""
    moments = (now + days * A_DAY for days in range(1, 40))
    found = (due_at(latest_due(rhythm, zone, at), zone) for at in moments)
    return next(due for due in found if due > now)


def due_at(period: Period, zone: tzinfo) -> datetime:
    """The first 08:00 in `zone` at or after the period's end."""
    day = period.end.astimezone(zone).date()
    moment = first_moment(datetime.combine(day, SENT_AT), zone)
    if moment < period.end:
        moment = first_moment(datetime.combine(day + A_DAY, SENT_AT), zone)
    return moment


def zone_of(reader: User) -> tzinfo:
    return reader.zone or timezone.get_default_timezone()


def _claim(one: ReportSubscription, period: Period, now: datetime) -> ReportMail | None:
    """The mail's row, if no other worker has it: new, failed before, or left by a killed worker."""
    again_at = now + WRITING_FOR
    mail, is_new = ReportMail.objects.get_or_create(
        subscription=one,
        first=period.first,
        last=period.last,
        defaults={"try_at": again_at, "changed_at": now},
    )
    if is_new:
        return mail
    free = ReportMail.objects.filter(pk=mail.pk, try_at__lte=now)
    if not free.update(state=State.WRITING, try_at=again_at, changed_at=now):
        return None
    mail.try_at = again_at
    return mail


def _send(mail: ReportMail, one: ReportSubscription, period: Period, write: Writer) -> None:
    try:
        message = write(one, period)
        if message is None:
            _set(mail, State.SKIPPED)
        elif _set(mail, State.SENDING):
            send(message)
            _set(mail, State.SENT)
    except NotSentError as error:
        _fail(mail, error.words)
    except ReportTooSlowError:
        _fail(mail, TOO_SLOW)
    except OperationalError:
        _fail(mail, DATABASE_AWAY)
    except (SMTPException, OSError):
        # It may have arrived: it stays SENDING.
        log.warning("a report's mail broke off", extra={"mail": mail.pk})


def _fail(mail: ReportMail, problem: str) -> None:
    log.warning("a report's mail was not sent: %s", problem, extra={"mail": mail.pk})
    _set(mail, State.FAILED, try_at=timezone.now() + TRIED_AGAIN_AFTER, problem=problem)


def _set(
    mail: ReportMail, state: str, *, try_at: datetime | None = None, problem: str = ""
) -> bool:
    """False if another worker has claimed the mail meanwhile."""
    mine = ReportMail.objects.filter(pk=mail.pk, try_at=mail.try_at)
    changed_at = timezone.now()
    is_mine = mine.update(state=state, try_at=try_at, problem=problem, changed_at=changed_at)
    mail.try_at = try_at
    return bool(is_mine)

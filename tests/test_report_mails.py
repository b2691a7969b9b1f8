"""Saved reports, and their mails: each period once, at 08:00 of the reader, over a real server."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django.fixtures import Settings

from helpdesk.time_outs import ReportTooSlowError
from inbox.models import (
    Access,
    Marketplace,
    MirrorState,
    ReportMail,
    ReportSubscription,
    SavedReport,
    User,
)
from inbox.pages import report_mail
from inbox.services.insight.periods import Period
from inbox.services.mails import reports
from inbox.services.mails.reports import due_at, latest_due, next_due
from inbox.services.ops import holds
from inbox.tasks import mail_reports
from tests.html import Page
from tests.mail_server import MailServer, running_mail_server
from tests.ports import free_port
from tests.reporting import utc, wait

pytestmark = pytest.mark.django_db

# In Paris; the week before ends as this Monday begins.
MONDAY = utc("2026-11-30T07:00")
WEEKLY, DAILY = ReportSubscription.Rhythm.WEEKLY, ReportSubscription.Rhythm.DAILY
SENT, FAILED, SENDING = (ReportMail.State[name] for name in ("SENT", "FAILED", "SENDING"))


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    settings.SENDS_MAIL, settings.DESK_URL = True, "https://desk.example"
    with running_mail_server(settings) as one:
        yield one


@pytest.fixture(autouse=True)
def _team_in_paris(settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Paris"


@pytest.fixture
def weekly(bob: User, maison: Marketplace) -> ReportSubscription:
    MirrorState.objects.update(refreshed_at=MONDAY)
    return subscribe(bob, maison)


def subscribe(
    reader: User, *told: Marketplace, rhythm: str = WEEKLY, query: str = ""
) -> ReportSubscription:
    reader.email = f"{reader.username}@team.example"
    reader.save()
    report = SavedReport.objects.create(owner=reader, name="Our week", page="time", query=query)
    since = MONDAY - timedelta(days=3)
    one = ReportSubscription.objects.create(
        report=report, reader=reader, rhythm=rhythm, since=since
    )
    one.marketplaces.set(told)
    return one


def sweep(at: datetime) -> None:
    with mock.patch.object(timezone, "now", return_value=at):
        mail_reports()


def content(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


# -- when -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        ("Pacific/Auckland", "2026-12-01T08:00"),
        ("Asia/Tokyo", "2026-11-30T08:00"),
        ("Europe/Paris", "2026-11-30T08:00"),
        ("America/Los_Angeles", "2026-11-30T08:00"),
    ],
)
def test_a_week_is_due_at_the_first_morning_after_it(zone: str, due: str) -> None:
    week = Period.of_days(utc("2026-11-23T00:00").date(), utc("2026-11-29T00:00").date(), MONDAY)

    moment = due_at(week, ZoneInfo(zone))

    assert moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") == due
    assert latest_due(WEEKLY, ZoneInfo(zone), moment).first == week.first
    assert latest_due(WEEKLY, ZoneInfo(zone), moment - timedelta(seconds=1)).last < week.first
    assert next_due(WEEKLY, ZoneInfo(zone), moment - timedelta(seconds=1)) == moment


def test_a_report_comes_once_at_eight(weekly: ReportSubscription, server: MailServer) -> None:
    sweep(MONDAY - timedelta(seconds=1))
    assert server.got == []

    sweep(MONDAY)
    sweep(MONDAY + timedelta(minutes=1))
    sweep(MONDAY + timedelta(days=2))

    assert server.readers == ["bob@team.example"]
    assert ReportMail.objects.get().state == SENT


def test_the_next_week_is_another_mail(weekly: ReportSubscription, server: MailServer) -> None:
    sweep(MONDAY)
    sweep(MONDAY + timedelta(days=7))

    assert len(server.got) == 2
    assert server.got[0]["Message-ID"] != server.got[1]["Message-ID"]


def test_of_days_without_a_worker_only_the_last_is_sent(
    bob: User, maison: Marketplace, server: MailServer
) -> None:
    subscribe(bob, maison, rhythm=DAILY)

    sweep(MONDAY)

    assert [str(one.first) for one in ReportMail.objects.all()] == ["2026-11-29"]


def test_nothing_from_before_it_was_ordered(weekly: ReportSubscription, server: MailServer) -> None:
    ReportSubscription.objects.update(since=MONDAY + timedelta(minutes=1))

    sweep(MONDAY + timedelta(minutes=2))

    assert server.got == []


# -- what it says -----------------------------------------------------------


def test_it_has_the_figures_of_the_page(
    weekly: ReportSubscription, server: MailServer, maison: Marketplace
) -> None:
    wait(maison, utc("2026-11-24T08:00"), 7200)
    wait(maison, utc("2026-11-30T06:00"), 60)  # after the week

    sweep(MONDAY)

    (mail,) = server.got
    shown = Page(content(mail, "html")).find("td", has="data-metric")
    figures = {one["data-metric"]: one["data-value"] for one in shown}
    assert figures["reply_seconds_p50"] == "7200"
    assert "Reply, median: 2h" in content(mail, "plain")
    assert "https://desk.example/reports/time/" in content(mail, "plain")
    assert mail["Subject"].startswith("Our week: ")
    assert mail["Auto-Submitted"] == "auto-generated"


def test_it_is_in_the_readers_language(
    weekly: ReportSubscription, server: MailServer, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(language="de")

    sweep(MONDAY)

    (mail,) = server.got
    assert '<html lang="de">' in content(mail, "html")
    assert "Antwort, Median" in content(mail, "plain")


def test_it_says_what_was_not_read(weekly: ReportSubscription, server: MailServer) -> None:
    MirrorState.objects.update(refreshed_at=utc("2026-11-27T17:00"))

    sweep(MONDAY)

    assert "Maison Verte was read until" in content(server.got[0], "plain")


def test_no_customer_is_in_it(
    weekly: ReportSubscription, server: MailServer, maison: Marketplace
) -> None:
    SavedReport.objects.update(page="overview")
    one = wait(maison, utc("2026-11-24T08:00"), 7200)
    assert one.thread.customer_name

    sweep(MONDAY)

    (mail,) = server.got
    for kind in ("plain", "html"):
        assert one.thread.customer_name not in content(mail, kind)


# -- whose rights -------------------------------------------------------------


def test_it_has_the_rights_of_the_day_it_is_sent(
    bob: User, maison: Marketplace, nordhaus: Marketplace, server: MailServer
) -> None:
    nordhaus_leads = Access.objects.create(
        group=bob.groups.get(), marketplace=nordhaus, role=Access.Role.LEAD
    )
    subscribe(bob, maison, nordhaus, query="marketplace=maison-verte&marketplace=nordhaus")
    wait(maison, utc("2026-11-24T08:00"), 600)
    wait(nordhaus, utc("2026-11-24T08:00"), 6000)
    nordhaus_leads.delete()

    sweep(MONDAY)
    sweep(MONDAY + timedelta(days=7))

    text = content(server.got[0], "plain")
    assert "Reply, median: 10m" in text
    assert f"You no longer have access to {nordhaus.name}." in text
    assert "no longer" not in content(server.got[1], "plain")


def test_a_report_of_lost_marketplaces_has_no_figures(
    bob: User, maison: Marketplace, nordhaus: Marketplace, server: MailServer
) -> None:
    """Without its marketplaces it isn't one of all others."""
    subscribe(bob, nordhaus, query="marketplace=nordhaus")
    wait(maison, utc("2026-11-24T08:00"), 600)

    sweep(MONDAY)
    sweep(MONDAY + timedelta(days=7))

    (mail,) = server.got
    assert "Reply" not in content(mail, "plain")
    assert f"You no longer have access to {nordhaus.name}." in content(mail, "plain")


def test_an_account_that_was_switched_off_gets_none(
    weekly: ReportSubscription, server: MailServer, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)

    sweep(MONDAY)

    assert server.got == []


def test_a_report_that_is_no_longer_shared_is_not_sent(
    weekly: ReportSubscription, server: MailServer, alice: User
) -> None:
    SavedReport.objects.update(owner=alice)

    sweep(MONDAY)

    assert server.got == []
    assert ReportMail.objects.get().state == ReportMail.State.SKIPPED


# -- what goes wrong ----------------------------------------------------------


def test_a_refused_mail_is_tried_again(weekly: ReportSubscription, server: MailServer) -> None:
    server.answer = "451 Try later"
    sweep(MONDAY)
    assert ReportMail.objects.get().problem == "The mail server refused the mail."

    server.answer = "250 OK"
    sweep(MONDAY + timedelta(minutes=1))
    assert len(server.got) == 1
    sweep(MONDAY + reports.TRIED_AGAIN_AFTER)

    assert len(server.got) == 2
    assert ReportMail.objects.get().state == SENT


def test_an_unreached_server_is_tried_again(
    weekly: ReportSubscription, server: MailServer, settings: Settings
) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    sweep(MONDAY)
    mail = ReportMail.objects.get()
    assert (mail.state, mail.problem) == (FAILED, "The mail server can't be reached.")

    settings.EMAIL_PORT = port
    sweep(MONDAY + reports.TRIED_AGAIN_AFTER)

    assert server.readers == ["bob@team.example"]


def test_a_mail_that_may_have_arrived_is_not_sent_again(
    weekly: ReportSubscription, server: MailServer
) -> None:
    server.answer = None
    sweep(MONDAY)
    server.answer = "250 OK"
    sweep(MONDAY + timedelta(hours=1))

    assert len(server.got) == 1
    assert ReportMail.objects.get().state == SENDING


def test_a_worker_killed_while_writing_loses_nothing(
    weekly: ReportSubscription, server: MailServer
) -> None:
    killed = mock.patch.object(report_mail, "write", side_effect=SystemExit)
    with killed, pytest.raises(SystemExit):
        sweep(MONDAY)
    sweep(MONDAY + timedelta(minutes=1))
    assert server.got == []

    sweep(MONDAY + reports.WRITING_FOR)

    assert server.readers == ["bob@team.example"]


def test_two_workers_send_it_once(weekly: ReportSubscription, server: MailServer) -> None:
    """The second sweeps while the first writes."""

    def write_meanwhile(one: ReportSubscription, period: Period) -> Any:
        reports.send_due(report_mail.write)
        return report_mail.write(one, period)

    with mock.patch.object(timezone, "now", return_value=MONDAY):
        reports.send_due(write_meanwhile)

    assert server.readers == ["bob@team.example"]


@pytest.mark.parametrize(
    ("error", "problem"),
    [(ReportTooSlowError, reports.TOO_SLOW), (OperationalError, reports.DATABASE_AWAY)],
)
def test_a_report_that_takes_too_long_is_said(
    error: type[Exception], problem: str, weekly: ReportSubscription, server: MailServer
) -> None:
    with mock.patch.object(report_mail, "report_page", side_effect=error):
        sweep(MONDAY)

    mail = ReportMail.objects.get()
    assert (mail.state, mail.problem) == (FAILED, problem)


def test_one_readers_trouble_is_not_anothers(
    weekly: ReportSubscription, server: MailServer, alice: User, maison: Marketplace
) -> None:
    subscribe(alice, maison)

    def write(one: ReportSubscription, period: Period) -> Any:
        if one == weekly:
            raise OperationalError
        return report_mail.write(one, period)

    with mock.patch.object(timezone, "now", return_value=MONDAY):
        reports.send_due(write)

    assert server.readers == ["alice@team.example"]


def test_a_restored_desk_mails_nothing_that_was_due_before(
    weekly: ReportSubscription, server: MailServer
) -> None:
    """Another desk may have sent it."""
    with mock.patch.object(timezone, "now", return_value=MONDAY + timedelta(hours=1)):
        holds.hold()
    sweep(MONDAY + timedelta(days=7))
    assert server.got == []

    ReportMail.objects.all().delete()
    holds.resume()
    sweep(MONDAY + timedelta(hours=2))
    assert server.got == []
    sweep(MONDAY + timedelta(days=7))
    assert len(server.got) == 1


def test_a_desk_without_mail_claims_nothing(weekly: ReportSubscription, settings: Settings) -> None:
    settings.SENDS_MAIL = False

    sweep(MONDAY)

    assert not ReportMail.objects.exists()

"""What waits now, and whose it is: who is overloaded, and what is due by the next morning."""

from collections.abc import Callable
from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from inbox.models import Marketplace, MirrorState, Span, User
from tests.reporting import Report, utc, wait

pytestmark = pytest.mark.django_db

# A Monday; somebody works again on Tuesday at 9:00.
NOW = utc("2026-11-30T16:00")
HOUR = timedelta(hours=1)
Waits = Callable[..., Span]


@pytest.fixture(autouse=True)
def _at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", mock.Mock(return_value=NOW))


@pytest.fixture
def lead(bob: User, client: Client) -> Report:
    client.force_login(bob)
    return Report(client)


@pytest.fixture
def open_wait(maison: Marketplace) -> Waits:
    MirrorState.objects.update(refreshed_at=NOW)

    def begin(
        limit_at: datetime, *, assignee: User | None = None, asked_at: datetime = NOW
    ) -> Span:
        span = wait(maison, asked_at - HOUR, limit_at=limit_at)
        span.thread.assignee = assignee
        span.thread.save()
        return span

    return begin


@pytest.mark.parametrize(("page", "zone"), [("overview", ""), ("team", "America/New_York")])
def test_what_is_due_before_somebody_works_again_is_told(
    page: str, zone: str, lead: Report, open_wait: Waits, bob: User
) -> None:
    """By the team's clock, wherever the reader is."""
    User.objects.filter(pk=bob.pk).update(time_zone=zone)
    for limit_at in ("2026-11-30T15:00", "2026-11-30T22:00", "2026-12-01T09:00"):
        open_wait(utc(limit_at))
    open_wait(utc("2026-12-01T09:01"))

    lead.open(page)

    assert lead.value("waiting_now_count") == "4"
    assert lead.value("waiting_over_count") == "1"
    assert lead.value("waiting_due_count") == "2"
    (due,) = {one.url for one in lead.figures if (one.metric, one.by) == ("waiting_due_count", "")}
    assert [row["limit_at"] for row in lead.table(due)] == [
        "2026-11-30T22:00:00Z",
        "2026-12-01T09:00:00Z",
    ]


def test_each_assignee_has_what_waits_for_them(
    lead: Report, open_wait: Waits, alice: User, bob: User
) -> None:
    soon, later = NOW + HOUR, NOW + 48 * HOUR
    open_wait(soon, assignee=alice, asked_at=NOW - 5 * HOUR)
    open_wait(later, assignee=alice)
    open_wait(later, assignee=bob)
    open_wait(soon)

    lead.open("team")

    by = {
        key: [
            lead.value(metric, "assignee", key)
            for metric in ("waiting_now_count", "waiting_due_count", "waiting_now_oldest_seconds")
        ]
        for key in ("alice", "bob", "-", "")
    }
    assert by == {
        "alice": ["2", "1", "21600"],
        "bob": ["1", "0", "3600"],
        "-": ["1", "1", "3600"],
        "": ["4", "2", "21600"],
    }


def test_its_links_open_the_waits_of_one_assignee(
    lead: Report, open_wait: Waits, alice: User
) -> None:
    mine, nobodys = open_wait(NOW + HOUR, assignee=alice), open_wait(NOW + HOUR)
    lead.open("team")

    found = {
        one.key: [row["thread"] for row in lead.table(one.url)]
        for one in lead.figures
        if one.metric == "waiting_now_count" and one.key
    }

    assert found == {"alice": [mine.thread.mirakl_id], "-": [nobodys.thread.mirakl_id]}


def test_without_figures_by_person_nobody_is_named(
    lead: Report, open_wait: Waits, alice: User, settings: Settings
) -> None:
    settings.REPORTS_BY_PERSON = False
    open_wait(NOW + HOUR, assignee=alice)
    open_wait(NOW + HOUR)

    assert lead.client.get("/reports/team/").status_code == 404
    assert lead.rows("/reports/rows/waiting/?assignee=alice") == 2

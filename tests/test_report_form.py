"""Filters of reports that are wrong or left half empty."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from inbox.models import Marketplace, User
from inbox.pages import report_parts
from tests.builders import text_of
from tests.html import Page
from tests.reporting import Report, wait

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(bob: User, client: Client) -> Report:
    client.force_login(bob)
    return Report(client)


@pytest.mark.parametrize(
    "query",
    [
        *("from=2026-11-02&to=2026-11-01", "agent=gone", "as_of=yesterday"),
        *("from=0001-06-01&compare=year", "to=9999-12-31", "as_of=0001-01-01T00:00:00%2B14:00"),
    ],
)
def test_wrong_filters_are_told_on_reports_and_lists(query: str, lead: Report) -> None:
    for address in ("overview/", "rows/waiting/"):
        response = lead.client.get(f"/reports/{address}?{query}")
        assert response.status_code == 422
        assert list(Page(text_of(response)).find("p", css_class="problem"))
    assert lead.client.get(f"/reports/rows/waiting.csv?{query}").status_code == 400


def test_without_a_last_day_a_period_lasts_until_today(lead: Report, maison: Marketplace) -> None:
    now = timezone.now()
    for days in (3, 40, 50):
        wait(maison, now - timedelta(days=days), 3600)

    lead.open("overview", **{"from": (now - timedelta(days=45)).date().isoformat()})

    assert lead.value("answered_count") == "2"


def test_marketplaces_that_the_reader_does_not_see_are_left_out(
    lead: Report, maison: Marketplace
) -> None:
    wait(maison, timezone.now() - timedelta(days=3), 3600)
    unseen = "also about marketplaces that you don't see"

    both = lead.open("overview", marketplace=["maison-verte", "gone"])
    assert lead.value("answered_count") == "1"
    assert unseen in next(both.find("p", css_class="report-unread")).text

    neither = lead.open("overview", marketplace=["gone"])
    assert lead.value("answered_count") == "0"
    assert unseen in next(neither.find("p", css_class="report-unread")).text


def test_a_report_says_that_it_took_too_long(
    lead: Report, maison: Marketplace, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep(*_args: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(20)")

    monkeypatch.setattr(report_parts, "compute", sleep)
    settings.REPORT_SECONDS = 0.05
    lead.client.raise_request_exception = False

    response = lead.client.get("/reports/overview/")

    assert response.status_code == 503
    assert "This report takes too long" in text_of(response)

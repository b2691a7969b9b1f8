"""A shop's figures are stored once a day, by a page or by the worker."""

from datetime import UTC, date, datetime
from typing import Any

from django.test import Client
from pytest_django import Settings

from inbox import tasks
from inbox.models import Marketplace, ScoreReading, User
from inbox.sandbox.server import Running
from inbox.services.marketplaces import score_readings
from inbox.services.marketplaces.statistics import Row, Statistics
from tests.builders import HTMX
from tests.test_view_connections import fail
from tests.writing import Mirakl

DELAY = "order_messages_response_delay"


def told(*, at: datetime, seconds: float = 7_380) -> Statistics:
    row = Row(DELAY, [seconds, None])
    return Statistics(at, at, "", ["LAST_MONTH", "LAST_YEAR"], [row])


def stored() -> list[Any]:
    rows = ScoreReading.objects.order_by("read_on", "period")
    return list(rows.values_list("read_on", "member", "period", "value"))


def test_a_figure_is_stored_once_for_each_day_and_period(maison: Marketplace) -> None:
    score_readings.store_readings(maison, told(at=datetime(2026, 11, 9, 8, tzinfo=UTC)))
    score_readings.store_readings(maison, told(at=datetime(2026, 11, 9, 20, tzinfo=UTC), seconds=9))
    score_readings.store_readings(maison, told(at=datetime(2026, 11, 10, 8, tzinfo=UTC)))

    assert stored() == [
        (date(2026, 11, 9), DELAY, "LAST_MONTH", 7_380),
        (date(2026, 11, 10), DELAY, "LAST_MONTH", 7_380),
    ]


def test_the_day_is_the_teams(maison: Marketplace, settings: Settings) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"

    score_readings.store_readings(maison, told(at=datetime(2026, 11, 9, 20, tzinfo=UTC)))

    assert [row[0] for row in stored()] == [date(2026, 11, 10)]


def test_the_page_of_the_figures_stores_them(agent: Client, maison: Marketplace) -> None:
    agent.get("/marketplaces/maison-verte/figures/", headers=HTMX)

    assert ScoreReading.objects.filter(marketplace=maison, member=DELAY).count() == 5
    agent.get("/marketplaces/maison-verte/figures/", headers=HTMX)
    assert ScoreReading.objects.filter(marketplace=maison, member=DELAY).count() == 5


def test_the_worker_reads_each_shop_once_a_day(
    maison: Marketplace, nordhaus: Marketplace, mirakl: Mirakl
) -> None:
    tasks.read_scores()
    tasks.read_scores()

    assert set(ScoreReading.objects.values_list("marketplace", flat=True)) == {
        maison.pk,
        nordhaus.pk,
    }
    assert len(mirakl.calls("A21")) == 2
    assert mirakl.calls("M10") == mirakl.calls("M11") == []


def test_the_worker_reads_nothing_where_that_is_switched_off(
    maison: Marketplace, mirakl: Mirakl, settings: Settings
) -> None:
    settings.READ_SCORES_DAILY = False

    tasks.read_scores()

    assert stored() == mirakl.calls("A21") == []


def test_the_worker_reads_no_operators_and_no_inactive_marketplaces(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    Marketplace.objects.filter(pk=maison.pk).update(is_active=False)

    tasks.read_scores()

    assert mirakl.calls("A21") == []


def test_a_refusal_is_not_asked_again_at_once(
    maison: Marketplace, mirakl: Mirakl, sandbox: Running
) -> None:
    fail(sandbox, {"operation": "A21", "status": 403})

    tasks.read_scores()
    tasks.read_scores()

    assert len(mirakl.calls("A21")) == 1
    assert stored() == []


def test_an_outsider_sees_no_readings(maison: Marketplace, alice: User, charlie: User) -> None:
    score_readings.store_readings(maison, told(at=datetime(2026, 11, 9, 8, tzinfo=UTC)))

    assert ScoreReading.objects.visible_to(alice).exists()
    assert not ScoreReading.objects.visible_to(charlie).exists()


def test_a_page_asks_only_for_figures_that_are_not_stored_today(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    score_readings.refresh_readings([maison])
    before = stored()

    score_readings.refresh_readings([maison])

    assert before
    assert stored() == before
    assert len(mirakl.calls("A21")) == 1

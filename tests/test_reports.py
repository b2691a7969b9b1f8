"""Every figure of a report equals a recount of the rows that it links to."""

import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import CannedReply, Marketplace, MirrorState, Span, Tag, User
from inbox.pages.reports import PAGES
from inbox.services.insight import rolled, rollups
from tests.builders import text_of
from tests.html import Page
from tests.reporting import Report, new_thread, read_csv, say, settle, utc, wait

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db

HOUR, DAY = 3600, 86_400
OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}


@pytest.fixture(autouse=True)
def _team_in_paris(settings: "Settings") -> None:
    settings.TIME_ZONE = "Europe/Paris"


@pytest.fixture
def lead(bob: User, client: Client) -> Report:
    client.force_login(bob)
    return Report(client)


@pytest.fixture
def read_now(maison: Marketplace) -> None:
    MirrorState.objects.update(refreshed_at=timezone.now())


def test_figures_are_those_of_the_definition(lead: Report, maison: Marketplace) -> None:
    for seconds in (600, 3600, 7200, 86_400):
        wait(maison, utc("2026-10-05T08:00"), seconds)

    lead.open("time", **OCTOBER)

    assert lead.value("reply_seconds_p50") == "5400"
    assert lead.value("reply_seconds_p90") == "62640"
    assert lead.value("reply_seconds_mean") == "24450"
    assert lead.value("answered_in_time_share") == "1"


def test_a_share_is_not_mended_by_answering_late(lead: Report, maison: Marketplace) -> None:
    def asked(text: str, answered: str, ended_by: str = "reply") -> None:
        length = (utc(answered) - utc(text)).total_seconds()
        wait(maison, utc(text), length, ended_by=ended_by)

    asked("2026-10-29T09:00", "2026-10-30T08:00")
    asked("2026-10-30T11:00", "2026-11-02T08:00")
    asked("2026-10-31T17:00", "2026-11-01T09:00")
    asked("2026-10-29T07:00", "2026-10-31T08:00", "no_reply_needed")

    lead.open("time", **OCTOBER)
    assert float(lead.value("answered_in_time_share")) == pytest.approx(1 / 3, abs=1e-6)
    lead.open("time", **{"from": "2026-11-01", "to": "2026-11-30"})
    assert lead.value("answered_in_time_share") == "1"


@pytest.mark.parametrize(
    ("seconds", "within", "in_time"),
    [(DAY, "8_24", "1"), (DAY + 1e-6, "24_48", "0"), (0, "0_1", "1"), (HOUR, "0_1", "1")],
)
def test_edges_belong_to_the_class_below(
    seconds: float, within: str, in_time: str, lead: Report, maison: Marketplace
) -> None:
    wait(maison, utc("2026-10-10T08:00"), seconds)

    lead.open("time", **OCTOBER)

    assert lead.value("answered_in_time_share") == in_time
    assert lead.value(f"distribution_{within}_count") == "1"
    assert sum(int(one.value) for one in lead.figures if "distribution" in one.metric) == 1


def test_without_rows_there_are_no_shares(lead: Report, maison: Marketplace) -> None:
    lead.open("overview", **OCTOBER)

    assert lead.value("answered_in_time_share") == ""
    assert lead.value("reply_seconds_p50") == ""
    assert lead.value("asked_count") == "0"


def test_the_night_belongs_to_the_teams_day(lead: Report, maison: Marketplace) -> None:
    wait(maison, utc("2026-10-31T23:30"), HOUR)

    lead.open("overview", **OCTOBER)
    assert lead.value("asked_count") == "0"
    lead.open("overview", **{"from": "2026-11-01", "to": "2026-11-01"})
    assert lead.value("asked_count") == "1"


def test_who_waits_is_seen_beside_who_was_answered(lead: Report, maison: Marketplace) -> None:
    asked = timezone.now() - timedelta(days=5)
    wait(maison, asked)
    wait(maison, asked, is_history=True)

    lead.open()

    assert lead.value("waiting_now_count") == "1"
    assert float(lead.value("waiting_now_oldest_seconds")) == pytest.approx(5 * DAY, abs=600)


def test_tags_do_not_multiply_rows(lead: Report, maison: Marketplace) -> None:
    tags = [Tag.objects.create(name=name, is_for_all=True) for name in ("return", "urgent")]
    tagged = new_thread(maison, utc("2026-10-05T08:00"))
    tagged.tags.set(tags)
    wait(maison, utc("2026-10-05T08:00"), 7200, thread=tagged)
    wait(maison, utc("2026-10-05T08:00"), 3600)

    lead.open("topics", **OCTOBER)

    assert lead.value("answered_count") == "2"
    assert lead.value("answered_count", "tag", "return") == "1"
    lead.client.get("/reports/")
    response = lead.client.get(
        "/reports/spans.csv?tag=return&tag=urgent&from=2026-10-01&to=2026-10-31"
    )
    assert len(read_csv(response)) == 1


@pytest.fixture
def world(maison: Marketplace, bob: User, alice: User) -> None:
    """Six weeks of waits, of all kinds."""
    MirrorState.objects.update(refreshed_at=timezone.now())
    tag = Tag.objects.create(name="return", is_for_all=True)
    canned = CannedReply.objects.create(name="On its way", body="Hello")
    now = timezone.now()
    for number in range(60):
        asked = now - timedelta(days=number * 0.6, hours=number * 5 % 24)
        thread = new_thread(maison, asked)
        if number % 4 == 0:
            thread.tags.add(tag)
        is_open, is_declared = number % 11 == 1, number % 13 == 2
        author = None if is_declared or is_open else [alice, bob, None][number % 3]
        asker = "OPERATOR" if number % 5 == 0 else "CUSTOMER"
        span = wait(
            maison,
            asked,
            None if is_open else number * 2345 % (60 * HOUR),
            ended_by="no_reply_needed" if is_declared else "reply",
            author=author,
            asker=asker,
            topic=f"topic {number % 3}",
            language=["fr", "de", ""][number % 3],
            shop=["", "Shop & Sons"][number % 2],
            thread=thread,
            is_first_reply=number % 2 == 0 and not (is_declared or is_open),
        )
        thread.began_at, thread.began_by = asked, "SHOP" if number % 7 == 0 else asker
        thread.save()
        say(span, canned if number % 3 == 0 else None)
        if span.ended_at and author:
            settle(span, author, number)


OF_A_COLUMN: dict[str, Callable[[dict[str, str]], float]] = {
    "one_touch_share": lambda row: row["replies"] == "1",
    "reopened_share": lambda row: row["followed_at"] != "",
    "replies_per_resolution_mean": lambda row: int(row["replies"]),
    "effort_messages_mean": lambda row: int(row["messages"]),
    "canned_kept_share": lambda row: float(row["kept"]),
}


def recount(metric: str, rows: list[dict[str, str]]) -> float | None:
    """A figure from its rows, in plain Python."""
    seconds = [float(row["seconds"]) for row in rows if row.get("seconds")]
    if metric in OF_A_COLUMN:
        numbers = [OF_A_COLUMN[metric](row) for row in rows]
        return statistics.fmean(numbers) if numbers else None
    if metric.endswith("_count"):
        return len(rows)
    if metric == "answered_in_time_share":
        hits = [
            row["ended_by"] == "reply" and moment(row["ended_at"]) <= moment(row["limit_at"])
            for row in rows
        ]
        return sum(hits) / len(hits) if hits else None
    if metric == "answered_elsewhere_share":
        return sum(not row["author"] for row in rows) / len(rows) if rows else None
    if metric == "waiting_now_oldest_seconds":
        return None  # an age: compared by its own test
    if not seconds:
        return None
    if metric.endswith("_mean"):
        return statistics.fmean(seconds)
    places = (
        statistics.quantiles(seconds * 2, n=10, method="inclusive")
        if not seconds[1:]
        else (statistics.quantiles(seconds, n=10, method="inclusive"))
    )
    return statistics.median(seconds) if metric.endswith("_p50") else places[8]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("world")
def test_every_figure_equals_the_rows_behind_it(name: str, lead: Report) -> None:
    lead.open(name, compare="previous")
    assert len(lead.figures) > 5
    # Some figures lead to the same rows.
    table, listed = cache(lead.table), set[tuple[str, str]]()

    for one in lead.figures:
        if not one.url or (one.by == "hour" and one.value == "0"):
            assert one.value in {"", "0"}
            continue
        rows = table(one.url)
        # The lists of a kind differ by a filter alone, which their files apply too.
        if (one.metric, one.by) not in listed:
            listed.add((one.metric, one.by))
            assert lead.rows(one.url) == len(rows), one
        if one.metric not in {"waiting_now_oldest_seconds", "canned_followed_share"}:
            expected = recount(one.metric, rows)
            assert (one.value == "") == (expected is None), one
            assert expected is None or float(one.value) == pytest.approx(expected, abs=1e-5), one


@pytest.mark.usefixtures("world")
def test_links_carry_every_value_of_every_filter(lead: Report) -> None:
    given = "tag=return&tag=other&language=fr&language=de&asker=CUSTOMER&asker=OPERATOR"
    response = lead.client.get(f"/reports/overview/?{given}&working=1&topic=topic+0&shop=")

    links = [one["href"] for one in Page(text_of(response)).find("a", has="data-metric")]

    for link in links:
        for pair in [*given.split("&"), "working=1", "topic=topic+0"]:
            assert pair in link


@pytest.mark.usefixtures("world")
def test_numbers_for_machines_are_the_same_in_every_language(lead: Report, bob: User) -> None:
    found = []
    for language in ("en", "fr", "de"):
        User.objects.filter(pk=bob.pk).update(language=language)
        lead.open("time", **{"from": "2026-10-01", "to": "2026-11-30"})
        found.append([(one.metric, one.value) for one in lead.figures])

    assert found[0] == found[1] == found[2]


@pytest.mark.usefixtures("world")
def test_an_agent_sees_their_own_replies_only(alice: User, client: Client) -> None:
    client.force_login(alice)
    report = Report(client)

    report.open("time")

    rows = report.table(next(one.url for one in report.figures))
    assert {row["author"] for row in rows} == {"alice"}
    assert client.get("/reports/team/").status_code == 404
    assert client.get("/reports/overview/?agent=bob").status_code == 200


@pytest.mark.usefixtures("world")
def test_figures_by_person_can_be_switched_off(lead: Report, settings: "Settings") -> None:
    settings.REPORTS_BY_PERSON = False

    page = lead.open("overview")

    assert lead.client.get("/reports/team/").status_code == 404
    assert "bob" not in {row["author"] for row in lead.table(lead.figures[0].url)}
    assert not list(page.find("input", name="agent"))


def test_an_outsider_sees_nothing(charlie: User, client: Client, maison: Marketplace) -> None:
    wait(maison, timezone.now() - timedelta(days=3), HOUR)
    client.force_login(charlie)

    response = client.get("/reports/spans.csv?marketplace=maison-verte")

    assert response.status_code == 400
    assert read_csv(client.get("/reports/spans.csv")) == []


def test_a_user_without_a_marketplace_has_no_reports(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("nobody"))

    for path in ("", "overview/", "rows/answered/", "rows/answered.csv", "spans.csv"):
        assert client.get(f"/reports/{path}").status_code == 404


def test_dates_in_the_wrong_order_are_told(lead: Report) -> None:
    response = lead.client.get("/reports/overview/?from=2026-11-02&to=2026-11-01")

    assert response.status_code == 422
    assert "Swap the dates" in text_of(response)


def test_what_was_not_read_is_told_and_is_a_gap(lead: Report, maison: Marketplace) -> None:
    MirrorState.objects.update(refreshed_at=timezone.now() - timedelta(days=3))

    page = lead.open("volume", period="last-7-days")

    assert any("was read until" in words for words in page.texts("p"))
    days = [one for one in lead.figures if (one.metric, one.by) == ("messages_in_count", "day")]
    assert [one.value for one in days] == ["0"] * 5 + [""] * 2


def test_a_moment_stays_what_it_was(lead: Report, maison: Marketplace) -> None:
    asked = timezone.now() - timedelta(hours=3)
    span = wait(maison, asked)
    lead.open()
    url = next(one.url for one in lead.figures if one.metric == "waiting_now_count")

    wait(maison, timezone.now())
    Span.objects.filter(pk=span.pk).update(
        ended_at=timezone.now(), ended_by="reply", answer_id="a", working_seconds=1
    )

    assert lead.rows(url) == 1


def test_the_csv_has_the_waits_that_touch_a_period(lead: Report, maison: Marketplace) -> None:
    wait(maison, utc("2026-09-30T08:00"), 3 * DAY)
    wait(maison, utc("2026-10-31T08:00"))
    wait(maison, utc("2026-09-01T08:00"), HOUR)
    wait(maison, utc("2026-10-02T08:00"), HOUR, is_history=True)

    response = lead.client.get("/reports/spans.csv", OCTOBER)
    assert [row["asked_at"] for row in read_csv(response)] == [
        "2026-09-30T08:00:00Z",
        "2026-10-31T08:00:00Z",
    ]
    response = lead.client.get("/reports/spans.csv", OCTOBER | {"history": "1"})
    assert len(read_csv(response)) == 3


def test_a_long_report_says_which_figures_are_close(
    lead: Report, maison: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolled, "EXACT_SPANS", 0)
    rollups.keep()
    MirrorState.objects.update(refreshed_at=timezone.now())
    wait(maison, utc("2026-02-05T08:00"), 7200)
    year = {"from": "2026-01-01", "to": "2026-10-31"}

    page = lead.open("time", **year)

    assert list(page.find("p", has="data-about"))
    links = page.find("a", has="data-metric")
    shown = {one["data-metric"]: one.text.strip() for one in links}
    assert shown["reply_seconds_p50"] == "≈ 2h"
    assert shown["reply_seconds_mean"] == "2h"
    assert lead.value("reply_seconds_p50", "month", "2026-02") == "7200"
    assert not list(lead.open("time", **OCTOBER).find("p", has="data-about"))


def test_figures_that_take_seconds_follow(
    lead: Report, maison: Marketplace, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolled, "EXACT_SPANS", 0)
    rollups.keep()
    wait(maison, utc("2026-02-05T08:00"), 7200, author=alice)
    year = {"from": "2026-01-01", "to": "2026-10-31"}

    lead.open("time", **year)
    assert lead.figures
    page = lead.open("time", agent="alice", **year)

    assert not lead.figures
    (later,) = page.find("p", has="hx-get")
    (link,) = later.find("a")
    assert link["href"] == later["hx-get"]
    response = lead.client.get(link["href"], headers={"HX-Request": "true"})
    (figure,) = (
        one
        for one in Page(text_of(response)).find("a", has="data-metric")
        if one["data-metric"] == "reply_seconds_mean"
    )
    assert figure["data-value"] == "7200"
    assert "whole" not in figure["href"]
    # A part of a year, and few waits, are counted at once.
    lead.open("time", agent="alice", **OCTOBER)
    assert lead.figures
    monkeypatch.setattr(rolled, "EXACT_SPANS", 2)
    lead.open("time", agent="alice", **year)
    assert lead.figures

"""Rollups say what the spans say, whatever happens to these, and long reports are made of them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.datastructures import MultiValueDict
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from pytest_django.fixtures import Settings

from inbox.models import (
    Marketplace,
    Message,
    Rollup,
    RollupChange,
    RollupState,
    Span,
    Thread,
    User,
)
from inbox.models.rollup_triggers import EDGES
from inbox.services.insight import reports, rolled, rollups
from inbox.services.insight.about import About
from inbox.services.insight.periods import Period
from inbox.services.insight.report_filter import ReportFilter
from inbox.services.insight.reports import Values
from inbox.services.insight.rolled import FIGURES, Sum
from tests.reporting import new_thread, utc, wait

pytestmark = pytest.mark.django_db
HOUR, DAY = 3600, 86_400
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
ZONES = ["Europe/Paris", "Asia/Kolkata", "Australia/Adelaide"]
EXACT = sorted(name for name in FIGURES if not name.endswith(("_p50", "_p90")))


@pytest.fixture(autouse=True)
def _kept(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TIME_ZONE = "Europe/Paris"
    monkeypatch.setattr(rolled, "EXACT_SPANS", 0)
    rebuild()


def rebuild() -> None:
    for _done in rollups.rebuild():
        pass


def chosen_of(
    marketplaces: list[Marketplace], first: date, last: date, now: datetime = NOW
) -> ReportFilter:
    period = Period.of_days(first, last, now)
    return ReportFilter(period, marketplaces, now, MultiValueDict())


@pytest.fixture
def year(maison: Marketplace) -> ReportFilter:
    return chosen_of([maison], date(2025, 12, 1), date(2026, 11, 30))


def counted_exactly(
    chosen: ReportFilter, part: str, names: Collection[str]
) -> Mapping[Any, Values]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rolled, "is_complete", lambda: False)
        return reports.compute_by(chosen, names, part)


def assert_equal(chosen: ReportFilter) -> None:
    for part in ("", "marketplace", "asker", "day", "month"):
        names = [one for one in EXACT if part != "asker" or "_out_" not in one]
        exact = counted_exactly(chosen, part, names)
        rolled_up = reports.compute_by(chosen, names, part)
        for key, values in rolled_up.items():
            for name, value in values.items():
                assert value == pytest.approx(exact[key].get(name)) or not value, (part, key, name)
        assert exact.keys() == rolled_up.keys()
    hours = reports.compute_by(chosen, ["asked_count"], "hour")
    assert hours == counted_exactly(chosen, "hour", ["asked_count"])


STEPS = some.lists(
    some.tuples(
        some.sampled_from(
            [
                *("ask", "end", "declare", "limit", "delete", "history", "fold", "mend"),
                *("write", "write", "recognise", "erase"),
            ]
        ),
        some.integers(0, 500 * 24 * 4),
        some.integers(0, 5 * DAY * 1000),
    ),
    min_size=5,
    max_size=25,
)


@pytest.mark.parametrize("zone", ZONES)
# Finding a shorter example would take minutes.
@settings(max_examples=15, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_any_history_leaves_the_rollups_equal_to_the_spans(
    zone: str, steps: list[tuple[str, int, int]], maison: Marketplace, settings: Settings
) -> None:
    settings.TIME_ZONE = zone
    rollups.keep()
    Span.objects.all().delete()
    Message.objects.all().delete()
    for what, quarter, milliseconds in steps:
        play(maison, what, quarter, milliseconds)

    assert rollups.check(maison.pk) == []
    assert_equal(chosen_of([maison], date(2026, 2, 3), date(2026, 11, 30)))
    short = chosen_of([maison], date(2026, 10, 20), date(2026, 11, 10))
    assert_equal(replace(short, is_working=len(steps) % 2 == 0))


def play(marketplace: Marketplace, what: str, quarter: int, milliseconds: int) -> None:
    spans = list(Span.objects.order_by("pk"))
    span = spans[quarter % len(spans)] if spans else None
    took = milliseconds / 1000
    if what == "ask" or span is None:
        # A message may be read long after it was written.
        asked_at = NOW - timedelta(minutes=15 * quarter)
        asker = "OPERATOR" if milliseconds % 5 == 0 else "CUSTOMER"
        wait(marketplace, asked_at, took if milliseconds % 3 else None, asker=asker)
    elif what in {"write", "recognise", "erase"}:
        play_message(span.thread, what, NOW - timedelta(minutes=15 * quarter), milliseconds)
    elif what in {"end", "declare"}:
        is_reply = what == "end"
        Span.objects.filter(pk=span.pk).update(
            ended_at=span.asked_at + timedelta(seconds=took),
            working_seconds=0,
            ended_by="reply" if is_reply else "no_reply_needed",
            answer_id="answer" if is_reply else "",
            is_first_reply=is_reply,
            is_from_desk=is_reply and milliseconds % 2 == 0,
        )
    elif what == "limit":
        limit = span.asked_at + timedelta(seconds=took) if milliseconds % 4 else None
        Span.objects.filter(pk__gte=span.pk).update(limit_at=limit)
    elif what == "delete":
        span.delete()
    elif what == "history":
        Span.objects.filter(pk=span.pk).update(is_history=not span.is_history)
    elif what == "fold":
        rollups.put_together()
    else:
        rollups.mend(marketplace.pk)


def play_message(thread: Thread, what: str, at: datetime, number: int) -> None:
    stored = Message.objects.filter(thread=thread)
    if what == "recognise":
        stored.filter(sender_type="SHOP_USER").update(is_from_desk=True)
    elif what == "erase":
        stored.delete()
    else:
        Message.objects.create(
            marketplace=thread.marketplace,
            thread=thread,
            mirakl_id=f"message-{Message.objects.count()}-{at}",
            sender_type=["SHOP_USER", "CUSTOMER_USER", "OPERATOR", ""][number % 4],
            created_at=at,
            is_dated=number % 7 > 0,
        )


def test_a_mean_of_a_long_period_is_exact(maison: Marketplace, year: ReportFilter) -> None:
    for _number in range(10):
        wait(maison, utc("2026-10-05T08:00"), 86_000)

    values = reports.compute(year, ["reply_seconds_mean", "answered_in_time_share"])

    assert values == {"reply_seconds_mean": 86_000, "answered_in_time_share": 1}


def test_percentiles_are_close_and_say_so(maison: Marketplace, year: ReportFilter) -> None:
    thread = new_thread(maison, utc("2026-10-05T08:00"))
    begin = utc("2026-03-05T08:00")
    for number in range(400):
        wait(maison, begin + timedelta(hours=number), 20 + number**2, thread=thread)
    names = ["reply_seconds_p50", "reply_seconds_p90"]

    close = reports.compute(year, names)

    assert all(isinstance(one, About) for one in close.values())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rolled, "EXACT_SPANS", 1_000_000)
        exact = reports.compute(year, names)
    assert close == pytest.approx(exact, rel=0.02)
    assert not any(isinstance(one, About) for one in exact.values())


def test_a_few_values_have_their_exact_percentiles() -> None:
    sums = Sum({1: 1, 9: 1, 12: 1, 30: 1}, {1: 600, 9: 3600, 12: 7200, 30: 86_400})

    assert sums.percentile(0.5) == pytest.approx(5400 / 1e6)
    assert sums.percentile(0.9) == pytest.approx(62_640 / 1e6)
    assert Sum().percentile(0.5) is None


def test_no_bucket_is_wider_than_fifteen_percent_or_has_an_edge_of_a_class_inside() -> None:
    assert all(high / low <= 1.1501 for low, high in zip(EDGES, EDGES[1:], strict=False))
    assert {hours * HOUR for hours in (1, 4, 8, 24, 48)} <= set(EDGES)


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_is_the_teams(zone: str, maison: Marketplace, settings: Settings) -> None:
    wait(maison, utc("2026-10-31T23:30"))
    settings.TIME_ZONE = zone
    chosen = chosen_of([maison], date(2026, 9, 1), date(2026, 11, 9))

    assert not rolled.is_rolled(chosen) or zone == "Europe/Paris"
    rollups.keep()

    assert rolled.is_rolled(chosen)
    rollups.put_together()
    assert {one.zone for one in Rollup.objects.all()} == {zone}
    days = reports.compute_by(chosen, ["asked_count"], "day")
    assert days == {date(2026, 11, 1): {"asked_count": 1}}
    assert rollups.check(maison.pk) == []


def test_a_running_day_is_counted_from_the_spans(maison: Marketplace) -> None:
    wait(maison, NOW - timedelta(hours=30), HOUR)
    wait(maison, NOW - timedelta(hours=2), HOUR)
    wait(maison, NOW - timedelta(hours=1))
    chosen = chosen_of([maison], date(2026, 1, 1), date(2026, 12, 31))

    assert_equal(chosen)
    # The end of a compared period may be in the middle of a day.
    cut = replace(chosen.period, end=NOW - timedelta(hours=1, minutes=30))
    assert_equal(replace(chosen, period=cut))


def test_other_filters_and_short_periods_are_counted_from_the_spans(
    year: ReportFilter, alice: User
) -> None:
    assert rolled.is_rolled(replace(year, askers=["CUSTOMER"]))
    narrowed: list[dict[str, Any]] = [
        {"is_working": True},
        {"only": alice},
        *({name: ["-"]} for name in ("shops", "agents", "topics", "tags", "languages")),
        {"teams": [1]},
        {"period": Period.of_days(date(2026, 10, 1), date(2026, 10, 31), NOW)},
    ]
    for narrow in narrowed:
        assert not rolled.is_rolled(replace(year, **narrow)), narrow


def test_few_spans_are_counted_from_the_spans(
    year: ReportFilter, maison: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolled, "EXACT_SPANS", 3)
    wait(maison, utc("2026-10-05T08:00"), HOUR)
    wait(maison, utc("2026-03-05T08:00"), HOUR, ended_by="no_reply_needed")

    assert not rolled.is_rolled(year)
    wait(maison, utc("2026-11-09T08:00"), HOUR)
    assert rolled.is_rolled(year)


def test_an_unfinished_count_is_not_used(year: ReportFilter) -> None:
    RollupState.objects.update(is_complete=False)

    assert not rolled.is_rolled(year)


def test_the_sweep_puts_differences_together(
    maison: Marketplace, year: ReportFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait(maison, utc("2026-10-05T08:00"), HOUR)
    rollups.keep()
    assert RollupChange.objects.exists()
    before = reports.compute(year, EXACT)

    monkeypatch.setattr(rollups, "MANY", 0)
    rollups.keep()

    assert not RollupChange.objects.exists()
    assert reports.compute(year, EXACT) == before


def test_what_no_figure_sees_adds_nothing(maison: Marketplace) -> None:
    wait(maison, utc("2026-10-05T08:00"), HOUR)
    before = RollupChange.objects.count()

    Span.objects.update(topic="other", language="fr")

    assert RollupChange.objects.count() == before


def test_a_marketplace_goes_with_its_sums(maison: Marketplace, year: ReportFilter) -> None:
    wait(maison, utc("2026-10-05T08:00"), HOUR)
    pk = maison.pk
    maison.delete()

    rollups.put_together()

    assert not Rollup.objects.filter(marketplace=pk).exclude(n=0, micros=0).exists()


@pytest.fixture
def spoilt(maison: Marketplace) -> None:
    wait(maison, utc("2026-10-05T08:00"), HOUR)
    rollups.put_together()
    Rollup.objects.filter(kind="asked", is_month=False).update(n=3)


@pytest.mark.usefixtures("spoilt")
def test_the_command_tells_differences_and_mends_them(maison: Marketplace) -> None:
    said = StringIO()

    with pytest.raises(CommandError, match="1 sums differ"):
        call_command("rollups", "--check", stdout=said)
    assert said.getvalue() == (
        "maison-verte: asked, day 2026-10-05, CUSTOMER, bucket 10: -2 rows, +0.000000 s\n"
    )

    call_command("rollups", stdout=StringIO())
    call_command("rollups", "--check", stdout=said)
    assert said.getvalue().endswith("The sums are those of what is stored.\n")


def test_the_check_says_when_there_is_nothing_to_check() -> None:
    RollupState.objects.all().delete()

    with pytest.raises(CommandError, match="No sums yet by days of Europe/Paris"):
        call_command("rollups", "--check")

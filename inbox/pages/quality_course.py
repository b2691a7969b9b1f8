"""The course of a marketplace's reply figure: the days behind, the hours ahead, and its formula."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import quantiles

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inbox.dates import first_moment, format_moment
from inbox.models import Marketplace, ScoreReading
from inbox.pages.charts import (
    DURATION,
    Band,
    Bar,
    BarChart,
    Level,
    Line,
    LineChart,
    Mark,
    Point,
    Series,
)
from inbox.pages.metrics import Figure
from inbox.pages.quality_channels import ChannelTable, channel_table
from inbox.pages.quality_rates import DELAY, MarketplaceScores
from inbox.services.insight.arrivals import draw_bands
from inbox.services.insight.calibration import Fit, Reading, find_best_formula
from inbox.services.insight.reply_figures import (
    ARRIVALS_SINCE,
    ReplyFigures,
    get_window,
    read_all_waits,
)

AHEAD = timedelta(days=3)
STEP = timedelta(hours=4)
DAYS = 30
FEWEST_ANSWERED = 2
# For each part of a formula: what it says if it is not so, and if it is.
FORMULA_WORDS = (
    (_("from the first of several messages"), _("from the last of several messages")),
    (_("customers only"), _("customers and the operator")),
    (_("around the clock"), _("working time only")),
)


@dataclass(frozen=True)
class Day:
    """A day of the team's: our average of its replies, and the marketplace's figure on it."""

    day: date
    ours: Figure
    replies: Figure
    theirs: Figure


@dataclass(frozen=True)
class Hour:
    """A moment ahead: the average if all is answered then; low and high with what arrives."""

    at: datetime
    answered: Figure
    without_open: Figure
    low: Figure
    high: Figure


@dataclass(frozen=True)
class CoursePage:
    marketplace: Marketplace
    days: list[Day]
    hours: list[Hour]
    # The formula that gives the marketplace's figure best, and its error.
    fit: Fit | None
    error: Figure
    readings: int
    # Open waits that are older than nine in ten of the answered took.
    slow: Figure
    channels: ChannelTable | None

    @property
    def chart(self) -> BarChart:
        """The days as bars, oldest first: ours before the marketplace's."""
        series = (
            Series(gettext("Average of its replies")),
            Series(gettext("Marketplace's figure"), "before"),
        )
        return BarChart(
            f"{gettext('The last 30 days')}, {self.marketplace.name}",
            series,
            tuple(_build_bar(day) for day in reversed(self.days)),
            unit=DURATION,
        )

    @property
    def curve(self) -> LineChart:
        """The hours ahead, with the marketplace's limits."""
        hours, limits = self.hours, self.marketplace
        band = Band(
            gettext("With new messages"),
            tuple(_mark(one.low) for one in hours),
            tuple(_mark(one.high) for one in hours),
            gettext("Low, with new messages"),
            gettext("High, with new messages"),
        )
        return LineChart(
            f"{gettext('The next 3 days')}, {self.marketplace.name}",
            tuple(_point(one.at) for one in hours),
            (
                Line(
                    Series(gettext("Without the open ones"), "before"),
                    tuple(_mark(one.without_open) for one in hours),
                ),
                Line(Series(gettext("Average")), tuple(_mark(one.answered) for one in hours), True),
            ),
            unit=DURATION,
            band=band if self.has_band else None,
            levels=(
                Level(gettext("Limit"), limits.reply_limit_hours * 3600),
                Level(gettext("Alert"), limits.alert_hours * 3600, "amber"),
            ),
            head=gettext("Time"),
        )

    @property
    def formula_words(self) -> str:
        """What the marketplace seems to count."""
        if self.fit is None:
            return ""
        formula = self.fit.formula
        return ", ".join(
            str(words[is_so]) for words, is_so in zip(FORMULA_WORDS, formula, strict=True)
        )

    @property
    def has_band(self) -> bool:
        return any(one.low.value is not None for one in self.hours)


def read_course(marketplace: Marketplace) -> CoursePage:
    now = timezone.now()
    look_back = max(ARRIVALS_SINCE, get_window(marketplace) + timedelta(days=DAYS))
    found = read_all_waits(marketplace, now, look_back)
    figures = found or ReplyFigures(marketplace, now, ())
    scores = _list_scores(marketplace, now)
    readings = [Reading(one.last_updated or _noon(one.read_on), one.value) for one in scores]
    fit = find_best_formula(readings, figures.comparable, figures.window, marketplace.calendar)
    return CoursePage(
        marketplace,
        days=_list_days(figures, {one.read_on: one.value for one in scores}, now),
        hours=_list_hours(figures) if found else [],
        fit=fit,
        error=Figure(
            "formula_error_share", fit.error if fit else None, "marketplace", marketplace.slug
        ),
        readings=len(readings),
        slow=Figure(
            "waiting_over_p90_count", _count_slow(figures), "marketplace", marketplace.slug
        ),
        channels=channel_table(marketplace),
    )


def _count_slow(figures: ReplyFigures) -> int | None:
    begins_at = figures.as_of - figures.window
    waits = [one.seconds for one in figures.replies.answered if one.ended_at > begins_at]
    if len(waits) < FEWEST_ANSWERED:
        return None
    longest = quantiles(waits, n=10, method="inclusive")[-1]
    return sum(age > longest for age in figures.replies.ages)


def _list_scores(marketplace: Marketplace, now: datetime) -> list[ScoreReading]:
    """The marketplace's own average of the last thirty days, by day."""
    after = timezone.localdate(now, timezone.get_default_timezone()) - timedelta(days=DAYS)
    period = MarketplaceScores(marketplace.score_window, ()).period
    known = ScoreReading.objects.filter(marketplace=marketplace, member=DELAY, period=period)
    return list(known.filter(channel="", read_on__gte=after).order_by("read_on"))


def _list_days(figures: ReplyFigures, theirs: dict[date, float], now: datetime) -> list[Day]:
    """The thirty whole days before today; days after the last reading have no figure."""
    zone = timezone.get_default_timezone()
    today, read_on = (at.astimezone(zone).date() for at in (now, figures.as_of))
    by_day = defaultdict[date, list[float]](list)
    for one in figures.replies.answered:
        by_day[one.ended_at.astimezone(zone).date()].append(one.seconds)
    days = [today - timedelta(days=ago) for ago in range(1, DAYS + 1)]
    return [_build_day(day, by_day[day], theirs.get(day), is_read=day < read_on) for day in days]


def _build_day(day: date, waits: list[float], theirs: float | None, *, is_read: bool) -> Day:
    key = day.isoformat()
    mean = sum(waits) / len(waits) if waits and is_read else None
    return Day(
        day,
        Figure("reply_seconds_mean", mean, "day", key),
        Figure("replies_count", len(waits) if is_read else None, "day", key),
        Figure(DELAY, theirs, "day", key),
    )


def _list_hours(figures: ReplyFigures) -> list[Hour]:
    replies, without_open = figures.replies, figures.replies.leave_out_open()
    moments = _list_moments(figures.as_of)
    bands = draw_bands(
        replies,
        figures.arrivals,
        moments,
        zone=timezone.get_default_timezone(),
        known_since=figures.known_since,
    )
    band_at = {band.at: band for band in bands}
    hours = []
    for at in moments:
        band, key = band_at.get(at), f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        mean, other = replies.mean_at(at), without_open.mean_at(at)
        hours.append(
            Hour(
                at,
                Figure("forecast_answered_seconds_mean", mean, "hour", key),
                Figure("forecast_now_seconds_mean", other, "hour", key),
                Figure("forecast_seconds_p10", band.low if band else None, "hour", key),
                Figure("forecast_seconds_p90", band.high if band else None, "hour", key),
            )
        )
    return hours


def _list_moments(now: datetime) -> list[datetime]:
    """Every fourth hour by the reader's clock, after now."""
    zone = timezone.get_current_timezone()
    midnight = datetime.combine(now.astimezone(zone).date(), time())
    walls = (midnight + STEP * number for number in range(4 * int(AHEAD / STEP)))
    moments = (first_moment(wall, zone) for wall in walls)
    return sorted({at for at in moments if now < at <= now + AHEAD})


def _build_bar(day: Day) -> Bar:
    values = (one.value for one in (day.ours, day.theirs))
    marks = tuple(Mark(one if isinstance(one, float) else None) for one in values)
    return Bar(date_format(day.day, "DAY"), marks, date_format(day.day, "FULL_DAY"))


def _mark(figure: Figure) -> Mark:
    value = figure.value if isinstance(figure.value, int | float) else None
    return Mark(value, metric=figure.metric, by=figure.by, key=figure.key)


def _point(at: datetime) -> Point:
    """Midnight is called after its day, other hours by the clock: labels must be short."""
    label = format_moment(at, "DAY" if timezone.localtime(at).hour == 0 else "H:i")
    return Point(label, format_moment(at), int(at.timestamp()))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)

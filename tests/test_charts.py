"""Charts: what is drawn for which numbers, the same in every language."""

import json
import re
from collections.abc import Sequence

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

from inbox.pages.charts import (
    DURATION,
    ROWS,
    SHARE,
    Bar,
    BarChart,
    Heatmap,
    Level,
    Line,
    LineChart,
    Mark,
    Point,
    Series,
    Sparkline,
)
from inbox.pages.charts.axes import BASELINE, PLOT, axis_for, plain, short_words, words
from tests.chart_pages import (
    by_day,
    by_marketplace,
    distribution,
    forecast,
    long_line,
    trend,
    week,
)
from tests.html import Page

LANGUAGES = [code for code, _name in settings.LANGUAGES]
DAY = 86_400


def columns(*values: float | None, unit: str = "count") -> BarChart:
    bars = tuple(Bar(str(place), (Mark(one),)) for place, one in enumerate(values))
    return BarChart("New conversations", (Series("New"),), bars, unit=unit)


Chart = BarChart | Heatmap | LineChart | Sparkline
TAGS = {BarChart: "bars", Heatmap: "heatmap", LineChart: "line", Sparkline: "sparkline"}


def draw(chart: Chart, tag: str = "") -> str:
    tag = tag or TAGS[type(chart)]
    return Template(f"{{% load charts %}}{{% {tag} chart %}}").render(Context({"chart": chart}))


def heights(chart: BarChart) -> list[str]:
    return Page(draw(chart)).get_all("height", "rect", css_class="bar-shape")


@pytest.mark.parametrize(
    ("largest", "unit", "labels"),
    [
        (0, "count", ["0", "1"]),
        (1, "count", ["0", "1"]),
        (7, "count", ["0", "2", "4", "6", "8"]),
        (130, "count", ["0", "50", "100", "150"]),
        (3_000_000_000_000, "count", [f"{n},000,000,000,000" if n else "0" for n in range(4)]),
        (90, DURATION, ["0", "1m", "2m"]),
        (3_500, DURATION, ["0", "15m", "30m", "45m", "1h"]),
        (7 * 3_600, DURATION, ["0", "2h", "4h", "6h", "8h"]),
        (3 * DAY, DURATION, ["0", "24h", "2d", "3d"]),
        (70 * DAY, DURATION, ["0", "20d", "40d", "60d", "80d"]),
        (0.03, SHARE, ["0", "1%", "2%", "3%"]),
        (0.1 * 3 + 0.7, SHARE, ["0", "25%", "50%", "75%", "100%"]),
    ],
)
def test_ticks_are_numbers_that_people_count_in(
    largest: float, unit: str, labels: Sequence[str]
) -> None:
    axis = axis_for([None, largest], unit)

    assert [tick.words for tick in axis.ticks] == labels
    assert axis.share(largest) <= 1


def test_zero_is_seen_and_a_gap_is_not_zero() -> None:
    page = Page(draw(columns(0, None, 8)))

    assert page.get_all("data-value", "rect") == ["0", "8"]
    assert page.get_all("height", "rect") == ["1.5", str(PLOT)]
    assert page.texts("text", css_class="words") == ["0", "–", "8"]
    assert page.get_all("data-value", "td") == ["0", "", "8"]


@pytest.mark.parametrize("values", [(), (None,), (5,), (10**15, 1), (-3, 4), (0, 0)])
def test_no_bar_leaves_its_plot(values: Sequence[float | None]) -> None:
    for layout in ("columns", ROWS):
        chart = columns(*values)
        chart = BarChart(chart.title, chart.series, chart.bars, layout=layout)

        for shape in (one for slot in chart.slots for one in slot.shapes):
            assert 0 < float(shape.height) <= PLOT
            assert 0 <= float(shape.y) <= BASELINE
            assert 0 <= float(shape.x.rstrip("%")) + float(shape.width.rstrip("%")) <= 100.001


def test_the_parts_of_a_stack_stand_on_each_other() -> None:
    shapes = next(iter(distribution("columns").slots)).shapes

    for below, above in zip(shapes, shapes[1:], strict=False):
        assert float(below.y) - float(above.height) == pytest.approx(float(above.y), abs=1e-5)
    assert sum(float(one.height) for one in shapes) == pytest.approx(PLOT)


def test_the_period_before_is_drawn_behind() -> None:
    slot = next(iter(by_day(7, "New").slots))

    assert [one.tone for one in slot.shapes] == ["before", "main"]
    assert float(slot.shapes[0].width[:-1]) > float(slot.shapes[1].width[:-1])


def test_only_the_running_day_is_marked() -> None:
    page = Page(draw(by_day(7, "New")))

    assert page.get_all("data-value", "rect", data_unfinished="") == ["15"]
    assert "7 November can still change" in page.texts("th")


def test_a_heatmap_begins_on_monday_at_midnight() -> None:
    cells = [[Mark(day * 100 + hour) for hour in range(24)] for day in range(7)]
    page = Page(draw(Heatmap("Week", tuple(map(tuple, cells)))))
    lying, standing = page.find("svg", role="img")

    assert lying.get_all("data-value", "rect")[:2] == ["0", "1"]
    assert standing.get_all("data-value", "rect")[:2] == ["0", "100"]
    assert lying.texts("title")[25] == "Tuesday, 00:00–01:00: 100"
    assert lying.texts("title")[24] == "Monday, 23:00–00:00: 23"


def test_an_outlier_leaves_the_other_cells_their_colours() -> None:
    levels = {cell.level for grid in week().grids for cell in grid.cells}

    assert levels == {0, 1, 2, 3, 4, 5}


def test_a_heatmap_without_numbers_has_no_colour() -> None:
    empty = Heatmap("Week", ((Mark(None),) * 24,) * 7)

    assert {cell.level for grid in empty.grids for cell in grid.cells} == {0}
    assert {cell.words for grid in empty.grids for cell in grid.cells} == {"–"}
    with pytest.raises(ValueError, match="seven days"):
        Heatmap("Week", ((Mark(1),) * 24,) * 6)


SHAPES = {"svg", "rect", "line", "path", "circle", "text", "a"}


def line_of(*values: float | None, at: Sequence[int] = ()) -> LineChart:
    points = tuple(Point(str(place), at=at[place] if at else None) for place in range(len(values)))
    return LineChart("Waiting", points, (Line(Series("Waiting"), tuple(map(Mark, values))),))


def path_of(chart: LineChart | Sparkline) -> str:
    (path,) = Page(draw(chart)).get_all("d", "path")
    return path


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ((), ""),
        ((None, None), ""),
        ((4,), "M500 0 h0"),
        ((0, 4), "M25 180 L975 0"),
        ((4, None, 2, 0), "M25 0 h0 M658.33 90 L975 180"),
        ((-8, 4), "M25 180 L975 0"),
    ],
)
def test_a_line_stops_at_a_gap(values: Sequence[float | None], path: str) -> None:
    assert path_of(line_of(*values)) == path


def test_points_of_a_line_stand_where_their_moments_are() -> None:
    assert path_of(line_of(4, 4, 4, at=(0, 900, 1_000))) == "M25 0 L880 0 L975 0"
    for twice in ((0, 0, 5), (5, 4, 6)):
        with pytest.raises(ValueError, match="ascend"):
            line_of(1, 2, 3, at=twice)


def test_words_of_two_levels_never_meet() -> None:
    close = LineChart("Waits", (), (), levels=(Level("Limit", 24), Level("Alert", 23, "amber")))
    far = LineChart("Waits", (), (), levels=(Level("Limit", 24), Level("Alert", 12, "amber")))

    limit, alert = close.drawn_levels
    assert float(limit.words_y) < float(limit.y) < float(alert.y) < float(alert.words_y)
    assert all(float(one.words_y) < float(one.y) for one in far.drawn_levels)


def test_a_forecast_has_its_band_only_where_it_is_known() -> None:
    page = Page(draw(forecast()))
    (band,) = page.get_all("d", css_class="band", tag="path")

    assert band.count("M") == 1
    assert band.startswith("M737.5 ")
    assert page.get_all("data-tone", "line", css_class="level") == ["red", "amber"]
    assert page.texts("text", css_class="level-words") == ["Limit 24h", "Alert 20h"]
    assert page.texts("th")[:5] == ["Day", "Average", "If all are answered tonight", "p10", "p90"]


def test_a_point_leads_to_its_list() -> None:
    page = Page(draw(trend()))

    assert page.get_all("href", "a", css_class="slice")[:2] == ["/?day=0", "/?day=1"]
    assert "1 November · The period before: 9 · This period: 12" in page.texts("title")


def test_a_timeline_has_every_place_and_word_for_its_script() -> None:
    page = Page(draw(long_line(), "timeline"))
    (points,) = map(json.loads, page.get_all("data-points", data_timeline=""))

    assert points["at"] == sorted(set(points["at"]))
    assert points["values"][0][31] is None
    assert points["said"][25] == "2 November, 1:00 · Waiting: 42"
    assert len(points["said"]) == 720
    assert not list(page.find(css_class="slice"))


def test_an_hour_that_comes_twice_is_two_points() -> None:
    labels, first = ("02:00", "02:00"), 1_793_491_200
    points = tuple(Point(label, at=first + 3_600 * hour) for hour, label in enumerate(labels))
    chart = LineChart("Waits", points, (Line(Series("All"), (Mark(3), Mark(4))),))

    assert Page(draw(chart)).texts("text", css_class="label") == ["02:00", "02:00"]


@pytest.mark.parametrize("values", [(), (None,), (0, 0), (7,), (10**12, None, 3)])
def test_a_sparkline_stays_in_its_box(values: Sequence[float | None]) -> None:
    chart = Sparkline("Replies", tuple(values))

    numbers = [float(one) for one in re.findall(r"\d+(?:\.\d+)?", path_of(chart))]
    assert all(0 <= one <= 100 for one in numbers)
    assert bool(chart.description) == any(one is not None for one in values)


def drawn_elements(page: Page) -> list[dict[str, str]]:
    return [dict(one) for one in page.elements if one.tag in SHAPES]


CHARTS = [
    by_day(7, "New"),
    by_marketplace(),
    distribution(ROWS),
    distribution("columns"),
    week(),
    forecast(),
    trend(),
    Sparkline("Replies", (1, 2.5, None, 4)),
]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda one: one.title)
def test_attributes_are_the_same_in_every_language(chart: Chart) -> None:
    drawn = []
    for language in LANGUAGES:
        with translation.override(language):
            drawn.append(Page(draw(chart)))

    assert len(LANGUAGES) == 5
    for page in drawn:
        assert drawn_elements(page) == drawn_elements(drawn[0])
        assert page.get_all("data-value") == drawn[0].get_all("data-value")


def test_a_duration_is_spelt_in_the_readers_language() -> None:
    with translation.override("de"):
        assert words(2 * DAY + 5 * 3_600, DURATION) == "2 T. 5 Std."
        assert words(22_320, DURATION) == "6 Std. 12 min"
        assert words(0.952, SHARE) == "95,2 %"


def test_numbers_are_plain_in_attributes() -> None:
    assert [plain(one) for one in (None, 0, 5_400.0, 1 / 3, 10**15)] == [
        "", "0", "5400", "0.333333", "1000000000000000",
    ]  # fmt: skip
    assert [short_words(one, "count") for one in (999, 1_240, 38_400, 9_990)] == [
        "999", "1.2k", "38k", "10k",
    ]  # fmt: skip


def test_names_are_text_and_never_markup() -> None:
    name = "<script>alert('x')</script>\" onload=\"y"
    bars = (Bar(name, (Mark(3, f"/?q={name}"),)),)
    for layout in ("columns", ROWS):
        drawn = draw(BarChart(name, (Series(name),), bars, layout=layout, head=name))

        assert "<script" not in drawn
        assert not [one for one in Page(drawn).elements if "onload" in one]
        assert name in Page(drawn).get_all("href", "a")[0]


def test_a_chart_with_links_is_no_picture_to_a_screen_reader() -> None:
    assert Page(draw(columns(1, 2))).get_all("role", "svg") == ["img"]
    assert Page(draw(by_day(7, "New"))).get_all("role", "svg") == ["group"]

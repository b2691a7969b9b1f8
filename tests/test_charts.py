"""Charts: what is drawn for which numbers, the same in every language."""

from collections.abc import Sequence

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

from inbox.pages.charts import DURATION, ROWS, SHARE, Bar, BarChart, Heatmap, Mark, Series
from inbox.pages.charts.axes import BASELINE, PLOT, axis_for, plain, short_words, words
from tests.chart_pages import by_day, by_marketplace, distribution, week
from tests.html import Page

LANGUAGES = [code for code, _name in settings.LANGUAGES]
DAY = 86_400


def columns(*values: float | None, unit: str = "count") -> BarChart:
    bars = tuple(Bar(str(place), (Mark(one),)) for place, one in enumerate(values))
    return BarChart("New conversations", (Series("New"),), bars, unit=unit)


def draw(chart: BarChart | Heatmap) -> str:
    tag = "heatmap" if isinstance(chart, Heatmap) else "bars"
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
        (90, DURATION, ["0m", "1m", "2m"]),
        (3_500, DURATION, ["0m", "15m", "30m", "45m", "1h"]),
        (7 * 3_600, DURATION, ["0m", "2h", "4h", "6h", "8h"]),
        (3 * DAY, DURATION, ["0m", "24h", "2d", "3d"]),
        (70 * DAY, DURATION, ["0m", "20d", "40d", "60d", "80d"]),
        (0.03, SHARE, ["0%", "1%", "2%", "3%"]),
        (0.1 * 3 + 0.7, SHARE, ["0%", "25%", "50%", "75%", "100%"]),
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
    assert "7 November not over yet" in page.texts("th")


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


def drawn_elements(page: Page) -> list[dict[str, str]]:
    return [dict(one) for one in page.elements if one.tag in {"svg", "rect", "line", "text", "a"}]


CHARTS = [by_day(7, "New"), by_marketplace(), distribution(ROWS), distribution("columns"), week()]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda one: one.title)
def test_attributes_are_the_same_in_every_language(chart: BarChart | Heatmap) -> None:
    drawn = []
    for language in LANGUAGES:
        with translation.override(language):
            drawn.append(Page(draw(chart)))

    assert len(LANGUAGES) == 5
    for page in drawn:
        found = [one for one in page.elements if one.tag in {"svg", "rect", "line", "text", "a"}]
        first = [
            one for one in drawn[0].elements if one.tag in {"svg", "rect", "line", "text", "a"}
        ]
        assert [dict(one) for one in found] == [dict(one) for one in first]
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

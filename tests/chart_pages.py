"""A page with one chart of each kind, for tests: `settings.ROOT_URLCONF = "tests.chart_pages"`."""

from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path

from inbox.pages.charts import (
    DURATION,
    ROWS,
    SHARE,
    Band,
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

PAGE = """
{% extends "base.html" %}
{% load charts static %}
{% block besides %}
  {{ block.super }}
  <link rel="stylesheet" href="{% static 'css/reports.css' %}">
  <script type="module" src="{% static 'js/timeline.js' %}"></script>
{% endblock %}
{% block main %}
  <header class="bar"><h1>Charts</h1></header>
  <div class="scroll">
    <div class="cards">
      {% for chart in bar_charts %}
        <section class="card">
          <h2>{{ chart.title }}</h2>
          {% bars chart %}
        </section>
      {% endfor %}
      {% for chart in line_charts %}
        <section class="card">
          <h2>{{ chart.title }} {% sparkline spark %}</h2>
          {% line chart %}
        </section>
      {% endfor %}
      <section class="card wide">
        <h2>{{ long.title }}</h2>
        {% timeline long %}
      </section>
      {% for chart in heatmaps %}
        <section class="card wide">
          <h2>{{ chart.title }}</h2>
          {% heatmap chart %}
        </section>
      {% endfor %}
    </div>
  </div>
{% endblock %}
"""
PERIODS = (Series("This period"), Series("The period before", "before"))
NEW = (
    12,
    18,
    9,
    14,
    22,
    3,
    1,
    15,
    19,
    None,
    13,
    24,
    5,
    0,
    17,
    11,
    16,
    20,
    23,
    6,
    2,
    14,
    18,
    21,
    19,
)
STACK = ("step-1", "step-2", "step-3", "step-4", "amber", "red")
CLASSES = ("0–1 h", "1–4 h", "4–8 h", "8–24 h", "24–48 h", "> 48 h")


def new(day: int, href: str) -> Mark:
    return Mark(NEW[day % len(NEW)], href)


def by_day(number: int, name: str) -> BarChart:
    days = (
        Bar(
            str(day),
            (
                Mark(NEW[day % len(NEW)], f"/?day={day}"),
                Mark(NEW[(day * 7) % len(NEW)] or 4, f"/?old={day}"),
            ),
            name=f"{day} November",
            is_unfinished=day == number,
        )
        for day in range(1, number + 1)
    )
    return BarChart(name, PERIODS, tuple(days), head="Day")


def by_marketplace() -> BarChart:
    waits = {"Nordhaus": (14_400, 18_000), "Bright Street": (22_320, 20_000)}
    waits |= {
        "Maison Verte": (3_600, 9_000),
        "A marketplace with a very long name": (900, 0),
    }
    rows = (
        Bar(name, (Mark(now, f"/?m={now}"), Mark(before))) for name, (now, before) in waits.items()
    )
    return BarChart(
        "Median reply time",
        PERIODS,
        (*rows, Bar("Never asked", (Mark(None), Mark(None)))),
        unit=DURATION,
        layout=ROWS,
        head="Marketplace",
    )


def distribution(layout: str) -> BarChart:
    parts = {"This period": (0.31, 0.24, 0.17, 0.2, 0.06, 0.02)}
    parts |= {"The period before": (0.22, 0.2, 0.19, 0.26, 0.09, 0.04)}
    series = tuple(map(Series, CLASSES, STACK))
    bars = (
        Bar(name, tuple(Mark(one, f"/?class={n}") for n, one in enumerate(shares)))
        for name, shares in parts.items()
    )
    return BarChart(
        "Distribution of reply times",
        series,
        tuple(bars),
        unit=SHARE,
        layout=layout,
        is_stacked=True,
        head="Period",
    )


def week(is_difference: bool = False) -> Heatmap:
    def at(day: int, hour: int) -> int:
        busy = max(0, 14 - abs(hour - 14) * 2) * (7 - day) // 3 + (day * hour) % 3
        return busy - 9 if is_difference else busy * 40 if (day, hour) == (1, 14) else busy

    cells = tuple(
        tuple(Mark(at(day, hour), f"/?day={day}&hour={hour}") for hour in range(24))
        for day in range(7)
    )
    name = "Questions less replies" if is_difference else "When customers write"
    return Heatmap(name, cells, head="Hour")


def forecast() -> LineChart:
    """Three weeks of an average, now, and a week to come."""
    points = tuple(Point(f"{day} Nov", f"{day} November") for day in range(1, 30))
    past = [54_000 + (day * 37 % 11) * 1_500 for day in range(22)]
    ahead = [past[-1] + step * 2_200 for step in range(8)]
    gap: list[float | None] = [None] * 21
    return LineChart(
        "Average reply time, 30 days",
        points,
        (
            Line(Series("Average"), tuple(map(Mark, [*past, *[None] * 7]))),
            Line(Series("If all are answered tonight"), tuple(map(Mark, [*gap, *ahead])), True),
        ),
        unit=DURATION,
        band=Band(
            "Likely range",
            tuple(map(Mark, (*gap, *(one - 900 * n for n, one in enumerate(ahead))))),
            tuple(map(Mark, (*gap, *(one + 1_400 * n for n, one in enumerate(ahead))))),
        ),
        levels=(Level("Limit", 86_400), Level("Alert", 72_000, "amber")),
        now=21,
        head="Day",
    )


def trend() -> LineChart:
    points = tuple(Point(str(day), f"{day} November") for day in range(1, 31))
    now = tuple(new(day, f"/?day={day}") for day in range(30))
    before = tuple(Mark(9 + day * 13 % 8) for day in range(30))
    lines = (Line(PERIODS[1], before), Line(PERIODS[0], now))
    return LineChart("Conversations handled", points, lines, head="Day")


HOURS_OF_A_MONTH = 720


def long_line(hours: int = HOURS_OF_A_MONTH) -> LineChart:
    """The backlog of each hour of some days, with a night that nobody read."""
    begin = 1_793_487_600
    points = tuple(
        Point(f"{day + 1} Nov", f"{day + 1} November, {hour}:00", begin + (day * 24 + hour) * 3_600)
        for day, hour in (divmod(hour, 24) for hour in range(hours))
    )
    waiting = (
        None if 30 < hour < 42 else 20 + abs(hour % 24 - 12) + hour * 7919 % 13
        for hour in range(hours)
    )
    line = Line(Series("Waiting"), tuple(map(Mark, waiting)))
    return LineChart("Backlog", points, (line,), ticks=tuple(range(0, hours, 72)), head="Hour")


def show(request: HttpRequest) -> HttpResponse:
    context = {
        "bar_charts": [
            by_day(7, "New conversations"),
            by_day(30, "New conversations of a month"),
            by_marketplace(),
            distribution(ROWS),
            distribution("columns"),
        ],
        "line_charts": [forecast(), trend()],
        "spark": Sparkline("Reply time", (4, 6, 5, 9, None, 8, 12, 10)),
        "long": long_line(int(request.GET.get("hours", HOURS_OF_A_MONTH))),
        "heatmaps": [week(), week(is_difference=True)],
    }
    return HttpResponse(Template(PAGE).render(RequestContext(request, context)))


urlpatterns = [path("charts/", show), path("", include("helpdesk.urls"))]

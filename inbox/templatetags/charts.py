"""Charts: an SVG picture, and the same numbers as a table below it.

    {% bars chart %} {% heatmap chart %} {% line chart %} {% sparkline chart %}
    {% timeline chart %}

Pages that use them load `css/reports.css`. A timeline is a line of many points; `js/timeline.js`
draws it and follows the pointer.
"""

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from inbox.pages.charts import BarChart, Heatmap, LineChart, Sparkline

register = template.Library()


@register.simple_tag
def bars(chart: BarChart) -> SafeString:
    return _drawn("bars", chart)


@register.simple_tag
def heatmap(chart: Heatmap) -> SafeString:
    return _drawn("heatmap", chart)


@register.simple_tag
def line(chart: LineChart) -> SafeString:
    return _drawn("line", chart)


@register.simple_tag
def timeline(chart: LineChart) -> SafeString:
    return _drawn("line", chart, is_scripted=True)


@register.simple_tag
def sparkline(chart: Sparkline) -> SafeString:
    return _drawn("sparkline", chart)


def _drawn(name: str, chart: object, *, is_scripted: bool = False) -> SafeString:
    page = get_template(f"inbox/charts/_{name}.html")
    return SafeString(page.render({"chart": chart, "is_scripted": is_scripted}))

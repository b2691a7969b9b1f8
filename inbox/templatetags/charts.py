"""Charts: an SVG picture, and the same numbers as a table below it.

    {% bars chart %} {% heatmap chart %}

Pages that use them load `css/reports.css`.
"""

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from inbox.pages.charts import BarChart, Heatmap

register = template.Library()


@register.simple_tag
def bars(chart: BarChart) -> SafeString:
    return _drawn("inbox/charts/_bars.html", chart)


@register.simple_tag
def heatmap(chart: Heatmap) -> SafeString:
    return _drawn("inbox/charts/_heatmap.html", chart)


def _drawn(template_name: str, chart: BarChart | Heatmap) -> SafeString:
    return SafeString(get_template(template_name).render({"chart": chart}))

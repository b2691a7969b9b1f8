"""A marketplace's other limits as lines of text."""

import re
from typing import Any

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inbox.models.metrics import Metric
from inbox.services.marketplaces.statistics import LABELS, PERIODS

CROSSED = r"(>=|<=|>|<)\s*(\d+(?:\.\d+)?)"
LINE = re.compile(
    rf"(?P<name>\w+)(?:\s+alert\s*{CROSSED})?(?:\s+limit\s*{CROSSED})?(?:\s+in\s+(?P<period>\w+))?"
)


class MetricsField(forms.CharField):
    """`incident_rate alert >= 0.08 limit >= 0.09 in LAST_YEAR`, one a line."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Other limits"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 7, "cols": 70}),
            help_text=_(
                "One line each, such as “incident_rate alert >= 0.08 limit >= 0.09 in LAST_YEAR”. "
                "Rates are parts of 1, times are seconds. The period may be left out."
            ),
        )

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(_write, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = (super().to_python(value) or "").splitlines()
        return [_read(line.strip()) for line in lines if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def _write(metric: Metric) -> str:
    parts = [metric.name]
    if metric.alert is not None:
        parts.append(f"alert {metric.alert_sign} {metric.alert:g}")
    if metric.limit is not None:
        parts.append(f"limit {metric.limit_sign} {metric.limit:g}")
    return " ".join([*parts, *([f"in {metric.period}"] if metric.period else [])])


def _read(line: str) -> Metric:
    found = LINE.fullmatch(line)
    if not found or found["name"] not in LABELS or (found["period"] or "") not in {"", *PERIODS}:
        raise ValidationError(gettext("This line is not a figure with its limits: %s") % line)
    _name, alert_sign, alert, limit_sign, limit, _period = found.groups()
    told = {
        **({"alert": float(alert), "alert_sign": alert_sign} if alert else {}),
        **({"limit": float(limit), "limit_sign": limit_sign} if limit else {}),
    }
    return msgspec.convert({"name": found["name"], "period": found["period"] or "", **told}, Metric)

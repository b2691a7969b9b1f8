"""Puts moments between others, which is quicker than to turn each into a day or an hour."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db.models import DateTimeField, Func, IntegerField, Value
from django.db.models.expressions import Combinable


def count_passed(at: Combinable | str, moments: Sequence[datetime]) -> Func:
    """How many of the moments, which ascend, have come by then."""
    passed = Value(list(moments), ArrayField(DateTimeField()))
    return Func(at, passed, function="width_bucket", output_field=IntegerField())

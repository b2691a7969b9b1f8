"""The older messages' filters, as they stand in the address."""

from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.services.legacy import Question

RECEIVED = {"ALL": _("All"), "TRUE": _("Received"), "FALSE": _("Sent")}
ORDERS = {"newest": _("Newest first"), "oldest": _("Oldest first")}


class LegacyFilters(forms.Form):
    received = forms.ChoiceField(choices=list(RECEIVED.items()), required=False)
    order = forms.CharField(max_length=100, required=False)
    customer = forms.CharField(max_length=100, required=False)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    sort = forms.ChoiceField(choices=list(ORDERS.items()), required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)

    def question(self) -> Question:
        """Whatever is not understood falls back to its default."""
        self.is_valid()
        chosen = self.cleaned_data
        since, until = chosen.get("since"), chosen.get("until")
        return Question(
            received=chosen.get("received") or "ALL",
            order_id=chosen.get("order") or "",
            customer_id=chosen.get("customer") or "",
            start_date=since and timezone.make_aware(datetime.combine(since, time.min)),
            end_date=until and timezone.make_aware(datetime.combine(until, time.max)),
            is_oldest_first=chosen.get("sort") == "oldest",
            number=chosen.get("page") or 1,
        )

    def query(self, **changes: Any) -> str:
        now = {name: self.data.get(name, "") for name in self.fields if name != "page"}
        return urlencode({name: value for name, value in (now | changes).items() if value})

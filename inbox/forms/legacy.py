"""Legacy order messages: filters of their list, and a form to post one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

import msgspec
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.forms.customers import WhoWritesForm
from inbox.forms.moments import DAYS
from inbox.forms.replies import MessageForm
from inbox.mirakl.wire import TOPIC_LENGTH
from inbox.models import Destination, Details, NamedCustomer
from inbox.services.marketplaces.documents import Document
from inbox.services.marketplaces.legacy import MessageQuery
from inbox.services.outbox.new_outgoing import NewOutgoing

RECEIVED = {"ALL": _("All"), "TRUE": _("Received"), "FALSE": _("Sent")}
ORDERS = {"newest": _("Newest first"), "oldest": _("Oldest first")}


SHORTEST, LONGEST = TOPIC_LENGTH


class LegacyFilters(forms.Form):
    received = forms.ChoiceField(choices=list(RECEIVED.items()), required=False)
    order = forms.CharField(max_length=100, required=False)
    offer = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    customer = forms.CharField(max_length=100, required=False)
    since = forms.DateField(required=False, validators=DAYS)
    until = forms.DateField(required=False, validators=DAYS)
    sort = forms.ChoiceField(choices=list(ORDERS.items()), required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)

    def question(self) -> MessageQuery:
        """The filters; an invalid one falls back to its default."""
        self.is_valid()
        chosen = self.cleaned_data
        since, until = chosen.get("since"), chosen.get("until")
        return MessageQuery(
            received=chosen.get("received") or "ALL",
            order_id=chosen.get("order") or "",
            offer_id=chosen.get("offer"),
            customer_id=chosen.get("customer") or "",
            start_date=since and timezone.make_aware(datetime.combine(since, time.min)),
            end_date=until and timezone.make_aware(datetime.combine(until, time.max)),
            is_oldest_first=chosen.get("sort") == "oldest",
            number=chosen.get("page") or 1,
        )

    def query(self, **changes: Any) -> str:
        now = {name: self.data.get(name, "") for name in self.fields if name != "page"}
        return urlencode({name: value for name, value in (now | changes).items() if value})


class OldMessageForm(MessageForm):
    """On an order (OR42): with a subject, and with documents that the order has already."""

    subject = forms.CharField(
        min_length=SHORTEST,
        max_length=LONGEST,
        error_messages={
            "required": _("Enter a subject."),
            "min_length": _("Subjects need at least %(limit_value)d characters."),
            "max_length": _("Subjects can be up to %(limit_value)d characters."),
        },
    )

    documents = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        error_messages={"invalid_choice": _("Choose documents from this order.")},
    )

    def __init__(self, *args: Any, documents: Sequence[Document] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {one.id: one.file_name or str(one.id) for one in documents}
        self.fields["documents"].choices = list(self.names.items())  # type: ignore[attr-defined]

    def outgoing(self, destination: Destination) -> NewOutgoing:
        return replace(super().outgoing(destination), email_subject=self.cleaned_data["subject"])

    @property
    def details(self) -> Details:
        return Details(documents={str(one): self.names[one] for one in self.chosen_documents})

    @property
    def chosen_documents(self) -> list[int]:
        chosen: list[int] = self.cleaned_data["documents"]
        return chosen


class AsCustomerMessageForm(OldMessageForm, WhoWritesForm):
    """For a storefront: with the data of the customer who writes."""

    locale = forms.RegexField(
        r"^[A-Za-z]{2,3}([_-][A-Za-z]{2,4})?$",
        required=False,
        error_messages={
            "invalid": _("Enter the language code, such as fr_FR, or leave this empty.")
        },
    )

    def __init__(self, *args: Any, customer_id: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer_id = customer_id

    @property
    def details(self) -> Details:
        locale: str = self.cleaned_data["locale"]
        customer = NamedCustomer(self.customer_id, **self.named, locale=locale)
        return msgspec.structs.replace(super().details, customer=customer)

"""Forms to start a thread: on an order or a service, or between shop and operator."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.forms.customers import WhoWritesForm
from inbox.forms.numbers import is_number
from inbox.forms.replies import WriteForm
from inbox.mirakl.wire import SERVICE_BODY_LENGTH
from inbox.models import Destination, Details, Marketplace, NamedCustomer, Participant
from inbox.services.marketplaces.accounts import Shop
from inbox.services.outbox.new_outgoing import NewOutgoing


class OrderNumberForm(forms.Form):
    """The order to write about; the marketplace is optional if the desk knows the number."""

    MISSING = gettext_lazy("Choose the order's marketplace.")

    order = forms.CharField(
        max_length=100, error_messages={"required": gettext_lazy("Enter the order number.")}
    )
    marketplace = forms.ModelChoiceField(
        Marketplace.objects.none(),
        to_field_name="slug",
        required=False,
        error_messages={"invalid_choice": MISSING},
    )

    def __init__(self, *args: Any, marketplaces: QuerySet[Marketplace], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast("forms.ModelChoiceField[Marketplace]", self.fields["marketplace"])
        choice.queryset = marketplaces

    def clean_order(self) -> str:
        number: str = self.cleaned_data["order"]
        if "," in number or number.strip(".") == "":
            raise forms.ValidationError(_("Enter one order number."))
        return number


class NewThreadForm(WriteForm):
    """A message with a required topic."""

    def clean(self) -> None:
        named = self.cleaned_data.get("reason") or self.cleaned_data.get("topic")
        if not named and not {"reason", "topic"} & set(self.errors):
            self.add_error("topic", _("Enter a topic."))
        super().clean()


class ToShopForm(NewThreadForm):
    """To one of the operator's shops, by number, or by name if known."""

    shop = forms.CharField(
        max_length=100, error_messages={"required": gettext_lazy("Choose a shop.")}
    )

    def __init__(self, *args: Any, shops: Sequence[Shop] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shops = shops

    def clean_shop(self) -> str:
        given: str = self.cleaned_data["shop"]
        if is_number(given):
            return given
        named = [shop for shop in self.shops if shop.name.casefold() == given.casefold()]
        if len(named) != 1:
            raise forms.ValidationError(_("Choose a shop from the list, or enter its number."))
        return str(named[0].id)

    @property
    def recipients(self) -> list[Participant]:
        number = self.cleaned_data["shop"]
        name = next((shop.name for shop in self.shops if str(shop.id) == number), number)
        return [Participant("SHOP", number, name)]

    def outgoing(self, destination: Destination) -> NewOutgoing:
        return super().outgoing(replace(destination, subject_id=self.cleaned_data["shop"]))


class OnServiceForm(NewThreadForm):
    """On a service, where Mirakl allows a shorter text. A storefront also needs a customer's id."""

    body_length = SERVICE_BODY_LENGTH

    def __init__(self, *args: Any, customer_id: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer_id = customer_id

    @property
    def customer(self) -> NamedCustomer:
        return NamedCustomer(self.customer_id)

    @property
    def details(self) -> Details:
        return Details(customer=self.customer) if self.customer_id else Details()


class AsCustomerForm(OnServiceForm, WhoWritesForm):
    """On a service, for a storefront: Mirakl requires the customer's data."""

    @property
    def customer(self) -> NamedCustomer:
        return NamedCustomer(self.customer_id, **self.named)

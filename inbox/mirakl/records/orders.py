"""Orders as OR11 answers them: what a support desk shows, and no more.

Amounts are decimals in the order's currency, exactly as they stand in the answer.
"""

from decimal import Decimal
from typing import Any

import msgspec

from inbox.mirakl.decoding import Moment, Record


class OrderChannel(Record):
    code: str | None = None
    label: str | None = None


class DeliveryDate(Record):
    earliest: Moment | None = None
    latest: Moment | None = None


class Address(Record):
    firstname: str | None = None
    lastname: str | None = None
    company: str | None = None
    company_2: str | None = None
    street_1: str | None = None
    street_2: str | None = None
    zip_code: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    country_iso_code: str | None = None
    phone: str | None = None
    phone_secondary: str | None = None
    additional_info: str | None = None

    @property
    def lines(self) -> list[str]:
        """As on a parcel: whose it is, street, place, country; then what helps to find it."""
        lines = [
            [self.firstname, self.lastname],
            [self.company],
            [self.company_2],
            [self.street_1],
            [self.street_2],
            [self.zip_code, self.city],
            [self.state],
            [self.country or self.country_iso_code],
            [self.additional_info],
        ]
        return [text for line in lines if (text := " ".join(filter(None, line)))]


class CustomerOrganization(Record):
    organization_id: str | None = None
    name: str | None = None


class OrderCustomer(Record):
    """Addresses are null until an order is accepted or shipped, by the platform's setting."""

    customer_id: str | None = None
    firstname: str | None = None
    lastname: str | None = None
    locale: str | None = None
    email: str | None = None  # for operator and front
    organization: CustomerOrganization | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None


class References(Record):
    order_reference_for_customer: str | None = None
    order_reference_for_seller: str | None = None


class AdditionalField(Record):
    """The value is text, or a list of texts."""

    code: str | None = None
    type: str | None = None
    value: Any = None

    @property
    def text(self) -> str:
        if isinstance(self.value, list):
            return ", ".join(map(str, self.value))
        return "" if self.value is None else str(self.value)


class Tax(Record):
    """The price includes it or not, by the order's `order_tax_mode`."""

    code: str | None = None
    amount: Decimal | None = None


class Refund(Record):
    """The deprecated `state` does not know the newer states that `refund_state` has."""

    id: str | None = None
    amount: Decimal | None = None
    shipping_amount: Decimal | None = None
    taxes: list[Tax] = []
    shipping_taxes: list[Tax] = []
    quantity: int | None = None
    reason_code: str | None = None
    refund_state: str | None = None
    state: str | None = None
    created_date: Moment | None = None


class Cancelation(Record):
    id: str | None = None
    amount: Decimal | None = None
    shipping_amount: Decimal | None = None
    taxes: list[Tax] = []
    shipping_taxes: list[Tax] = []
    quantity: int | None = None
    reason_code: str | None = None
    created_date: Moment | None = None


class Media(Record):
    """The address may be relative to the marketplace's host."""

    media_url: str | None = None


class OrderLine(Record):
    order_line_id: str | None = None
    order_line_index: int | None = None
    order_line_state: str | None = None
    order_line_state_reason_label: str | None = None
    product_title: str | None = None
    product_sku: str | None = None
    offer_sku: str | None = None  # the shop's own
    category_label: str | None = None
    product_medias: list[Media] = []
    quantity: int | None = None
    price_unit: Decimal | None = None
    price: Decimal | None = None
    shipping_price: Decimal | None = None
    total_price: Decimal | None = None
    taxes: list[Tax] = []
    shipping_taxes: list[Tax] = []
    shipped_date: Moment | None = None
    received_date: Moment | None = None
    can_refund: bool | None = None
    refunds: list[Refund] = []
    cancelations: list[Cancelation] = []

    @property
    def picture(self) -> str:
        """The address of the product's picture, mostly without the marketplace's host."""
        return next((one.media_url for one in self.product_medias if one.media_url), "")


class Order(Record):
    order_id: str
    commercial_id: str | None = None
    order_state: str | None = None
    order_state_reason_label: str | None = None
    created_date: Moment | None = None
    last_updated_date: Moment | None = None
    acceptance_decision_date: Moment | None = None
    customer_debited_date: Moment | None = None
    shipping_deadline: Moment | None = None
    delivery_date: DeliveryDate | None = None
    price: Decimal | None = None
    shipping_price: Decimal | None = None
    total_price: Decimal | None = None
    total_commission: Decimal | None = None
    order_tax_mode: str | None = None
    currency_iso_code: str | None = None
    payment_type: str | None = None
    payment_workflow: str | None = None
    channel: OrderChannel | None = None
    customer: OrderCustomer = msgspec.field(default_factory=OrderCustomer)
    customer_notification_email: str | None = None
    shipping_type_label: str | None = None
    shipping_company: str | None = None
    shipping_carrier_code: str | None = None
    shipping_tracking: str | None = None
    shipping_tracking_url: str | None = None
    shipping_pudo_id: str | None = None
    shop_id: int | None = None  # for operator and front
    shop_name: str | None = None
    has_customer_message: bool | None = None
    has_incident: bool | None = None
    has_invoice: bool | None = None
    fully_refunded: bool | None = None
    can_cancel: bool | None = None
    references: References | None = None
    order_additional_fields: list[AdditionalField] = []
    order_lines: list[OrderLine] = []

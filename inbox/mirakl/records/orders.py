"""Orders from OR11: only what a support desk shows.

Amounts are decimals in the order's currency, exactly as in the answer.
"""

from decimal import Decimal
from typing import Any

import msgspec

from inbox.mirakl.decoding import Moment, Record, Words


class OrderChannel(Record):
    code: Words | None = None
    label: Words | None = None


class DeliveryDate(Record):
    earliest: Moment | None = None
    latest: Moment | None = None


class Address(Record):
    firstname: Words | None = None
    lastname: Words | None = None
    company: Words | None = None
    company_2: Words | None = None
    street_1: Words | None = None
    street_2: Words | None = None
    zip_code: Words | None = None
    city: Words | None = None
    state: Words | None = None
    country: Words | None = None
    country_iso_code: Words | None = None
    phone: Words | None = None
    phone_secondary: Words | None = None
    additional_info: Words | None = None

    @property
    def lines(self) -> list[str]:
        """As on a parcel: name, street, place, country; then additional information."""
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
    name: Words | None = None


class OrderCustomer(Record):
    """Addresses are null until an order is accepted or shipped, by the platform's setting."""

    customer_id: str | None = None
    firstname: Words | None = None
    lastname: Words | None = None
    locale: Words | None = None
    email: Words | None = None  # for operator and front
    organization: CustomerOrganization | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None


class References(Record):
    order_reference_for_customer: Words | None = None
    order_reference_for_seller: Words | None = None


class AdditionalField(Record):
    """The value is text, or a list of texts."""

    code: Words | None = None
    type: Words | None = None
    value: Any = None

    @property
    def text(self) -> str:
        if isinstance(self.value, list):
            return ", ".join(map(str, self.value))
        return "" if self.value is None else str(self.value)


class Tax(Record):
    """Whether the price includes it depends on the order's `order_tax_mode`."""

    code: Words | None = None
    amount: Decimal | None = None


class Refund(Record):
    """The deprecated `state` lacks the newer states of `refund_state`."""

    id: str | None = None
    amount: Decimal | None = None
    shipping_amount: Decimal | None = None
    taxes: list[Tax] = []
    shipping_taxes: list[Tax] = []
    quantity: int | None = None
    reason_code: Words | None = None
    refund_state: Words | None = None
    state: Words | None = None
    created_date: Moment | None = None


class Cancelation(Record):
    id: str | None = None
    amount: Decimal | None = None
    shipping_amount: Decimal | None = None
    taxes: list[Tax] = []
    shipping_taxes: list[Tax] = []
    quantity: int | None = None
    reason_code: Words | None = None
    created_date: Moment | None = None


class Media(Record):
    """The address may be relative to the marketplace's host."""

    media_url: str | None = None


class OrderLine(Record):
    order_line_id: str | None = None
    order_line_index: int | None = None
    order_line_state: Words | None = None
    order_line_state_reason_label: Words | None = None
    order_line_additional_fields: list[AdditionalField] = []
    product_title: Words | None = None
    product_sku: Words | None = None
    offer_sku: Words | None = None  # the shop's own
    category_label: Words | None = None
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
        """The address of the product's picture, usually without the marketplace's host."""
        return next((one.media_url for one in self.product_medias if one.media_url), "")


class Order(Record):
    order_id: str
    commercial_id: Words | None = None
    order_state: Words | None = None
    order_state_reason_label: Words | None = None
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
    order_tax_mode: Words | None = None
    currency_iso_code: Words | None = None
    payment_type: Words | None = None
    payment_workflow: Words | None = None
    channel: OrderChannel | None = None
    customer: OrderCustomer = msgspec.field(default_factory=OrderCustomer)
    customer_notification_email: Words | None = None
    shipping_type_label: Words | None = None
    shipping_company: Words | None = None
    shipping_carrier_code: Words | None = None
    shipping_tracking: Words | None = None
    shipping_tracking_url: str | None = None
    shipping_pudo_id: Words | None = None
    shop_id: int | None = None  # for operator and front
    shop_name: Words | None = None
    has_customer_message: bool | None = None
    has_incident: bool | None = None
    has_invoice: bool | None = None
    fully_refunded: bool | None = None
    can_cancel: bool | None = None
    references: References | None = None
    order_additional_fields: list[AdditionalField] = []
    order_lines: list[OrderLine] = []

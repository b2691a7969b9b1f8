"""What Mirakl's codes are called, for pages and for letters to customers."""

from typing import Any

from django.utils.translation import gettext_lazy

ORDER_STATES = {
    "STAGING": gettext_lazy("In review"),
    "WAITING_ACCEPTANCE": gettext_lazy("To accept"),
    "WAITING_DEBIT": gettext_lazy("Payment pending"),
    "WAITING_DEBIT_PAYMENT": gettext_lazy("Payment pending"),
    "SHIPPING": gettext_lazy("To ship"),
    "SHIPPED": gettext_lazy("Shipped"),
    "TO_COLLECT": gettext_lazy("To collect"),
    "RECEIVED": gettext_lazy("Received"),
    "CLOSED": gettext_lazy("Closed"),
    "REFUSED": gettext_lazy("Refused"),
    "CANCELED": gettext_lazy("Canceled"),
    "INCIDENT_OPEN": gettext_lazy("Incident open"),
    "INCIDENT_CLOSED": gettext_lazy("Incident closed"),
    "WAITING_REFUND_TAX_CONFIRMATION": gettext_lazy("Refund pending"),
    "WAITING_REFUND": gettext_lazy("Refund pending"),
    "WAITING_REFUND_PAYMENT": gettext_lazy("Refund pending"),
    "REFUNDED": gettext_lazy("Refunded"),
}
PAYMENT_WORKFLOWS = {
    "PAY_ON_ACCEPTANCE": gettext_lazy("On acceptance"),
    "PAY_ON_DELIVERY": gettext_lazy("On delivery"),
    "PAY_ON_DUE_DATE": gettext_lazy("On the due date"),
    "PAY_ON_SHIPMENT": gettext_lazy("On shipment"),
    "NO_CUSTOMER_PAYMENT_CONFIRMATION": gettext_lazy("Without confirmation by the marketplace"),
}


def in_words(code: str | None) -> str:
    """A code that we have no words for, readable all the same: Mirakl adds new ones."""
    return (code or "").replace("_", " ").capitalize()


def order_state(code: str | None) -> Any:
    return ORDER_STATES.get(code or "", in_words(code))

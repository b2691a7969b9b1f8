"""Labels of Mirakl's codes, for pages and for canned replies."""

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
    "WAITING_REFUND_TAX_CONFIRMATION": gettext_lazy("Refund awaiting tax confirmation"),
    "WAITING_REFUND": gettext_lazy("Refund pending"),
    "WAITING_REFUND_PAYMENT": gettext_lazy("Refund awaiting payment"),
    "REFUNDED": gettext_lazy("Refunded"),
}
PAYMENT_WORKFLOWS = {
    "PAY_ON_ACCEPTANCE": gettext_lazy("On acceptance"),
    "PAY_ON_DELIVERY": gettext_lazy("On delivery"),
    "PAY_ON_DUE_DATE": gettext_lazy("On the due date"),
    "PAY_ON_SHIPMENT": gettext_lazy("On shipment"),
    "NO_CUSTOMER_PAYMENT_CONFIRMATION": gettext_lazy("Without marketplace confirmation"),
}
# Where they differ from an order's.
PARCEL_STATES = {
    "READY_FOR_PICK_UP": gettext_lazy("Ready for pick-up"),
    "SHIPMENT_PREPARED": gettext_lazy("Prepared"),
}
MILESTONES = {
    "IN_TRANSIT": gettext_lazy("In transit"),
    "OUT_FOR_DELIVERY": gettext_lazy("Out for delivery"),
    "TO_COLLECT": gettext_lazy("To collect"),
    "DELIVERED": gettext_lazy("Delivered"),
    "EXCEPTION": gettext_lazy("Delivery problem"),
}
RETURN_STATES = {
    "WAITING_ACCEPTANCE": gettext_lazy("To accept"),
    "IN_PROGRESS": gettext_lazy("Being returned"),
    "REFUSED": gettext_lazy("Refused"),
    "RECEIVED": gettext_lazy("Received"),
    "NO_RECEPTION": gettext_lazy("Not received"),
    "CLOSED": gettext_lazy("Closed"),
    "CANCELED": gettext_lazy("Canceled"),
}
SERVICE_ORDER_STATES = {
    "WAITING_SCORING": gettext_lazy("In review"),
    "SCORING_OK": gettext_lazy("In review"),
    "SCORING_KO": gettext_lazy("Refused"),
    "WAITING_ACCEPTANCE": gettext_lazy("To accept"),
    "ORDER_ACCEPTED": gettext_lazy("Accepted"),
    "ORDER_REFUSED": gettext_lazy("Refused"),
    "ORDER_PENDING": gettext_lazy("To do"),
    "ORDER_CONSUMED": gettext_lazy("Done"),
    "ORDER_EXPIRED": gettext_lazy("Expired"),
    "ORDER_CLOSED": gettext_lazy("Closed"),
    "ORDER_CANCELLED": gettext_lazy("Canceled"),
}


SIDES = {
    "CUSTOMER": gettext_lazy("Customer"),
    "SHOP": gettext_lazy("Shop"),
    "OPERATOR": gettext_lazy("Operator"),
}


def label_code(code: str | None) -> str:
    """An unknown code in readable form: Mirakl adds new ones."""
    return (code or "").replace("_", " ").capitalize()


def order_state(code: str | None) -> Any:
    return ORDER_STATES.get(code or "", label_code(code))


def return_reason(code: str | None) -> str:
    """The label of a return or rejection reason that RE01 has none for."""
    return label_code((code or "").removeprefix("RETURN_").removeprefix("REJECTION_"))


def side(participant_type: str) -> str:
    """Customer, Shop or Operator for Mirakl's participant and sender types."""
    plain = get_side(participant_type)
    known = SIDES.get(plain)
    return str(known) if known else plain.replace("_", " ").capitalize()


def get_side(participant_type: str) -> str:
    """The side of a type: senders are called SHOP_USER, participants SHOP."""
    return participant_type.removesuffix("_USER")

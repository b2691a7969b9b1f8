"""Template tags of order pages: amounts, payment, product pictures."""

from typing import Any

from django import template

from inbox import money
from inbox.models import Marketplace, codes
from inbox.templatetags.desk import LONGEST_ADDRESS

register = template.Library()
register.filter("money", money.format_amount)


@register.filter
def payment_workflow(code: str) -> Any:
    return codes.PAYMENT_WORKFLOWS.get(code, codes.label_code(code))


@register.filter
def parcel_state(code: str | None) -> Any:
    return codes.PARCEL_STATES.get(code or "") or codes.order_state(code)


@register.filter
def milestone(code: str | None) -> Any:
    return codes.MILESTONES.get(code or "", codes.label_code(code))


@register.filter
def return_state(code: str | None) -> Any:
    return codes.RETURN_STATES.get(code or "", codes.label_code(code))


@register.filter
def service_order_state(code: str | None) -> Any:
    return codes.SERVICE_ORDER_STATES.get(code or "", codes.label_code(code))


@register.filter
def field_name(code: str | None) -> str:
    """Additional fields have a code and no label."""
    return codes.label_code((code or "").replace("-", "_"))


@register.filter
def at_marketplace(url: str, marketplace: Marketplace) -> str:
    """The full URL of a picture; empty unless it is https and of a usable length."""
    whole = marketplace.whole_address(url)
    fits = len(whole) <= LONGEST_ADDRESS
    return whole if fits and whole.startswith("https://") else ""


@register.filter
def is_shown_by(url: str, marketplace: Marketplace) -> bool:
    """Whether the desk can show the picture: its pages load nothing from another host."""
    return bool(marketplace.own_path(url))

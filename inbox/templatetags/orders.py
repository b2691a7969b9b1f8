"""What pages say of an order: its amounts, its payment, where a picture of its goods is."""

from typing import Any
from urllib.parse import urljoin

from django import template

from inbox import money
from inbox.models import Marketplace
from inbox.models.codes import PAYMENT_WORKFLOWS, in_words

register = template.Library()
register.filter("money", money.in_words)


@register.filter
def payment_workflow(code: str) -> Any:
    return PAYMENT_WORKFLOWS.get(code, in_words(code))


@register.filter
def field_name(code: str | None) -> str:
    """An additional field has a code and no label."""
    return in_words((code or "").replace("-", "_"))


@register.filter
def at_marketplace(url: str, marketplace: Marketplace) -> str:
    """An address that may lack the marketplace's host, with it; empty unless it is https."""
    try:
        whole = urljoin(f"{marketplace.base_url}/", url)
    except ValueError:
        return ""
    return whole if url and whole.startswith("https://") else ""

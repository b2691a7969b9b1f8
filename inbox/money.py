"""Amounts of money: added exactly, and formatted with the decimals of their currency."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeGuard

from django.utils import formats

# ISO 4217: a currency has two decimals unless it is one of these.
DECIMALS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
# No price is longer, and arithmetic beyond 28 digits is no longer exact.
MOST_DIGITS = 15


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of the known amounts; None if none is known."""
    known = [amount for amount in amounts if is_known(amount)]
    return sum(known, Decimal(0)) if known else None


def format_amount(amount: Decimal | None, currency: str | None) -> str:
    """`1,234.50 EUR` in the reader's format; a dash for an unknown amount."""
    if not is_known(amount):
        return "–"
    decimals = DECIMALS.get((currency or "").strip().upper(), 2)
    rounded = amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return (
        f"{formats.number_format(rounded, decimals, force_grouping=True)} {currency or ''}".strip()
    )


def is_known(amount: Decimal | None) -> TypeGuard[Decimal]:
    """Whether it can be added and formatted: JSON has numbers of any size, and texts like NaN."""
    return amount is not None and amount.is_finite() and amount.adjusted() < MOST_DIGITS

"""Query parameters, validated as strictly as Mirakl's documents allow."""

import re
from datetime import datetime

from werkzeug.wrappers import Request

from inbox.sandbox.dates import parse
from inbox.sandbox.errors import ApiError

LIST_MAXIMUM = 100
LOWEST = -(2**63)
TRILEAN = ("TRUE", "FALSE", "ALL")
SORT = re.compile(r"[A-Za-z_]+,(ASC|DESC)")
LOCALE = re.compile(r"[a-z]{2}(_[A-Z]{2})?")
# Parameters without effect here are validated too.
TRILEANS = ("read", "received", "archived", "visible")
NUMBERS = ("offer_id", "shop_id")
FLAGS = (
    *("customer_debited", "commissionable", "waiting_tax_confirmation", "has_open_incident"),
    *("tax_recalculation_required_only", "waiting_funding_confirmation"),
)
CODES = {
    "order_state_codes": (
        *("STAGING", "WAITING_ACCEPTANCE", "WAITING_DEBIT", "WAITING_DEBIT_PAYMENT", "SHIPPING"),
        *("SHIPPED", "TO_COLLECT", "RECEIVED", "CLOSED", "REFUSED", "CANCELED"),
    ),
    "order_tax_mode": ("TAX_INCLUDED", "TAX_EXCLUDED"),
    "payment_workflow": (
        *("PAY_ON_ACCEPTANCE", "PAY_ON_DELIVERY", "PAY_ON_DUE_DATE", "PAY_ON_SHIPMENT"),
        "NO_CUSTOMER_PAYMENT_CONFIRMATION",
    ),
    "refund_state_codes": (
        *("WAITING_REFUND_TAX_CONFIRMATION", "WAITING_REFUND", "WAITING_REFUND_PAYMENT"),
        "REFUNDED",
    ),
    "refunded": ("NO", "PARTIAL", "FULL"),
}
# Sets: the document allows each value only once.
SETS = ("channel_codes", "refunded", "refund_reason_code")
MOMENTS = re.compile(r"date_.+_(start|end)|(start|end)(_update)?_date|updated_since")


def refuse_nonsense(request: Request) -> None:
    if "page_token" in request.args:
        return  # it means all the others
    for name in TRILEANS:
        choice(request, name, TRILEAN, default="ALL")
    for name, codes in CODES.items():
        refuse_others(request, name, codes)
    for name in SETS:
        if len(request.args.getlist(name)) > len(set(request.args.getlist(name))):
            raise ApiError(400, f"Parameter [{name}] takes each value once")
    for name in FLAGS:
        optional_flag(request, name)
    for name in NUMBERS:
        number(request, name, default=0, low=LOWEST)
    for name in filter(MOMENTS.fullmatch, request.args):
        if moment(request, name) is None:
            raise ApiError(400, f"Parameter [{name}] is empty")
    if not LOCALE.fullmatch(request.args.get("locale", "en")):
        raise ApiError(400, "Parameter [locale] must be like en or en_US")


def refuse_others(request: Request, name: str, codes: tuple[str, ...]) -> None:
    """Refuses items of a comma list or a repeated parameter that are not among the codes."""
    for text in request.args.getlist(name):
        if not set(text.split(",")) <= set(codes):
            raise ApiError(400, f"Parameter [{name}] must be among {', '.join(codes)}")


def flag(request: Request, name: str, *, default: bool) -> bool:
    value = optional_flag(request, name)
    return default if value is None else value


def optional_flag(request: Request, name: str) -> bool | None:
    text = request.args.get(name)
    if text is None:
        return None
    if text.lower() not in ("true", "false"):
        raise ApiError(400, f"Parameter [{name}] must be true or false")
    return text.lower() == "true"


def number(
    request: Request, name: str, *, default: int, low: int = 0, high: int | None = None
) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    value = whole(text)
    if value is None:
        raise ApiError(400, f"Parameter [{name}] must be a whole number")
    if value < low or (high is not None and value > high):
        raise ApiError(400, f"Parameter [{name}] must be between {low} and {high}")
    return value


def whole(text: str) -> int | None:
    """Returns the number if Mirakl could store it."""
    value = int(text) if re.fullmatch(r"-?[0-9]{1,19}", text) else None
    return value if value is not None and LOWEST <= value < 2**63 else None


def moment(request: Request, name: str) -> datetime | None:
    text = request.args.get(name)
    if not text:
        return None
    try:
        return parse(text)
    except (ValueError, OverflowError):
        raise ApiError(400, f"Parameter [{name}] is not an ISO 8601 date-time") from None


def names(request: Request, name: str) -> list[str]:
    """Accepts a comma list, a repeated parameter, or both: Mirakl's text says one, its schema the
    other."""
    found = [item for text in request.args.getlist(name) for item in text.split(",") if item]
    if len(found) > LIST_MAXIMUM:
        raise ApiError(400, f"Parameter [{name}] takes {LIST_MAXIMUM} values at most")
    return found


def choice(request: Request, name: str, options: tuple[str, ...], *, default: str) -> str:
    text = request.args.get(name, default)
    if text not in options:
        raise ApiError(400, f"Parameter [{name}] must be one of {', '.join(options)}")
    return text


def oldest_first(request: Request) -> bool:
    """Mirakl documents no criteria for `sort`: the sandbox always sorts by the list's date."""
    criterion = request.args.get("sort", "date,DESC")
    if not SORT.fullmatch(criterion):
        raise ApiError(400, "Parameter [sort] is a criterion, a comma, and ASC or DESC")
    return criterion.endswith(",ASC")

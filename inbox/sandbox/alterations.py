"""The changes that the fault `alter` makes to a text before it is stored.

The vendor documents none of these. Real marketplaces make each of them.
"""

import re
import unicodedata
from collections.abc import Callable

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://[^\s<>\"]+")
NUMBER = re.compile(r"\d(?:[\s./-]?\d){4,}")
JOINERS = "\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-16}"


def _mask(text: str) -> str:
    return NUMBER.sub("***", ADDRESS.sub("***", text))


def _drop_emoji(text: str) -> str:
    return "".join(
        one for one in text if unicodedata.category(one) not in ("So", "Sk") and one not in JOINERS
    )


def _wrap(text: str) -> str:
    return f"<p>{text}</p>"


def _add_footer(text: str) -> str:
    return f"{text}<br />--<br />Sent through the marketplace. Reply there."


ALTERATIONS: dict[str, Callable[[str], str]] = {
    "mask": _mask,
    "emoji": _drop_emoji,
    "wrap": _wrap,
    "footer": _add_footer,
}


def altered(text: str, by: str | None) -> str:
    return ALTERATIONS[by](text) if by else text


def renamed(name: str, by: str | None) -> str:
    """Returns a changed file name, for any alteration of texts."""
    return f"order-{name}" if by else name

"""Mirakl's ids as the desk stores them, and whether Mirakl can be queried by them."""

from hashlib import sha256

from inbox import mirakl
from inbox.text import storable

LONGEST_ID = 255


def stored_id(mirakl_id: str) -> str:
    """The id as stored: opaque, and unchanged unless it is longer than its column.

    A shortened id stays unique. It contains a slash, so it can never be sent to Mirakl.
    """
    if len(mirakl_id) <= LONGEST_ID:
        return storable(mirakl_id)
    return f"{storable(mirakl_id, 150)}/{sha256(mirakl_id.encode()).hexdigest()}"


def is_askable_id(value: str) -> bool:
    """Whether the id can be stored unchanged and used in a path."""
    return len(value) <= LONGEST_ID and mirakl.fits_path(value)

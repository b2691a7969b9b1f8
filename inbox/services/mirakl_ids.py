"""Mirakl's ids as the desk stores them, and whether one can be asked for."""

from hashlib import sha256

from inbox import mirakl
from inbox.text import storable

LONGEST_ID = 255


def stored_id(mirakl_id: str) -> str:
    """The id as it is stored: opaque, and as it is unless it is longer than its column.

    A shortened one stays unique, and holds a slash: nobody can be asked for it.
    """
    if len(mirakl_id) <= LONGEST_ID:
        return storable(mirakl_id)
    return f"{storable(mirakl_id, 150)}/{sha256(mirakl_id.encode()).hexdigest()}"


def is_askable_id(value: str) -> bool:
    """Whether it can be stored as it is, and asked for in a path."""
    return len(value) <= LONGEST_ID and mirakl.fits_path(value)

"""Mirakl's `locale`: the language in which it answers with labels."""

from django.utils.translation import get_language


def reader() -> str:
    """The reader's language, as Mirakl takes it: `fr`."""
    return (get_language() or "en").split("-")[0]

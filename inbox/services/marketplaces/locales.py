"""Mirakl's `locale` parameter: the language of the labels in its answers."""

from django.utils.translation import get_language


def get_reader_locale() -> str:
    """The reader's language in Mirakl's format: `fr`."""
    return (get_language() or "en").split("-")[0]

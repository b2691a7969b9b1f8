"""Error texts stored for readers of any language: the untranslated text and its values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from inbox.dates import format_moment

SOURCE = "en"


@dataclass(frozen=True)
class Told:
    """`about` is valid JSON: a moment as ISO 8601 under `when`, a cause untranslated."""

    words: str
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, Any]:
        """Columns of a row that stores it: `error` in English, and the data to translate it."""
        with translation.override(SOURCE):
            return {"error": str(self), "error_about": {"words": self.words, **self.about}}

    def __str__(self) -> str:
        """In the reader's language."""
        about = dict(self.about)
        if when := about.get("when"):
            about["when"] = format_moment(datetime.fromisoformat(when), "H:i:s")
        if cause := about.get("cause"):
            about["cause"] = gettext(cause)
        return gettext(self.words) % about

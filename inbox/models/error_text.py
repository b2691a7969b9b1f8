"""Error texts stored for readers of any language: the untranslated text and its values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from inbox.dates import format_moment
from inbox.models.columns import Columns

SOURCE = "en"


@dataclass(frozen=True)
class ErrorText:
    """`values` are JSON: a moment as ISO 8601 under `when`, a cause untranslated."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> Columns:
        """Columns of a row that stores it: `error` in English, and the data to translate it."""
        with translation.override(SOURCE):
            return {"error": str(self), "error_values": {"text": self.text, **self.values}}

    def __str__(self) -> str:
        """In the reader's language."""
        values = dict(self.values)
        if when := values.get("when"):
            values["when"] = format_moment(datetime.fromisoformat(when), "H:i:s")
        if cause := values.get("cause"):
            values["cause"] = gettext(cause)
        return gettext(self.text) % values

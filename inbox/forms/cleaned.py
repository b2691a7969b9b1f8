"""What Django's forms have cleaned, by the names of their fields."""

from typing import Any

Cleaned = dict[str, Any]

"""JSON as the sandbox receives and answers it."""

from typing import Any

Json = dict[str, Any]

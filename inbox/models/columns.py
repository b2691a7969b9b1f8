"""Values of a row by the names of its columns, for `update` and `filter`."""

from typing import Any

Columns = dict[str, Any]

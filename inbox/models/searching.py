"""Search fields of a row: the version of its search text, and its index; and `pk__any_of`."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models

# Increased when the folding of texts changes: the backfill `search_texts` fills older rows.
SEARCH_VERSION = 1


def search_version() -> "models.PositiveSmallIntegerField[int, int]":
    """Zero for rows written before there were versions."""
    return models.PositiveSmallIntegerField(default=SEARCH_VERSION, db_default=0)


def search_index(name: str) -> GinIndex:
    """Without a pending list, for which one writer would pay and which each search would read."""
    return GinIndex(fields=["search"], name=name, fastupdate=False)


@models.BigAutoField.register_lookup
class AnyOf(models.Lookup):  # type: ignore[type-arg]
    """Thousands of keys as one value, looked up in one pass of the index.

    As parameters of IN they take long to send, as rows of a subquery each is looked up alone.
    """

    lookup_name = "any_of"
    rhs: Iterable[int]

    def get_prep_lookup(self) -> str:
        return f"{{{','.join(map(str, self.rhs))}}}"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", [*params, self.rhs]

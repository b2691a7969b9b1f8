"""Search fields of a row: the version of its search text, and its index."""

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

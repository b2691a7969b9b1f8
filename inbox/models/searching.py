"""What a row needs to be searched: which version of its words it holds, and their index."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

# Rises whenever texts are folded in another way: `search_backfill` fills what is older.
SEARCH_VERSION = 1


def search_version() -> "models.PositiveSmallIntegerField[int, int]":
    """Zero where a row was written before there were versions."""
    return models.PositiveSmallIntegerField(default=SEARCH_VERSION, db_default=0)


def search_index(name: str) -> GinIndex:
    """Without a list of what is pending: one writer would pay for all, and each search reads it."""
    return GinIndex(fields=["search"], name=name, fastupdate=False)

"""Backfills: update rows that an older version wrote, in resumable steps."""

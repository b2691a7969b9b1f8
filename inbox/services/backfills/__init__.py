"""Rows that an older version wrote, read again in resumable steps."""

"""Decisions about threads: assigned, snoozed, closed, tagged."""

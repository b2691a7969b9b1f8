"""Calls to a marketplace apart from its threads, and its health."""

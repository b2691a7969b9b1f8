"""Mails that the desk sends to the people who work with it."""

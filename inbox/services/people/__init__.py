"""Colleagues: their settings, presence, notifications and sign-in."""

"""Colleagues: what they set, see, hear of and sign in with."""

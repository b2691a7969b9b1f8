"""Stands in until the French letters are written."""

from inbox.sandbox.seed.texts_en import ENGLISH

FRENCH = ENGLISH

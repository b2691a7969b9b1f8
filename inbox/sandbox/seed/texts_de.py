"""Stands in until the German letters are written."""

from inbox.sandbox.seed.texts_en import ENGLISH

GERMAN = ENGLISH

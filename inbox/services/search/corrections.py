"""Spelling corrections for a search without results."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

from inbox import word_forms
from inbox.models import Marketplace, Thread
from inbox.services.search import full_text

# For a shorter word, too many others are one edit away.
SHORTEST, LONGEST = 5, 20
ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзиклмнопрстуфхцчшщъыьэюя",
    "αβγδεζηθικλμνξοπρστυφχψω",
)
MOST_WORDS = 4
# Looked up one by one: for hundreds at once the planner would read every row.
USES = """
    SELECT word, (SELECT count(*) FROM (
        SELECT FROM inbox_message
        WHERE search @@ query AND marketplace_id = ANY(%(places)s) LIMIT 1000
    ) messages) + (SELECT count(*) FROM (
        SELECT FROM inbox_note one JOIN inbox_thread thread ON thread.id = thread_id
        WHERE one.search @@ query AND marketplace_id = ANY(%(places)s) LIMIT 1000
    ) notes) + (SELECT count(*) FROM (
        SELECT FROM inbox_thread
        WHERE search @@ query AND marketplace_id = ANY(%(places)s) LIMIT 1000
    ) threads)
    FROM unnest(%(variants)s::text[]) word,
        LATERAL (SELECT (quote_literal(word) || %(ending)s)::tsquery AS query) typed
"""


@dataclass(frozen=True)
class Correction:
    """`unknown` as it was typed, `meant` in its place, and the corrected text."""

    unknown: str
    meant: str
    text: str


def find_correction(marketplaces: Sequence[Marketplace], text: str) -> Correction | None:
    """A correction of one word that is one edit away, for a text without results.

    Only words of these marketplaces: no user is offered a word from another marketplace.
    """
    threads = Thread.objects.filter(marketplace__in=marketplaces)
    unquoted = re.sub(r'".*?"', " ", text)
    typed = [word for word in unquoted.split() if _variants(word_forms.fold(word))]
    for word in typed[:MOST_WORDS]:
        if full_text.matching(threads, word).exists():
            continue
        meant = _most_used(marketplaces, _variants(word_forms.fold(word)))
        if meant and full_text.matching(threads, corrected := text.replace(word, meant)).exists():
            return Correction(word, meant, corrected)
    return None


def _variants(word: str) -> frozenset[str]:
    """The word with one edit, or split in two."""
    alphabet = next((one for one in ALPHABETS if set(word) <= set(one)), "")
    if not alphabet or not SHORTEST <= len(word) <= LONGEST:
        return frozenset()
    return frozenset(edits(word, alphabet)) - {word}


def edits(word: str, alphabet: str) -> Iterator[str]:
    """The word with one character removed, added, replaced or swapped."""
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]
        for letter in alphabet:
            yield before + letter + after
            yield before + letter + after[1:]


def _most_used(marketplaces: Sequence[Marketplace], variants: frozenset[str]) -> str:
    """The most used whole word; else the most used beginning of a word."""
    places = [one.pk for one in marketplaces]
    for ending in ("", ":*"):
        with connection.cursor() as cursor:
            cursor.execute(USES, {"variants": sorted(variants), "places": places, "ending": ending})
            found: list[tuple[str, int]] = cursor.fetchall()
        used = {word: times for word, times in found if times}
        if used:
            return max(used, key=lambda word: (used[word], word))
    return ""

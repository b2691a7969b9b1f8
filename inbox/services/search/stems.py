"""The beginnings that all forms of a word share."""

from collections.abc import Iterable
from os.path import commonprefix

from django.db import connection

# "deliv" stands for delivery and delivered; a shorter stem stands for too much.
SHORTEST_STEM = 4
# PostgreSQL's own stemmers, for the desk's languages.
STEMMERS = ["english_stem", "french_stem", "german_stem", "spanish_stem", "italian_stem"]


def find_stems(words: Iterable[str]) -> dict[str, str]:
    """By word; none for one that is short, or its own stem."""
    long = [word for word in words if len(word) > SHORTEST_STEM]
    if not long:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, stem FROM unnest(%s::text[]) word, unnest(%s::text[]) stemmer,"
            " unnest(ts_lexize(stemmer::regdictionary, word)) stem",
            [long, STEMMERS],
        )
        forms = [(word, commonprefix([word, stem])) for word, stem in cursor.fetchall()]
    stems: dict[str, str] = {}
    for word, stem in forms:
        if SHORTEST_STEM <= len(stem) < len(stems.get(word, word)):
            stems[word] = stem
    return stems

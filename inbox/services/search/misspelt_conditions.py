"""Misspelt names of search conditions: `assigne:bob`, `tags:vip`.

They are searched for as plain words, like times, addresses and codes with a colon.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase

from inbox.services.search.corrections import edits
from inbox.services.search.query_language import CONDITION, CONDITIONS, Part

# A shorter name is one edit away from, or the beginning of, too many words.
SHORTEST, SHORTEST_BEGINNING, LONGEST = 4, 3, 20


@dataclass(frozen=True)
class Misspelt:
    """`name` as it was typed, the condition that was `meant`, and the words without it."""

    name: str
    meant: Part
    words: str


def find_misspelt(words: str) -> Iterator[Misspelt]:
    """Nearly matching names among the words that `query_language.split_query` returns."""
    for found in CONDITION.finditer(words):
        value = found["value"].strip('"').strip()
        meant = _meant_by(found["name"].lower())
        if meant and value and not value.startswith("//"):
            rest = words[: found.start()] + words[found.end() :]
            yield Misspelt(found["name"], Part(meant, value), " ".join(rest.split()))


def _meant_by(name: str) -> str:
    """The only condition that this nearly names, or abbreviates; empty if there is none."""
    if name in CONDITIONS or not SHORTEST_BEGINNING <= len(name) <= LONGEST:
        return ""
    nearly = set(edits(name, ascii_lowercase))
    near = [
        one
        for one in CONDITIONS
        if one.startswith(name)
        or (len(one) >= SHORTEST and one in nearly)
        or (len(one) >= SHORTEST_BEGINNING and name == f"{one}s")
    ]
    return near[0] if len(near) == 1 else ""

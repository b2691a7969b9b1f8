"""What somebody meant who mistyped a word that nothing holds."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from inbox.models import Message, Note
from inbox.models.threads import ThreadQuerySet
from inbox.services import search, words
from inbox.services.search import Term, Way

# Of a shorter word, too much is one letter away.
SHORTEST, LONGEST = 5, 20
ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзиклмнопрстуфхцчшщъыьэюя",
    "αβγδεζηθικλμνξοπρστυφχψω",
)
# So many rows are read to tell which word is used most.
SAMPLE = 100
MOST_WORDS = 4


@dataclass(frozen=True)
class Correction:
    """`unknown` as it was typed, `meant` in its place, and the whole text with it."""

    unknown: str
    meant: str
    text: str


def correct(threads: ThreadQuerySet, text: str) -> Correction | None:
    """For a text that none of these threads has: of a word none has, what one letter makes of it.

    Asked of these threads alone: nobody is offered a word of somebody else's.
    """
    unquoted = re.sub(r'".*?"', " ", text)
    typed = [word for word in unquoted.split() if _variants(words.fold(word))]
    for word in typed[:MOST_WORDS]:
        if search.matching(threads, word).exists():
            continue
        meant = _most_used(threads, _variants(words.fold(word)))
        if meant and search.matching(threads, corrected := text.replace(word, meant)).exists():
            return Correction(word, meant, corrected)
    return None


def _variants(word: str) -> frozenset[str]:
    """One letter more, less, another, or two changed about; two words in place of one."""
    alphabet = next((one for one in ALPHABETS if set(word) <= set(one)), "")
    if not alphabet or not SHORTEST <= len(word) <= LONGEST:
        return frozenset()
    return frozenset(_edits(word, alphabet)) - {word}


def _edits(word: str, alphabet: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]
        for letter in alphabet:
            yield before + letter + after
            yield before + letter + after[1:]


def _most_used(threads: ThreadQuerySet, variants: frozenset[str]) -> str:
    """Of words that are there as they are; else of those that others begin with."""
    term = Term(tuple(Way(((one,),)) for one in sorted(variants)))
    whole, begun = Counter[str](), Counter[str]()
    for text in _texts(threads, term):
        found = set(text.split())
        whole.update(found & variants)
        begun.update(_beginnings(found - variants, variants))
    return next((word for used in (whole, begun) for word, _times in used.most_common(1)), "")


def _texts(threads: ThreadQuerySet, term: Term) -> Iterator[str]:
    ids = threads.order_by().values("pk")
    for model in (Message, Note):
        rows = model._default_manager.filter(thread__in=ids, search=term.query).order_by()
        yield from rows.values_list("search_text", flat=True)[:SAMPLE]
    found = threads.filter(search=term.query).order_by()
    for names, text in found.values_list("search_names", "search_text")[:SAMPLE]:
        yield f"{names} {text}"


def _beginnings(found: Iterable[str], variants: frozenset[str]) -> set[str]:
    lengths: Sequence[int] = sorted({len(one) for one in variants})
    return {word[:length] for word in found for length in lengths} & variants

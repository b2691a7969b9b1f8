"""Positions of search terms in a displayed text."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from inbox import word_forms
from inbox.services.search.full_text import Term, Way

Span = tuple[int, int]
# A part of a text, and whether it matches.
Piece = tuple[str, bool]
Pieces = tuple[Piece, ...]


# Limit per text.
MOST_MARKS = 1_000


class Written(NamedTuple):
    """A word as it is written in the text."""

    words: tuple[str, ...]  # folded; several in a script without spaces
    is_found: bool
    may_begin: bool  # may start a phrase of the search


class Marker:
    """Finds the matches of search terms in a displayed text."""

    def __init__(self, terms: Iterable[Term]) -> None:
        ways = {way for term in terms for way in term.ways}
        alone = [way for way in ways if len(way.words) == 1]
        self.whole = {form for way in alone for form in way.words[0]}
        self.begins = tuple(form for way in alone if not way.is_exact for form in way.words[0])
        self.phrases: dict[str, list[Way]] = defaultdict(list)
        for way in ways:
            if len(way.words) > 1:
                for form in way.words[0]:
                    self.phrases[form].append(way)
        self.longest = max((len(way.words) for way in ways), default=1)
        self.known: dict[str, Written] = {}

    def spans(self, text: str) -> list[Span]:
        """Positions in the normalized text, in order, none within another."""
        places = word_forms.places(text)
        written = [self._known(text[start:end]) for start, end in places]
        found = [place for place, one in zip(places, written, strict=True) if one.is_found]
        for index in [index for index, one in enumerate(written) if one.may_begin][:MOST_MARKS]:
            nearby = slice(index, index + self.longest)
            found += self._beginning(places[nearby], written[nearby])
        # "7731" is found in 7731-Z as it is, and only "7731z" finds the whole.
        starts = {start for start, _end in found}
        for form in word_forms.forms_in(text):
            if form.start not in starts and self._finds(form.words):
                found.append(form[1:])
        return _apart(found)

    def pieces(self, text: str) -> Pieces:
        """The text split into pieces, matched or not."""
        text = word_forms.normalized(text)
        return tuple(_cut(text, self.spans(text)))

    def _known(self, word: str) -> Written:
        if word not in self.known:
            folded = tuple(word_forms.words_of(word_forms.fold(word)))
            forms = [folded, *(form for one in folded for form in word_forms.forms_of(one))]
            # In a script without spaces, each pair of characters is matched separately.
            is_run = len(folded) > 1
            is_found = not is_run and any(map(self._finds, forms))
            may_begin = is_run or any(one in self.phrases for one in folded)
            self.known[word] = Written(folded, is_found, may_begin)
        return self.known[word]

    def _finds(self, form: Sequence[str]) -> bool:
        """Whether a word of the form matches, or the whole form is a phrase."""
        return any(word in self.whole or word.startswith(self.begins) for word in form) or any(
            _follows(way, form) for way in self.phrases.get(form[0] if form else "", ())
        )

    def _beginning(self, places: Sequence[Span], written: Sequence[Written]) -> Iterator[Span]:
        """Matches that begin at a word of the first of these places."""
        spans = [
            span for place, one in zip(places, written, strict=True) for span in _each(place, one)
        ]
        following = [word for one in written for word in one.words]
        is_run = len(written[0].words) > 1
        for index, word in enumerate(written[0].words):
            if is_run and (word in self.whole or word.startswith(self.begins)):
                yield spans[index]
            for way in self.phrases.get(word, ()):
                if _follows(way, following[index : index + len(way.words)]):
                    yield spans[index][0], spans[index + len(way.words) - 1][1]


def _follows(way: Way, found: Sequence[str]) -> bool:
    if len(found) < len(way.words):
        return False
    *first, last = way.words
    ending = found[len(first)]
    return all(word in forms for word, forms in zip(found, first, strict=False)) and (
        ending in last or (not way.is_exact and ending.startswith(last))
    )


def _each(place: Span, written: Written) -> list[Span]:
    """Positions of its words: in a script without spaces two characters each, one at the end."""
    start, end = place
    if end - start != len(written.words):
        return [place] * len(written.words)
    return [(at, min(at + 2, end)) for at in range(start, end)]


def _apart(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _cut(text: str, spans: Iterable[Span]) -> Iterator[Piece]:
    at = 0
    for start, end in spans:
        if start > at:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False

"""Full-text search over the mirror and notes: every word, as a prefix, in any of its forms.

No word is looked up in one way alone. A rare one is a list of ids from the indexes, read once. One
that many threads contain is checked along the list as it is walked, which then ends soon.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Generic, TypeVar

from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, Model, OuterRef, Q, QuerySet, Subquery, Value

from inbox import word_forms
from inbox.models import Message, Note, Thread
from inbox.services.search import frequency
from inbox.services.search.stems import find_stems
from inbox.word_forms import Form, code_word, fold

Threads = TypeVar("Threads", bound=QuerySet[Thread])
# A longer search is most likely a paste by mistake.
MOST_WORDS = 24
_NO_WORD = re.compile(r"[^\w\s]|_")
# "wi fi" is "wifi" too; "a b" is not "about".
SHORTEST_JOINED = 4
# Words expected in more messages or threads than this may be common.
COMMON_FROM = 20_000
# Without statistics, as after a restore, few of anything are expected. No more ids are read.
MOST_LISTED = 100_000


@dataclass(frozen=True)
class Way:
    """Consecutive words, each in one of its forms, the last one possibly a prefix."""

    words: tuple[tuple[str, ...], ...]
    is_exact: bool = False

    def raw(self, weight: str = "") -> str:
        """The way as a tsquery. Words contain letters and digits only, never its syntax."""
        *first, last = self.words
        mark = weight if self.is_exact else f"*{weight}"
        ends = [[f"'{form}':{weight}" if weight else f"'{form}'" for form in one] for one in first]
        ends.append([f"'{form}':{mark}" if mark else f"'{form}'" for form in last])
        return " <-> ".join(f"({' | '.join(forms)})" for forms in ends)


@dataclass(frozen=True)
class Term:
    """A required part of a search, in one of several ways.

    On a thread, the word of a topic's code matches as well.
    """

    ways: tuple[Way, ...]
    # The typed word, folded, if it is a single one.
    word: str = ""
    codes: tuple[str, ...] = ()

    @cached_property
    def query(self) -> SearchQuery:
        return self.weighted("")

    def weighted(self, weight: str) -> SearchQuery:
        """Only where it has this weight: a thread's names have A."""
        found = " | ".join(f"({way.raw(weight)})" for way in self.ways)
        return SearchQuery(found, config="simple", search_type="raw")

    @cached_property
    def thread_query(self) -> SearchQuery:
        query = self.query
        for code in self.codes:
            query |= SearchQuery(f"'{code}'", config="simple", search_type="raw")
        return query

    @cached_property
    def uses(self) -> int:
        """In how many messages or threads it is expected; a phrase, those with all its words."""
        in_messages = Message.objects.filter(search=self.query)
        in_threads = Thread.objects.filter(search=self.thread_query)
        return max(map(frequency.estimate, (in_messages, in_threads)))

    @property
    def may_be_common(self) -> bool:
        return self.uses > COMMON_FROM or self.keys is None

    @cached_property
    def keys(self) -> frozenset[int] | None:
        """Of threads, from the indexes; None if there are too many.

        Each term is looked up alone, and once for the list and its count: PostgreSQL expects more
        than there are, and would read all threads beside them.
        """
        in_thread = Thread.objects.filter(search=self.thread_query).order_by()
        others = [
            model._default_manager.filter(search=self.query).order_by().values_list("thread")
            for model in (Message, Note)
        ]
        keys = in_thread.values_list("pk").union(*others, all=True)
        if self.uses <= COMMON_FROM:
            # Of more that are expected PostgreSQL would look for the first in the whole table.
            keys = keys[: MOST_LISTED + 1]
            if len(keys) > MOST_LISTED:
                return None
        return frozenset(key for (key,) in keys)


@dataclass(frozen=True)
class Found(Generic[Threads]):
    """`listed` were found by the indexes; those that also meet `checked` match."""

    listed: Threads
    checked: Q = Q()

    @property
    def threads(self) -> Threads:
        return self.listed.filter(self.checked)


# -- what was typed -> terms ----------------------------------------------------


def find_terms(text: str) -> list[Term]:
    """One term per word, and one per quoted phrase."""
    text = word_forms.normalized(text)
    quotations = re.findall(r'"(.*?)"', text)[:MOST_WORDS]
    quoted = [_terms_in(part, [(0, len(part))]) for part in quotations]
    exact = [_made_exact(term) for terms in quoted for term in terms]
    # A quoted phrase ends a run of groups as a line break does.
    loose = re.sub(r'".*?"', "\n", text)
    spans = [found.span() for found in re.finditer(r"\S+", loose)][:MOST_WORDS]
    each = _with_neighbours(_in_any_form(_terms_in(loose, spans)))
    return [*exact, *each][:MOST_WORDS]


def match_exactly(word: str) -> Term:
    """This folded word, not as a prefix."""
    return Term((Way(((word,),), is_exact=True),), word)


def is_too_long(text: str) -> bool:
    """Whether the text has too many words, so that some would be dropped and too much found."""
    return len(re.findall(r'"[^"]*"|[^\s"]+', text)) > MOST_WORDS


def _terms_in(text: str, spans: Iterable[tuple[int, int]]) -> list[Term]:
    tokens = [
        Form(tuple(word_forms.words_of(fold(text[slice(*at)]))), *at)
        for at in word_forms.places(text)
    ]
    forms = list(word_forms.forms_in(text))
    terms = []
    for start, end in spans:
        inside = [one for one in tokens if one.words and start <= one.start and one.end <= end]
        if not inside:
            continue
        first, last = inside[0].start, inside[-1].end
        around = [one for one in forms if one.start <= first and last <= one.end]
        ways = [*_ways(inside, forms), *(Way(_each_alone(form.words)) for form in around)]
        before = fold_before(text[start:end]).split()
        ways.append(Way(_each_alone(before)))
        if any(len(way.words) == 1 for way in ways):
            ways = list(map(_whole, ways))
        word = inside[0].words[0] if len(inside) == 1 == len(inside[0].words) else ""
        terms.append(Term(tuple(dict.fromkeys(ways)), word))
    return terms


def _ways(tokens: Sequence[Form], forms: Sequence[Form]) -> Iterator[Way]:
    """The words in any spelling, and with their digits as separate words."""
    plain: list[tuple[str, ...]] = []
    groups: list[str] = []
    for token in tokens:
        spelt = [one.words[0] for one in forms if one[1:] == token[1:] and len(one.words) == 1]
        # The last character of a script without spaces is a word only at the end of its run.
        found = token.words[:-1] or token.words
        for word in found:
            parts = list(word_forms.forms_of(word))
            spelt += [form[0] for form in parts if len(form) == 1]
            plain.append((word, *spelt) if len(found) == 1 else (word,))
            groups += next((form for form in parts if len(form) > 1), (word,))
    yield Way(tuple(plain))
    if len(groups) > len(plain):
        # "1042a" must not match 1042 before a word that begins with a.
        yield Way(_each_alone(groups), is_exact=not groups[-1].isdigit())


def _whole(way: Way) -> Way:
    """MP-1042-A without words that begin with A, of which the index would read all.

    Longer numbers are found by their groups put together: mp1042ab.
    """
    last = way.words[-1]
    is_short = len(way.words) > 1 and all(len(one) <= 2 and one.isalpha() for one in last)
    return replace(way, is_exact=way.is_exact or is_short)


def _each_alone(found: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple((word,) for word in found)


def _made_exact(term: Term) -> Term:
    return replace(term, ways=tuple(replace(way, is_exact=True) for way in term.ways))


def _with_neighbours(terms: Sequence[Term]) -> list[Term]:
    """Terms that find "wifi" for "wi fi" too."""
    found = list(terms)
    for index, (one, other) in enumerate(pairwise(terms)):
        joined = one.word + other.word
        is_word = one.word.isalpha() and other.word.isalpha()
        if is_word and len(joined) >= SHORTEST_JOINED:
            way = Way(((joined,),), is_exact=True)
            found[index] = replace(found[index], ways=(*found[index].ways, way))
            found[index + 1] = replace(found[index + 1], ways=(*found[index + 1].ways, way))
    return found


def fold_before(text: str) -> str:
    """The folding of texts that the backfill of search texts has not reached yet."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(_NO_WORD.sub(_nothing_or_space, plain).split())


def _nothing_or_space(found: re.Match[str]) -> str:
    return "" if unicodedata.combining(found[0]) else " "


def _in_any_form(terms: Sequence[Term]) -> list[Term]:
    """Words cut to the beginning of all their forms: the text's language need not be known."""
    single = {way.words[0] for term in terms for way in term.ways if len(way.words) == 1}
    stems = find_stems({form for forms in single for form in forms if form.isalpha()})
    return [replace(term, ways=tuple(_cut(way, stems) for way in term.ways)) for term in terms]


def _cut(way: Way, stems: dict[str, str]) -> Way:
    if len(way.words) > 1:
        return way
    return replace(way, words=(tuple(stems.get(form, form) for form in way.words[0]),))


def matching(
    threads: Threads, text: str, codes: Callable[[str], Iterable[str]] = lambda word: ()
) -> Threads:
    """Threads that contain every word of the text as a prefix; all threads if it is empty.

    `codes` returns the codes of topics whose label has such a word.
    """
    return find(threads, text, codes).threads


def find(threads: Threads, text: str, codes: Callable[[str], Iterable[str]]) -> Found[Threads]:
    terms = [_called(term, codes) for term in find_terms(text)]
    if not terms:
        return Found(threads.none() if text.strip() else threads)
    if frequency.are_few(threads):
        threads = _kept(threads)
    rare = [term for term in terms if not term.may_be_common]
    threads = _listed(threads, rare)
    common = sorted((term for term in terms if term not in rare), key=lambda term: term.uses)
    while common and not frequency.are_few(threads):
        least = common[0]
        if frequency.is_walk_cheaper(threads, _holding(common), least.uses) or least.keys is None:
            return Found(threads, _holding(common))
        threads = _listed(threads, [common.pop(0)])
    return Found(_kept(threads.filter(_holding(common))) if common else threads)


def _called(term: Term, codes: Callable[[str], Iterable[str]]) -> Term:
    return replace(term, codes=tuple(map(code_word, codes(term.word)))) if term.word else term


def _listed(threads: Threads, terms: Iterable[Term]) -> Threads:
    """Those of the threads that the indexes find."""
    found = [term.keys for term in terms if term.keys is not None]
    return threads.filter(pk__any_of=frozenset.intersection(*found)) if found else threads


def _kept(threads: Threads) -> Threads:
    """These few, so that their conditions are not checked again."""
    keys = list(threads.order_by().values_list("pk", flat=True)[: MOST_LISTED + 1])
    if len(keys) > MOST_LISTED:
        return threads
    return threads.model._default_manager.filter(pk__any_of=keys)  # type: ignore[return-value]


def _holding(terms: Iterable[Term]) -> Q:
    """Checked for each thread in turn. From an EXISTS the planner would make a list after all."""
    all_of = Q()
    for term in terms:
        all_of &= Q(search=term.thread_query) | Q(_holds(Message, term)) | Q(_holds(Note, term))
    return all_of


def _holds(model: type[Model], term: Term) -> Subquery:
    rows = model._default_manager.filter(thread=OuterRef("pk"), search=term.query)
    return Subquery(rows.order_by().values_list(Value(True))[:1], output_field=BooleanField())

"""Search over the mirror and our notes: every word, or one that begins so, in any of its forms.

No word is looked up in one way alone. A rare one is a set of ids, from the indexes; one that half
of all conversations hold is checked along the list as it is walked, which then ends soon.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from os.path import commonprefix
from typing import TypeVar

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import BooleanField, Model, OuterRef, Q, QuerySet, Subquery, Value

from inbox.models import Message, Note, Thread

Threads = TypeVar("Threads", bound=QuerySet[Thread])
# A search of a hundred words is a paste by mistake; the first ones find it just as well.
MOST_WORDS = 12
NO_WORD = re.compile(r"[^\w\s]|_")
# "deliv" stands for delivery and delivered; less than this stands for too much.
SHORTEST_STEM = 4
# No word begins so but those that stand for a topic's code.
CODE = "zqcode"
# PostgreSQL's own stemmers, of the languages that the desk speaks.
STEMMERS = ["english_stem", "french_stem", "german_stem", "spanish_stem", "italian_stem"]
# A word in more messages, or on more conversations, than this is common.
COMMON_FROM = 10_000


def fold(text: str) -> str:
    """The words of a text, in lower case and without accents, with single spaces between.

    Everything else goes, so that PostgreSQL's parser meets nothing it has its own ideas about:
    left to itself it reads "MV-1042" as a word and the number -1042, which "1042" does not find.
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(NO_WORD.sub(_nothing_or_space, plain).split())


def _nothing_or_space(found: re.Match[str]) -> str:
    """Accents go without a trace; what else is no letter or digit parts words."""
    return "" if unicodedata.combining(found[0]) else " "


def code_word(code: str) -> str:
    """What stands in a thread's text for a topic that is a code: its label changes by reader."""
    return CODE + fold(code).replace(" ", "")


@dataclass(frozen=True)
class Term:
    """What has to be there: folded words one right after the other, the last one maybe longer.

    On a thread, the word of a topic's code will do as well.
    """

    words: tuple[str, ...]
    is_exact: bool = False
    codes: tuple[str, ...] = ()

    @cached_property
    def query(self) -> SearchQuery:
        # They hold letters and digits only: nothing in them is tsquery syntax.
        phrase = " <-> ".join(f"'{word}'" for word in self.words)
        tail = "" if self.is_exact else ":*"
        return SearchQuery(phrase + tail, config="simple", search_type="raw")

    @cached_property
    def thread_query(self) -> SearchQuery:
        query = self.query
        for code in self.codes:
            query |= SearchQuery(f"'{code}'", config="simple", search_type="raw")
        return query

    @cached_property
    def is_common(self) -> bool:
        return any(
            model._default_manager.filter(search=query)[COMMON_FROM : COMMON_FROM + 1].exists()
            for model, query in ((Message, self.query), (Thread, self.thread_query))
        )

    def begins(self, word: str) -> bool:
        """Whether a folded word of a text is what a reader would see as found."""
        return any(word == one for one in self.words) or (
            not self.is_exact and word.startswith(self.words[-1])
        )


def terms_of(text: str) -> list[Term]:
    """One a word, and one for all that stands in quotation marks."""
    quoted = [Term(tuple(words), is_exact=True) for words in _folded(re.findall(r'"(.*?)"', text))]
    loose = [Term(tuple(words)) for words in _folded(re.sub(r'".*?"', " ", text).split())]
    return [*quoted, *_in_any_form(loose)][:MOST_WORDS]


def _folded(parts: Iterable[str]) -> list[list[str]]:
    return [words for part in list(parts)[:MOST_WORDS] if (words := fold(part).split())]


def _in_any_form(terms: Sequence[Term]) -> list[Term]:
    """Words cut to what all their forms begin with: the text's language need not be known."""
    single = {term.words[0] for term in terms if len(term.words) == 1 and term.words[0].isalpha()}
    stems = _stems(single)
    return [
        Term((stems[term.words[0]],)) if term.words[0] in stems and len(term.words) == 1 else term
        for term in terms
    ]


def _stems(words: Iterable[str]) -> dict[str, str]:
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


def matching(
    threads: Threads, text: str, codes: Callable[[str], Iterable[str]] = lambda word: ()
) -> Threads:
    """Those that hold every word of the text, or one that begins so; all, where it is empty.

    `codes` tells the codes of topics whose label has such a word.
    """
    terms = terms_of(text)
    if text.strip() and not terms:
        return threads.none()
    for found in terms:
        words = tuple(map(code_word, codes(found.words[0]))) if len(found.words) == 1 else ()
        term = replace(found, codes=words)
        threads = threads.filter(_walked(term) if term.is_common else _listed(term))
    return threads


def _listed(term: Term) -> Q:
    """Sets of ids, not a join or an OR: each part then uses its own GIN index."""
    in_thread = Thread.objects.filter(search=term.thread_query).order_by().values("pk")
    in_messages = Message.objects.filter(search=term.query).order_by().values("thread")
    in_notes = Note.objects.filter(search=term.query).order_by().values("thread")
    return Q(pk__in=in_thread.union(in_messages, in_notes))


def _walked(term: Term) -> Q:
    """Asked of each thread in turn. As an EXISTS the planner would make a list of it after all."""
    return Q(search=term.thread_query) | Q(_holds(Message, term)) | Q(_holds(Note, term))


def _holds(model: type[Model], term: Term) -> Subquery:
    rows = model._default_manager.filter(thread=OuterRef("pk"), search=term.query)
    return Subquery(rows.order_by().values_list(Value(True))[:1], output_field=BooleanField())

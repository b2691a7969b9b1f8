"""What a search shows of a conversation: the words around what was found, and where they stand."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TypeVar

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, IntegerField, QuerySet, Value, When

from inbox import sanitize
from inbox.models import Message, Note, Thread
from inbox.services import search
from inbox.services.search import Term

Row = TypeVar("Row", Message, Note)
WORD = re.compile(r"\w+")
BEFORE = 60  # characters shown ahead of the first word found
SHOWN = 240


@dataclass(frozen=True)
class Snippet:
    """`pieces`: text, and whether it was looked for; `url`: its place in the conversation."""

    pieces: list[tuple[str, bool]]
    url: str = ""
    is_note: bool = False


def of(threads: Sequence[Thread], words: str) -> dict[int, Snippet]:
    """By thread: its best message, its best note, or its latest words. Two queries for a page."""
    terms = search.terms_of(words)
    if not terms:
        return {}
    found = _best(Message.objects.with_beginnings(), threads, terms)
    messages = {row.thread_id: row for row in found}
    notes = {row.thread_id: row for row in _best(Note.objects.all(), threads, terms)}
    return {
        thread.pk: _snippet(thread, messages.get(thread.pk), notes.get(thread.pk), terms)
        for thread in threads
    }


def _best(rows: QuerySet[Row], threads: Sequence[Thread], terms: Sequence[Term]) -> QuerySet[Row]:
    """One of each thread: that which holds most of what was looked for, the newest of those."""
    any_of = _any_of(terms)
    hits = sum(
        (Case(When(search=term.query, then=1), default=0) for term in terms),
        start=Value(0, output_field=IntegerField()),
    )
    found = rows.filter(thread__in=threads, search=any_of).annotate(hits=hits)
    return (
        found.defer("search", "search_text")
        .order_by("thread", "-hits", "-created_at")
        .distinct("thread")
    )


def _any_of(terms: Iterable[Term]) -> SearchQuery:
    first, *rest = [term.query for term in terms]
    for query in rest:
        first = first | query
    return first


def _snippet(
    thread: Thread, message: Message | None, note: Note | None, terms: Sequence[Term]
) -> Snippet:
    if message:
        message.thread = thread
        pieces = highlight(sanitize.plain_text(message.beginning), terms)
        return Snippet(pieces, message.get_absolute_url())
    if note:
        note.thread = thread
        return Snippet(highlight(note.body, terms), note.get_absolute_url(), is_note=True)
    return Snippet(highlight(thread.preview, terms))


def highlight(text: str, terms: Sequence[Term]) -> list[tuple[str, bool]]:
    """The stretch of a text around the first word found, in pieces found and not."""
    line = " ".join(text.split())
    is_found = cache(partial(_is_found, terms=terms))
    found = [one.span() for one in WORD.finditer(line) if is_found(one[0])]
    first = max(found[0][0] - BEFORE, 0) if found else 0
    begin = line.find(" ", first) + 1 if first else 0
    end = begin + SHOWN
    pieces, at = [("… ", False)] if begin else [], begin
    for start, stop in found:
        if start < begin or stop > end:
            continue
        pieces += [(line[at:start], False), (line[start:stop], True)]
        at = stop
    pieces.append((line[at:end] + (" …" if len(line) > end else ""), False))
    return [piece for piece in pieces if piece[0]]


def _is_found(word: str, terms: Sequence[Term]) -> bool:
    folded = search.fold(word)
    return any(term.begins(folded) for term in terms)

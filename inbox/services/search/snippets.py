"""Search snippets: the text around a match, and the positions of all matches in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, IntegerField, OuterRef, QuerySet, Value, When

from inbox import sanitize
from inbox.kept import Shown
from inbox.models import Attachment, Message, Note, Thread
from inbox.services.search import full_text
from inbox.services.search.full_text import Term
from inbox.services.search.highlights import Marker, Pieces
from inbox.word_forms import normalized

Row = TypeVar("Row", Message, Note)
BEFORE = 60  # characters shown before the first match
SHOWN = 240
MOST_LINES = 3  # of files, and of parcels


@dataclass(frozen=True)
class Names(Shown):
    who: Pieces
    topic: Pieces
    entity: Pieces


@dataclass(frozen=True)
class Snippet(Shown):
    """Texts in pieces, matched or not; `url`: the place in the thread."""

    pieces: Pieces
    names: Names
    url: str = ""
    is_note: bool = False
    # Names of files of its message, if one matches.
    files: tuple[Pieces, ...] = ()
    # The parcels of its order that match the search.
    tracking_numbers: tuple[Pieces, ...] = ()


def find_snippets(
    threads: Sequence[Thread], words: str, topics: Mapping[int, str]
) -> dict[int, Snippet]:
    """By thread: the best message, the best note, or the preview. Two queries for a page.

    `topics` are those of the threads as text, by pk.
    """
    terms = full_text.find_terms(words)
    messages: dict[int, Message] = {}
    notes: dict[int, Note] = {}
    if terms:
        names = ArraySubquery(Attachment.objects.filter(message=OuterRef("pk")).values("name"))
        found = _best(Message.objects.with_beginnings(), threads, terms)
        messages = {row.thread_id: row for row in found.annotate(file_names=names)}
        notes = {row.thread_id: row for row in _best(Note.objects.all(), threads, terms)}
    marker = Marker(terms)
    return {
        thread.pk: _snippet(
            thread, messages.get(thread.pk), notes.get(thread.pk), marker, topics[thread.pk]
        )
        for thread in threads
    }


def _best(rows: QuerySet[Row], threads: Sequence[Thread], terms: Sequence[Term]) -> QuerySet[Row]:
    """One row per thread: the one with most of the terms, the newest of those."""
    hits = sum(
        (Case(When(search=term.query, then=1), default=0) for term in terms),
        start=Value(0, output_field=IntegerField()),
    )
    # By a number, which no index has: the rows of these threads are few, those that match many.
    found = rows.filter(thread__in=threads).annotate(hits=hits).filter(hits__gt=0)
    return (
        found.defer("search", "search_text")
        .order_by("thread", "-hits", "-created_at")
        .distinct("thread")
    )


def _snippet(
    thread: Thread, message: Message | None, note: Note | None, marker: Marker, topic: str
) -> Snippet:
    names = Names(*map(marker.pieces, (thread.who, topic, thread.entity_label)))
    numbers = _found_in(thread.tracking_numbers.split("\n"), marker)
    snippet = partial(Snippet, names=names, tracking_numbers=numbers)
    if message:
        message.thread = thread
        pieces = highlight(sanitize.plain_text(message.beginning), marker)
        files = _found_in(vars(message)["file_names"], marker)
        return snippet(pieces, url=message.get_absolute_url(), files=files)
    if note:
        note.thread = thread
        pieces = highlight(note.body, marker)
        return snippet(pieces, url=note.get_absolute_url(), is_note=True)
    return snippet(highlight(thread.preview, marker))


def _found_in(lines: Iterable[str], marker: Marker) -> tuple[Pieces, ...]:
    """The lines that contain a search term."""
    each = map(marker.pieces, lines)
    found = [pieces for pieces in each if any(is_found for _part, is_found in pieces)]
    return tuple(found[:MOST_LINES])


def highlight(text: str, marker: Marker) -> Pieces:
    """The part of a text around the first match, in pieces matched or not."""
    line = normalized(" ".join(text.split()))
    found = marker.spans(line)
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
    return tuple(piece for piece in pieces if piece[0])

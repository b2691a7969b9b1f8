"""Search over the mirror: every word, or the beginning of one, in a thread or its messages."""

import re
import unicodedata
from typing import TypeVar

from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet

from inbox.models import Message, Thread

Threads = TypeVar("Threads", bound=QuerySet[Thread])
# A search of a hundred words is a paste by mistake; the first ones find it just as well.
MOST_WORDS = 12
NO_WORD = re.compile(r"[^\w\s]|_")


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


def matching(threads: Threads, text: str) -> Threads:
    """Those that hold every word of the text, or one that begins so; all, where it is empty."""
    words = [words for part in text.split()[:MOST_WORDS] if (words := fold(part).split())]
    if text.strip() and not words:
        return threads.none()
    for parts in words:
        # "MV-1042" is looked for as the words "mv" and "1042…", one right after the other.
        # They hold letters and digits only: nothing in them is tsquery syntax.
        phrase = " <-> ".join(f"'{part}'" for part in parts) + ":*"
        query = SearchQuery(phrase, config="simple", search_type="raw")
        # Sets of ids, not a join or an OR: each half then uses its own GIN index.
        in_thread = Thread.objects.filter(search=query).order_by().values("pk")
        in_messages = Message.objects.filter(search=query).order_by().values("thread")
        threads = threads.filter(pk__in=in_thread.union(in_messages))
    return threads

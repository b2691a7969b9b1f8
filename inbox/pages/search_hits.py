"""What a list was searched for, marked in the conversation that it leads to."""

from inbox.pages.folding import MESSAGE, Wanted
from inbox.pages.timeline import Timeline
from inbox.services.search import full_text
from inbox.services.search.highlights import Marker


def mark_found(words: str, timeline: Timeline, wanted: Wanted) -> None:
    """The message that was found is shown whole, with a fold of it open that holds a word."""
    terms = full_text.terms_of(words)
    if not terms:
        return
    find = Marker(terms).spans
    for message in timeline.messages:
        message.find = find  # type: ignore[attr-defined]
        is_wanted = wanted.key == f"{MESSAGE}-{message.mirakl_id}"
        message.is_wanted = is_wanted  # type: ignore[attr-defined]
        message.is_whole = message.is_whole or is_wanted

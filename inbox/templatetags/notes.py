"""A note's text: escaped, with links and highlighted mentions."""

from functools import cache

from django import template
from django.utils.html import format_html, linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe

from inbox.models import Note
from inbox.models.people import MENTION
from inbox.pages.note_lines import NoteRights, rights_on

register = template.Library()


@register.simple_tag(takes_context=True)
def note_rights(context: template.Context, note: Note) -> NoteRights:
    """The actions on a note that its reader may take."""
    return rights_on(context["request"].viewer, note)


@register.filter
def note_body(note: Note) -> SafeString:
    known = {user.get_username().lower() for user in note.mentions.all()}
    # Cached: a name may be repeated ten thousand times.
    plain, mention = cache(_plain), cache(_mention)
    pieces, at = [], 0
    for found in MENTION.finditer(note.body):
        name = _known_name(found[1], known)
        if name:
            pieces += [plain(note.body[at : found.start()]), mention(name)]
            at = found.start() + 1 + len(name)
    pieces.append(plain(note.body[at:]))
    # Each piece is escaped by urlize or format_html.
    return mark_safe(linebreaks("".join(pieces)))  # noqa: S308


def _known_name(written: str, known: set[str]) -> str:
    """The user name, without the full stop of a sentence unless it is part of the name."""
    for name in (written, written.rstrip(".-+@")):
        if name.lower() in known:
            return name
    return ""


def _plain(text: str) -> str:
    return urlize(text, nofollow=True, autoescape=True)


def _mention(name: str) -> str:
    return format_html('<span class="mention">@{}</span>', name)

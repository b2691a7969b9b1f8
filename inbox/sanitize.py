"""Makes customers' messages safe to show and easy to read.

A body can be plain text, the HTML of any mail program, or an attack. nh3, an HTML5 parser with an
allow-list, cleans everything that is shown.
"""

import html
import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from inbox import layout, mending
from inbox.directions import isolated
from inbox.earlier import NOTHING, Earlier
from inbox.layout import INLINE, PARTS, TOKEN, VOID
from inbox.links import link, link_text, reveal
from inbox.mail_marks import MARKED_BY, holds_history, is_ruled, opens_history
from inbox.mail_words import is_trailer
from inbox.mirakl.words import decoded_once, regained, visible
from inbox.quotes import Line, history_starts
from inbox.text import storable

# Mirakl's own limit; text beyond it is neither shown nor searched. An HTML5 parser's time grows
# with the square of unclosed tags, and of the "&" and no-break spaces of a text, so those have
# bounds too.
MAX_LENGTH = 50_000
MAX_LINES = 5_000
MAX_TAGS = 2_000
MAX_MARKUP = 100_000
# What a thread shows of one message; the rest is shown on demand.
BEGINNING = 20_000
LONGEST_RUN = 100
LONGEST_ENTITY = 32

HEADINGS = {f"h{level}" for level in range(1, 7)}
BLOCKS = {"p", "br", "div", "ul", "ol", "li", "blockquote", "pre", "hr", *HEADINGS, *PARTS}
HIDDEN = {
    *("script", "style", "title", "template", "noscript", "svg", "math", "iframe", "object"),
    *("select", "button", "audio", "video", "canvas", "noframes", "noembed", "xmp", "xml"),
}
DIRECTIONS = {tag: {"dir": {"ltr", "rtl", "auto"}} for tag in (INLINE | BLOCKS) - VOID}
SCHEMES = {"http", "https", "mailto", "tel"}


def _kept(tag: str, name: str, value: str) -> str | None:
    """An attribute's value, None to drop it; of a style, how the text shows and a line above."""
    if name != "style":
        return value
    line = ";border-top:solid" if is_ruled(f' style="{value}"') else ""
    return f"{layout.shown_as(tag, value)}{line}" or None


# Well-formed and harmless, but still with pictures and mail programs' quote marks.
_readable = nh3.Cleaner(
    tags=INLINE | BLOCKS | {"img"},
    clean_content_tags=HIDDEN,
    attributes={
        "*": {"style", "hidden", "role"},
        "a": {"href"},
        "img": {"alt", "width", "height"},
        **MARKED_BY,
    },
    tag_attribute_values=DIRECTIONS,
    attribute_filter=_kept,
    url_schemes=SCHEMES,
    url_relative="deny",
)
_shown = nh3.Cleaner(
    tags=INLINE | BLOCKS,
    clean_content_tags=HIDDEN,
    attributes={"*": set(), "a": {"href"}},  # nh3 would keep titles
    tag_attribute_values=DIRECTIONS,
    # A list's bullet stands on the side where its line begins.
    set_tag_attribute_values={"a": {"target": "_blank"}, "li": {"dir": "auto"}},
    link_rel="noopener noreferrer nofollow",
    url_schemes=SCHEMES,
    url_relative="deny",
)

_BREAKS_LINES = re.compile(r"<(?:p|br|div|li|tr|h[1-6]|pre|blockquote)\b", re.IGNORECASE)
# Attributes on these make a parser repeat every one of them in every following paragraph: 20 kB of
# input became 10 MB. None of the attributes would be kept.
_FORMATTING = re.compile(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/][^>]*>?", re.IGNORECASE
)
_RUN = re.compile(rf"([&\xa0])\1{{{LONGEST_RUN},}}")
_EMPTY_LINES = re.compile(r"\n(?:[^\S\n]*\n){2,}")
# Padding that fills a mailbox's preview line: more spaces than people type.
_WIDE = re.compile(r"&nbsp;(?:&nbsp;|\s){15,}")
# Text after these would be read backwards.
_OVERRIDES = re.compile("[\u202d\u202e]")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_IMAGE = re.compile(r'<img((?:\s[a-z-]+="[^"]*")*)\s*>')
_ALT = re.compile(r'\salt="([^"]*)"')
_TINY = re.compile(r'\s(?:width|height)="[01](?:px)?"')


@dataclass(frozen=True)
class Body:
    html: SafeString
    quoted: SafeString  # earlier mail copied below the message; empty if there is none
    is_html: bool
    is_cut: bool  # a part is missing
    is_blank: bool  # nothing is visible


class _Source(NamedTuple):
    """The beginning of a body, repaired: plain text, or markup in which each "<" begins a tag."""

    text: str
    is_html: bool
    is_cut: bool


def render(body: str, longest: int = MAX_MARKUP, earlier: Earlier = NOTHING) -> Body:
    """The body, safe to put into a page; `longest` limits the markup of each part.

    `earlier` holds the thread's earlier messages: a copy of one counts as quoted too.
    """
    source, is_html, is_cut = _source(body)
    if is_html:
        clean, is_all = _clean(source)
        is_cut |= not is_all
        lines = list(_html_lines(clean))
        own, quoted = _split(clean, lines, earlier)
        if quoted:
            quoted = _open_tags(clean[: len(clean) - len(quoted)]) + quoted
        own, quoted = (link(_IMAGE.sub(_describe_image, part)) for part in (own, quoted))
    else:
        lines = list(_plain_lines(source))
        own, quoted = map(_as_markup, _split(source, lines, earlier))
    is_cut |= max(len(own), len(quoted)) > longest
    shown, folded = _show(own, longest), _show(quoted, longest)
    return Body(shown, folded, is_html, is_cut, is_blank=not (lines or layout.shows(shown)))


def marked(body: Body, find: Callable[[str], Iterable[tuple[int, int]]]) -> Body:
    """The body with a <mark> around each match that `find` returns, in order."""
    return replace(body, html=_marked(body.html, find), quoted=_marked(body.quoted, find))


def _marked(markup: str, find: Callable[[str], Iterable[tuple[int, int]]]) -> SafeString:
    tokens = list(layout.tokens_of(unicodedata.normalize("NFC", markup)))
    # Tags become line breaks: each position lies in one of the texts between the tags.
    words = "\n".join(_ENTITY.sub(_as_long, token.text) for token in tokens if not token.tag)
    spans, parts, begins = deque(find(words)), list[str](), 0
    if not spans:
        return mark_safe(markup)  # noqa: S308
    for token in tokens:
        if token.tag:
            parts.append(token.text)
            continue
        ends, at = begins + len(token.text), begins
        while spans and spans[0][0] < ends:
            start, end = max(spans[0][0], at), min(spans[0][1], ends)
            before, inside = (
                token.text[at - begins : start - begins],
                slice(start - begins, end - begins),
            )
            parts += [before, "<mark>", token.text[inside], "</mark>"]
            at = end
            if spans[0][1] > ends:
                break
            spans.popleft()
        parts.append(token.text[at - begins :])
        begins = ends + 1
    # The tags are unchanged, and a mark has no attributes.
    return mark_safe("".join(parts))  # noqa: S308


def _as_long(entity: re.Match[str]) -> str:
    """The entity's character, padded with soft hyphens to the entity's length."""
    meant = html.unescape(entity[0])[:1] or " "
    return meant.ljust(len(entity[0]), "\xad")


def plain_text(body: str, *, without_quotes: bool = False, earlier: Earlier = NOTHING) -> str:
    """The visible text, line by line: for previews and search.

    Without quotes it is the sender's own text: no history, and no "Sent from my iPhone".
    """
    source, is_html, _is_cut = _source(body)
    lines = list(_html_lines(_clean(source)[0]) if is_html else _plain_lines(source))
    if without_quotes:
        lines = lines[: history_starts(lines, earlier)]
        while lines and (is_trailer(lines[-1].text) or not lines[-1].text.strip("-_ ")):
            lines.pop()
    return "\n".join(line.text for line in lines)


def stored(body: str | None) -> str:
    """A body as stored: as Mirakl sent it, without the bytes of embedded pictures."""
    return storable(mending.without_pictures(body or ""))


def _source(body: str) -> _Source:
    whole = stored(body)
    text = _RUN.sub(lambda run: run[1] * LONGEST_RUN, whole[:MAX_LENGTH])
    text = regained(mending.without_mail_escapes(text))
    markup = mending.as_markup(text) or mending.unescaped_markup(text)
    text = mending.without_styles(markup or _without_unseen(decoded_once(text)))
    return _Source(text, bool(markup), len(whole) > MAX_LENGTH)


def _without_unseen(text: str) -> str:
    return visible(_OVERRIDES.sub("", text))


def _clean(source: str) -> tuple[str, bool]:
    """Markup as `layout.TOKEN` reads it, and whether it covers the whole source."""
    *begun, rest = source.split("<", MAX_TAGS + 1)
    is_all = len(begun) <= MAX_TAGS
    source = "<".join([*begun, rest] if is_all else begun)
    if not _BREAKS_LINES.search(source):
        source = source.replace("\n", "<br>")
    clean = _readable.clean(_FORMATTING.sub(r"<\1>", source))
    readable = _WIDE.sub(" ", _without_unseen(clean[:MAX_MARKUP]))
    return layout.tidied(readable), is_all and len(clean) <= MAX_MARKUP


def _as_markup(text: str) -> str:
    # Pages keep these spaces, and would break the line at "\r" again.
    lines = _EMPTY_LINES.sub("\n\n", text.replace("\r\n", "\n").replace("\r", "\n").strip("\n"))
    # A browser would show a tab as wide as any space.
    return link_text(lines.replace("\t", "\u2003")).replace("\n", "<br>")


def _show(markup: str, longest: int) -> SafeString:
    end = longest
    if (
        len(markup) > longest
        and (entity := markup.rfind("&", longest - LONGEST_ENTITY, longest)) > 0
    ):
        end = entity
    # nh3 has just cleaned it, and additions are escaped.
    return mark_safe(isolated(reveal(_shown.clean(markup[:end]))))  # noqa: S308


def _split(source: str, lines: list[Line], earlier: Earlier) -> tuple[str, str]:
    start = history_starts(lines, earlier)
    if start is None:
        return source, ""
    return source[: lines[start - 1].end], source[lines[start].start :]


def _plain_lines(text: str) -> Iterator[Line]:
    position, gap = 0, False
    for raw in text.splitlines(keepends=True)[:MAX_LINES]:
        words = " ".join(raw.split())
        if words:
            end = position + len(raw)
            yield Line(words, position, end, words.startswith(">"), follows_gap=gap)
        gap = not words
        position += len(raw)


def _html_lines(clean: str) -> Iterator[Line]:
    """The lines of markup from `_readable`; wrong for any other markup."""
    text: list[str] = []
    quotes: dict[str, list[bool]] = {"blockquote": [], "div": []}
    depth = dict.fromkeys(quotes, 0)
    start = end = 0
    opens = ruled = gap = False
    for token in TOKEN.finditer(clean):
        closing, tag, attributes = token.groups()
        if tag in BLOCKS:
            found = Line(
                "", start, end, depth["blockquote"] > 0, opens, ruled, gap, depth["div"] > 0
            )
            if line := _line(text, found):
                yield line
                opens = ruled = gap = False
                start = token.start()
            elif tag == "br":
                gap = True
            text = []
            if closing or tag in VOID:
                start = token.end()
        elif tag is None or tag == "img":
            text.append(token[0] if tag is None else _alt(attributes))
            end = token.end()
        if tag in quotes and closing:
            depth[tag] -= quotes[tag].pop()
        elif tag in quotes:
            quotes[tag].append(holds_history(tag, attributes))
            depth[tag] += quotes[tag][-1]
        if attributes and opens_history(attributes):
            opens, start = True, token.start()
        ruled = ruled or (bool(attributes) and is_ruled(attributes))
    in_quote, is_held = (depth[one] > 0 for one in quotes)
    found = Line("", start, end, in_quote, opens, ruled, gap, is_held)
    if line := _line(text, found):
        yield line


def _line(text: list[str], line: Line) -> Line | None:
    words = " ".join(html.unescape("".join(text)).split())
    if not words:
        return None
    is_quote = line.is_quote or line.is_held or words.startswith(">")
    return line._replace(text=words, is_quote=is_quote)


def _open_tags(clean: str) -> str:
    """The tags open at its end, to reopen in the part that was cut off."""
    tags: list[str] = []
    for token in TOKEN.finditer(clean):
        closing, tag, _ = token.groups()
        if tag is None or tag in VOID:
            continue
        if closing:
            tags.pop()
        else:
            tags.append(token[0])
    return "".join(tags)


def _alt(attributes: str) -> str:
    alt = _ALT.search(attributes)
    return f" [{alt[1]}] " if alt and alt[1].strip() else ""


def _describe_image(image: re.Match[str]) -> str:
    """Remote pictures tell their sender who reads and when, so the page shows their names only."""
    if _TINY.search(image[1]):
        return ""
    return _alt(image[1]) or " [{}] ".format(gettext("image"))

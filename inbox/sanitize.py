"""Customers' messages, made safe to show and easy to read.

A body is whatever somebody wrote to a marketplace: plain text, or the HTML of any mail program,
or an attack. nh3, an HTML5 parser with an allow-list, has the last word on all that is shown.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import nh3
from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from inbox.earlier import NOTHING, Earlier
from inbox.links import reveal
from inbox.mail_marks import MARKED_BY, STYLES, holds_history, is_ruled, opens_history
from inbox.mail_words import is_trailer
from inbox.quotes import Line, history_starts
from inbox.text import storable

# Mirakl's own limit; what comes behind it is neither shown nor searched. An HTML5 parser's time
# grows with the square of the tags that are left open, and of the "&" and no-break spaces of a
# text, so those have bounds too.
MAX_LENGTH = 50_000
MAX_LINES = 5_000
MAX_TAGS = 2_000
MAX_MARKUP = 100_000
# What a conversation shows of one message; the rest is shown on demand.
BEGINNING = 20_000
LONGEST_RUN = 100
LONGEST_ENTITY = 32

INLINE = {"span", "b", "strong", "i", "em", "u", "s", "a", "code"}
HEADINGS = {f"h{level}" for level in range(1, 7)}
TABLE = {"table", "thead", "tbody", "tr", "td", "th"}
BLOCKS = {"p", "br", "div", "ul", "ol", "li", "blockquote", "pre", "hr", *HEADINGS, *TABLE}
VOID = {"br", "hr", "img"}
HIDDEN = {
    *("script", "style", "title", "template", "noscript", "svg", "math", "iframe", "object"),
    *("select", "textarea", "button", "audio", "video", "canvas", "noframes", "noembed", "xmp"),
}
DIRECTIONS = {tag: {"dir": {"ltr", "rtl", "auto"}} for tag in (INLINE | BLOCKS) - VOID}

# Well-formed and harmless, but still with pictures and what mail programs mark their quotes with.
_readable = nh3.Cleaner(
    tags=INLINE | BLOCKS | {"img"},
    clean_content_tags=HIDDEN,
    attributes={
        "*": set(),  # nh3 would keep titles
        "a": {"href"},
        "img": {"alt", "width", "height"},
        **MARKED_BY,
    },
    filter_style_properties=STYLES,
    tag_attribute_values=DIRECTIONS,
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
)
_shown = nh3.Cleaner(
    tags=INLINE | BLOCKS,
    clean_content_tags=HIDDEN,
    attributes={"*": set(), "a": {"href"}},
    tag_attribute_values=DIRECTIONS,
    set_tag_attribute_values={"a": {"target": "_blank"}},
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
)

_HTML_TAG = re.compile(
    r"<!--|<!doctype|</?(?:html|head|body|meta|style|script|font|center|img|iframe|svg|form"
    rf"|{'|'.join(sorted(INLINE | BLOCKS))})(?:[\s/][^<>]*)?>",
    re.IGNORECASE,
)
_BREAKS_LINES = re.compile(r"<(?:p|br|div|li|tr|h[1-6]|pre|blockquote)\b", re.IGNORECASE)
# Attributes on these make a parser repeat every one of them in every paragraph that follows:
# 20 kB of input became 10 MB. None of the attributes would be kept.
_FORMATTING = re.compile(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/][^>]*>?", re.IGNORECASE
)
_RUN = re.compile(rf"([&\xa0])\1{{{LONGEST_RUN},}}")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]\w{1,30});", re.IGNORECASE)
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s[a-z-]+="[^"]*")*)\s*>|[^<]+|<')
_IMAGE = re.compile(r'<img((?:\s[a-z-]+="[^"]*")*)\s*>')
_ALT = re.compile(r'\salt="([^"]*)"')
_TINY = re.compile(r'\s(?:width|height)="[01](?:px)?"')


@dataclass(frozen=True)
class Body:
    html: SafeString
    quoted: SafeString  # earlier mail copied below the message; empty if there is none
    is_html: bool
    is_cut: bool  # something of it is not here


def render(body: str, longest: int = MAX_MARKUP, earlier: Earlier = NOTHING) -> Body:
    """Safe to put into a page as it is; `longest` is the most markup of either part.

    `earlier` is what was said in its conversation before: a copy of it is quoted too.
    """
    source = _beginning(body)
    is_cut = len(body) > MAX_LENGTH
    if is_html := _looks_like_html(source):
        clean = _clean(source)
        is_cut |= source.count("<") > MAX_TAGS or len(clean) == MAX_MARKUP
        own, quoted = _split(clean, list(_html_lines(clean)), earlier)
        if quoted:
            quoted = _open_tags(clean[: len(clean) - len(quoted)]) + quoted
        own, quoted = (_IMAGE.sub(_in_words, part) for part in (own, quoted))
    else:
        text = _decoded(source)
        own, quoted = map(_linked, _split(text, list(_plain_lines(text)), earlier))
    is_cut |= max(len(own), len(quoted)) > longest
    return Body(_show(own, longest), _show(quoted, longest), is_html, is_cut)


def plain_text(body: str, *, without_quotes: bool = False, earlier: Earlier = NOTHING) -> str:
    """What a reader would read, line by line: for previews and search.

    Without quotes it is what the sender wrote: no history, and no "Sent from my iPhone".
    """
    source = _beginning(body)
    if _looks_like_html(source):
        lines = list(_html_lines(_clean(source)))
    else:
        lines = list(_plain_lines(_decoded(source)))
    if without_quotes:
        lines = lines[: history_starts(lines, earlier)]
        while lines and is_trailer(lines[-1].text):
            lines.pop()
    return "\n".join(line.text for line in lines)


def _beginning(body: str) -> str:
    return _RUN.sub(lambda run: run[1] * LONGEST_RUN, storable(body[:MAX_LENGTH]))


def _looks_like_html(source: str) -> bool:
    return _HTML_TAG.search(source) is not None


def _clean(source: str) -> str:
    source = "<".join(source.split("<", MAX_TAGS + 1)[: MAX_TAGS + 1])
    if not _BREAKS_LINES.search(source):
        source = source.replace("\n", "<br>")
    return _readable.clean(_FORMATTING.sub(r"<\1>", source))[:MAX_MARKUP]


def _decoded(text: str) -> str:
    """Some marketplaces hand out plain text with `&#39;` in it."""
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)


def _linked(text: str) -> str:
    return urlize(text.strip("\r\n"), autoescape=True).replace("\n", "<br>")


def _show(markup: str, longest: int) -> SafeString:
    end = longest
    if (
        len(markup) > longest
        and (entity := markup.rfind("&", longest - LONGEST_ENTITY, longest)) > 0
    ):
        end = entity
    # nh3 has just cleaned it, and what is added is escaped.
    return mark_safe(reveal(_shown.clean(markup[:end])))  # noqa: S308


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
    """The lines of markup that `_readable` wrote; on anything else they would be wrong."""
    text: list[str] = []
    quotes: dict[str, list[bool]] = {"blockquote": [], "div": []}
    start = end = depth = 0
    opens = ruled = gap = False
    for token in _TOKEN.finditer(clean):
        closing, tag, attributes = token.groups()
        if tag in BLOCKS:
            if line := _line(text, Line("", start, end, depth > 0, opens, ruled, gap)):
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
            depth -= quotes[tag].pop()
        elif tag in quotes:
            quotes[tag].append(holds_history(tag, attributes))
            depth += quotes[tag][-1]
        if attributes and opens_history(attributes):
            opens, start = True, token.start()
        ruled = ruled or (bool(attributes) and is_ruled(attributes))
    if line := _line(text, Line("", start, end, depth > 0, opens, ruled, gap)):
        yield line


def _line(text: list[str], line: Line) -> Line | None:
    words = " ".join(html.unescape("".join(text)).split())
    if not words:
        return None
    return line._replace(text=words, is_quote=line.is_quote or words.startswith(">"))


def _open_tags(clean: str) -> str:
    """The tags that are open at the end of it, for the part that was cut off there."""
    tags: list[str] = []
    for token in _TOKEN.finditer(clean):
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


def _in_words(image: re.Match[str]) -> str:
    """Pictures from afar tell their sender who reads, and when: the page shows their names."""
    if _TINY.search(image[1]):
        return ""
    return _alt(image[1]) or " [{}] ".format(gettext("image"))

"""Untrusted text takes linear processor time, with any content.

A slow function delays every page of its process. So each function that reads such text gets the
worst known inputs for parsers, patterns and character tables.
"""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from django.template.defaultfilters import linebreaksbr, truncatechars
from django.utils.safestring import SafeString

from inbox import links, mail_words, mending, quotes, sanitize
from inbox.earlier import Conversation, Earlier
from inbox.mirakl import answers, complaints, wire, words
from inbox.models import User, codes
from inbox.models.people import MENTION
from inbox.pages import clock
from inbox.services import files, languages
from inbox.services.composing import placeholders, warnings
from inbox.services.mirakl_ids import is_askable_id
from inbox.services.mirror import mapping
from inbox.services.outbox import bodies
from inbox.services.search import full_text, highlights, query_language, snippets
from inbox.services.triage import thank_yous
from inbox.templatetags import desk, notes
from inbox.text import storable
from inbox.word_forms import code_word, fold

# Distinct characters of a host name.
FOREIGN = "".join(map(chr, range(0x4E00, 0x4E00 + 200)))

# Repeated up to the required length.
REPEATED = [
    *("a", "A", "7", "-", "_", "'", '"', "é", "😀", "漢", "ﷺ", "İ", "\u0301", "\ufffd"),
    *("@", ".", "<", ">", "&", "/", "\\", "|", "%", "{{", "(((", "[[", "$", "#", "*", "=?"),
    *(" ", "\n", "\r", "\t", "\xa0", "\u200b", "\u202e", "\u2028", "\x1c", "\x00", "\ud83d"),
    *("a ", "a b ", "x\n", "a@", "@a", "a@a.", "a.", "aa.com ", "www.", "1:", "a:", "@bob "),
    *("http://", "https://a.a ", "http://(", "mailto:a@a.aa ", "https://u@a.aa/ "),
    *("\n> x:\n", "<a@b.cc> wrote\n> ", "a@b.cc:\n", "1.1.2026 a@b.cc x:\n", "Von: a@b.cc\n"),
    *("<blockquote type=cite>x", "<div class=gmail_quote>x", "---- forwarded\n"),
    *("&lt;", "&amp;lt;", "&#1;", "&#", "&amp;#38;", "{{ a.b | default:\"", "{{ customer.name }}"),
    *("[missing: ", "[missing: a", "> ", "\n> ", "- ", "--", "On x\n", "On x wrote:\n"),
    *("From: x\n", "x schrieb am y:\n", "le client ", "peux-tu ", "kannst du ", "refund him "),
    *("<div>", "<div", "<b ", "<b x=1>", "<p>x", "<br>", "<br", "<!--", "-->", "</p>", "<svg>"),
    *("<blockquote>x", "<table><td>", "<ul><li>", "<a href=", '<img alt="', "<font x=1>y</p><p>"),
    *(f'<a href="http://{FOREIGN}">x</a>', f'<a href="http://a.bb">{FOREIGN[:50]}.a.bb </a>'),
    *('"data:a/b,', '"data:a/b,A A" ', "=C3=BC", "=\n", "=C3=BC=20\n", "aÃ©", "â€™", "{", "a\n{"),
    *("p,\n", "p{color:red;", "p{color:red}", "@media{p{color:red}", "<a b=", "<i>", "</i>"),
    *("<o:p>", "<w:a>", "</w:a>", "<x-y>", "&lt;br&gt;", "&lt;p&gt;x&lt;/p&gt;", "</", "<a@"),
    *("0123 45 67 ", "+49 ", "(01) ", "00491234567890 ", "06 12 34 56 78 ", "\u200c\u200d"),
    *("<div style='display:none'>", "<p style='font:", "<i style=font-size:0>x</i>", "&nbsp;<br>"),
    *("<p>&nbsp;</p>", "<table><tr><td>x", "\U0001f3f4\U000e0067", "<xml>", "<!-- -->"),
    *('<a href="https://a.bb">c.dd</a>', "QUJD", "=?utf-8?q?a?=", "=?utf-8?b?QUJD?=", ";a=", "%C3"),
]  # fmt: skip
# Before and after the repeated part, to make patterns backtrack.
AROUND = [
    *(("&", "amp;", ""), ("&", "#38;", ""), ("&", "amp", ""), ("<p>", "&", "")),
    *(("<p>", "\xa0", ""), ("<p>", "a\xa0", ""), ("<p>", "x\n", ""), ("<p>", "aa.com ", "")),
    *(("<p>", "<b>x", ""), ("<p>", "<a>x", ""), ("<!--", "x", ""), ("<div class='", "x ", "'>y")),
    *(('<a href="', "x", ""), ('<a href="http://', "a.", '">b</a>'), ("<br", "\t", "/")),
    *(("@", "a", "@"), ("@", "a.", "@"), ("http://", "a.", "!"), ("http://a", ")", "")),
    *(("[missing: ", "a", "]"), ("{{ ", "a", ""), ("{{ a ", " ", "|"), ("{{ a|", "b:'c'|", "")),
    *(("On ", "x ", " wrote"), ("On ", "x:", ""), ("Am ", " schrieb", ":"), ('"', "a ", "")),
    *(("a@", "a.", ""), ("a.", ";", ""), ("x", "\u0301", ""), ("=?utf-8?b?", "QUJD", "?=")),
    *(("filename*=", "\t", ""), ("filename=", " ", ""), ("p{", "a:b;", "}")),
    *(("p ", "a ", "{"), ("<p style='", "display:none;", "'>x</p>"), ("'data:a/b,", "A ", "'")),
    *(("<p style='font:", "a ", "'>x"), ("aÃ©", "â€", ""), ("+", "4 ", "x"), ("{\n", "a\n", "{")),
]  # fmt: skip

# The work that other times are compared with.
WORD = re.compile(r"\w+")
WORDS = "A customer asks where the parcel is. " * 15_000

TERMS = [
    full_text.Term((full_text.Way((("lamp",),)), full_text.Way((("a",), ("b",)), is_exact=True)))
]
MARKER = highlights.Marker(TERMS)
BOB: Any = SimpleNamespace(get_username=lambda: "bob", get_full_name=lambda: "")


def note_body(text: str) -> str:
    mentions = SimpleNamespace(all=lambda: [BOB])
    return notes.note_body(SimpleNamespace(body=text, mentions=mentions))  # type: ignore[arg-type]


def complaint(text: str) -> complaints.Complaint:
    said = text.encode(errors="replace").decode()
    errors = [{"field": said, "message": said}]
    return complaints.read(msgspec.json.encode({"message": said, "errors": errors}))


def plain_complaint(text: str) -> list[complaints.Complaint]:
    raw = text.encode(errors="replace")
    return [complaints.read(raw, "text/plain"), complaints.read(b"<message>" + raw)]


def quoted_name(text: str) -> str | None:
    return wire.file_name(f'attachment; filename="{text}"')


def extended_name(text: str) -> str | None:
    return wire.file_name(f"attachment; filename*={text}")


def initials(text: str) -> str:
    return User(first_name="Jo", last_name=text).initials


def marked_body(text: str) -> sanitize.Body:
    return sanitize.marked(replace(sanitize.render(""), html=SafeString(text)), MARKER.spans)


def conditions(text: str) -> list[Any]:
    return list(query_language.CONDITION.finditer(text))


def plain_lines(text: str) -> int | None:
    return quotes.history_starts([quotes.Line(text or "x", 0, len(text))] * 3)


@lru_cache(maxsize=1)
def told(text: str) -> Earlier:
    """Returns a hundred messages with parts of the text."""
    conversation = Conversation()
    for number in range(100):
        conversation.add(text[number * 450 : number * 450 + 500], "SHOP")
    return conversation.add("", "CUSTOMER")


def copied(text: str) -> str:
    return sanitize.plain_text(text, without_quotes=True, earlier=told(text))


TAKES_TEXT: dict[str, Callable[[str], Any]] = {
    "render": sanitize.render,
    "render the beginning": lambda text: sanitize.render(text, 20_000),
    "plain text": sanitize.plain_text,
    "plain text without quotes": lambda text: sanitize.plain_text(text, without_quotes=True),
    "stored": sanitize.stored,
    "mail escapes": mending.without_mail_escapes,
    "garbled": words.regained,
    "styles": mending.without_styles,
    "as markup": mending.as_markup,
    "unescaped markup": mending.unescaped_markup,
    "links": links.link_text,
    "name": words.readable,
    "visible": words.visible,
    "history of one line": plain_lines,
    "a copy of what was said": copied,
    "what was said": lambda text: Conversation().add(text, "SHOP"),
    "a telephone's line": mail_words.is_trailer,
    "language": languages.detect,
    "language code": languages.base,
    "language name": languages.name_of,
    "fold": fold,
    "code word": code_word,
    "searchable": mapping.build_search_text,
    "marked body": marked_body,
    "snippet": lambda text: snippets.highlight(text, MARKER),
    "conditions": conditions,
    "storable": storable,
    "row id": is_askable_id,
    "thanks": lambda text: thank_yous.is_thanks(text, "Jo"),
    "thanks of a name": lambda text: thank_yous.is_thanks(
        "Thanks, Jo", text[: mapping.LONGEST_WORDS]
    ),
    "placeholder problems": placeholders.problems,
    "placeholder names": placeholders.names_in,
    "placeholder gaps": placeholders.find_unfilled,
    "fill": lambda text: placeholders.fill(text, {}),
    "fill in": lambda text: placeholders.fill("{{ customer.name }}", {"customer.name": text}),
    "wire body": bodies.wire_body,
    "essence": bodies.comparable_text,
    "essence of a wire body": lambda text: bodies.comparable_text(bodies.wire_body(text)),
    "sounds internal": warnings.sounds_internal,
    "a gap": warnings.gap_in,
    "safe name": files.safe_name,
    "file name": wire.file_name,
    "quoted file name": quoted_name,
    "extended file name": extended_name,
    "complaint": complaint,
    "complaint that is no JSON": plain_complaint,
    "web page": lambda text: answers.kind_of_page(b"<html>" + text.encode(errors="replace")),
    "mentions": MENTION.findall,
    "note": note_body,
    "name of a user": lambda text: User(first_name=text).display_name,
    "initials": initials,
    "code in words": codes.label_code,
    "side": codes.side,
    "language of a locale": desk.language,
    "moment": clock.parsed,
    "web address": desk.is_web_address,
    "line breaks": linebreaksbr,
    "shortened": lambda text: truncatechars(text, 200),
}


@lru_cache(maxsize=2)
def texts(length: int) -> dict[str, str]:
    return {shape: repeated("", shape, "", length) for shape in REPEATED} | {
        f"{before}…{middle}…{after}": repeated(before, middle, after, length)
        for before, middle, after in AROUND
    }


def repeated(before: str, middle: str, after: str, length: int) -> str:
    size = length - len(before)
    return before + (middle * (size // len(middle) + 1))[:size] + after


def upper_case(text: str) -> str:
    return WORD.sub(lambda word: word[0].upper(), text)


def seconds(function: Callable[[str], Any], text: str) -> float:
    """Returns processor seconds."""
    begun = time.thread_time()
    function(text)
    return time.thread_time() - begun


def pace() -> float:
    """Returns what 500 kB of words take in upper case: some 25 ms on a machine of 2024.

    A limit in paces is the same on a slow or busy machine.
    """
    return min(seconds(upper_case, WORDS) for _ in range(3))


def is_quick(function: Callable[[str], Any], text: str, limit: float, allowed: int) -> bool:
    """Returns whether it takes less than so many seconds, or so many paces of this moment."""
    if seconds(function, text) < limit:
        return True
    return any(seconds(function, text) <= allowed * pace() for _ in range(3))


def is_slow(function: Callable[[str], Any], shape: str, usual: float) -> bool:
    """Returns whether the longest message takes over three paces, or twice as much over six."""
    half, text = texts(50_000)[shape], texts(100_000)[shape]
    # What takes six paces, even if it grows with the cube, takes three quarters for half of it.
    if seconds(function, half) < 3 / 4 * usual or seconds(function, text) < 3 * usual:
        return False
    # What takes three paces takes no more for half of it.
    return not (is_quick(function, half, 3 * usual, 3) and is_quick(function, text, 6 * usual, 6))


@pytest.fixture(scope="module")
def usual() -> float:
    return pace()


@pytest.mark.parametrize("name", TAKES_TEXT)
def test_it_takes_linear_time(name: str, usual: float) -> None:
    function = TAKES_TEXT[name]
    function("Something is loaded when it is first wanted, and takes its time once.")

    assert [shape for shape in texts(50_000) if is_slow(function, shape, usual)] == []

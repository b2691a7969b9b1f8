"""Links: made from plain addresses, and with their true host where the text names another."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from html import escape, unescape
from urllib.parse import unquote

from django.utils.html import urlize

from inbox.layout import tokens_of

LONGEST_HOST = 253
# Converting foreign letters to ASCII is slow. Beyond so many links, or for a longer host, they are
# shown by their numbers; and a longer text counts as naming another host.
MOST_LINKS = 50
LONGEST_FOREIGN = 63
LONGEST_WORDS = 200
LONGEST_NUMBER = 30
# The output format of the HTML cleaner: double quotes, no nested links.
_LINK = re.compile(r'<a href="([^"]*)"[^>]*>([^<]*(?:<(?!/?a[ >])[^<]*)*)</a>')
_ANCHOR = re.compile(r"(<a [^>]*>[^<]*</a>)")
_TAG = re.compile(r"<[^>]*>")
# Like browsers, which accept any number of slashes of either kind.
_WEB = re.compile(r"https?:[/\\]*([^/\\?#]*)", re.IGNORECASE)
_WORD = re.compile(r"[\w.-]+")
_PORT = re.compile(r":\d*$")
# Every address and phone number contains one of these.
_MAY_BE_LINK = re.compile(r"[@0]|\+\d|://|www\.|\.(?:com|edu|gov|int|mil|net|org)", re.IGNORECASE)
# Recognised by its "+", by "00", or by its grouping.
_PHONE = re.compile(
    r"(?<![\w+./=:@-])(?<!\d[ \xa0])"
    r"(?:(?:\+[1-9]|00[1-9]\d{0,2}[ .\xa0()/-])(?:[ .\xa0()/-]{0,2}\d){5,13}"
    r"|0\d{1,4}(?:[ .\xa0]\d{2,4}){2,4}|\(0\d{1,4}\)(?:[ \xa0]?\d{2,8}){1,4}|0\d{2,4}/\d{5,9})"
    r"(?![\w/:@-]|\.\d|[ \xa0]\d)"
)
_DATE = re.compile(r"\d\d[ .\xa0]\d\d[ .\xa0](?:19|20)\d\d")
_DIGIT = re.compile("[0-9]")
FEWEST_DIGITS = 9


def link(markup: str) -> str:
    """The markup with links for the addresses and phone numbers in its text."""
    linked, depth = [], 0
    for token in tokens_of(markup):
        depth += (token.tag == "a") * (-1 if token.closes else 1)
        is_read = not (token.tag or depth) and _MAY_BE_LINK.search(token.text)
        linked.append(link_text(unescape(token.text)) if is_read else token.text)
    return "".join(linked)


def link_text(text: str) -> str:
    """Plain text as markup, with links."""
    if not _MAY_BE_LINK.search(text):
        return escape(text)
    return "".join(
        part if part.startswith("<a ") else _PHONE.sub(_as_call, part)
        for part in _ANCHOR.split(urlize(text, autoescape=True))
    )


def _as_call(number: re.Match[str]) -> str:
    digits = _digits(number[0])
    if len(digits) < FEWEST_DIGITS or _DATE.search(number[0]):
        return number[0]
    plus = "+" if number[0].startswith("+") else ""
    return f'<a href="tel:{plus}{digits}">{number[0]}</a>'


def _digits(text: str) -> str:
    return "".join(_DIGIT.findall(text))


def reveal(markup: str) -> str:
    """The markup with the true host after each link whose text does not name it."""
    spelled = in_ascii if markup.count("<a ") <= MOST_LINKS else by_numbers
    return _LINK.sub(partial(_revealed, spelled=spelled), markup)


def _revealed(link: re.Match[str], spelled: Callable[[str], str]) -> str:
    address, words = unescape(link[1]), unescape(_TAG.sub("", link[2]))
    host = host_of(address)
    shown = spelled(host)
    is_odd = shown != host or "xn--" in shown
    if address.lower().startswith("tel:"):
        shown = address[4 : 4 + LONGEST_NUMBER]
        is_told = _digits(words) in {"", _digits(shown)}
    else:
        is_told = not host or (not is_odd and is_named(shown, words, spelled))
    return link[0] if is_told else f'{link[0]} <span class="host">({escape(shown)})</span>'


def host_of(address: str) -> str:
    """The host of a web address, or the domain of a mail address, in lower case."""
    if web := _WEB.match(address.strip()):
        host = _PORT.sub("", unquote(web[1]).rpartition("@")[2])
    elif address.lower().startswith("mailto:"):
        host = unquote(address[7:].partition("?")[0]).rpartition("@")[2]
    else:
        return ""
    return host[:LONGEST_HOST].lower()


def in_ascii(host: str) -> str:
    """The host as resolvers look it up, which reveals look-alike letters."""
    # Normalization can turn one character into a whole word.
    if not host.isascii() and len(unicodedata.normalize("NFKC", host)) > LONGEST_FOREIGN:
        return by_numbers(host)
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return by_numbers(host)


def by_numbers(host: str) -> str:
    return host.encode("ascii", "backslashreplace").decode()


def is_named(host: str, text: str, spelled: Callable[[str], str]) -> bool:
    """Whether the text names no host, or only this one or a parent domain."""
    if len(text) > LONGEST_WORDS:
        return False
    return all(_is_same(spelled(one), host) for one in hosts_in(readable(text)))


def hosts_in(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        name = word.strip("._-")
        last = name.rpartition(".")[2]
        if last != name and len(last) > 1 and last.isalpha():
            yield name[:LONGEST_HOST]


def readable(text: str) -> str:
    """The text without invisible characters, with full-width letters and full stops made plain."""
    plain = unicodedata.normalize("NFKC", text).replace("\u3002", ".")
    return "".join(char for char in plain if unicodedata.category(char) != "Cf").lower()


def _is_same(named: str, host: str) -> bool:
    named, host = named.removeprefix("www."), host.removeprefix("www.")
    return host == named or host.endswith(f".{named}") or named.endswith(f".{host}")

"""Where links lead, said beside those whose words name another place."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from html import escape, unescape
from urllib.parse import unquote

LONGEST_HOST = 253
# Foreign letters take their time to turn into ASCII: of more links, of a longer host, they are
# shown by their numbers instead; and longer words are taken to name another host.
MOST_LINKS = 50
LONGEST_FOREIGN = 63
LONGEST_WORDS = 200
# As an HTML cleaner writes them: in double quotes, none within another.
_LINK = re.compile(r'<a href="([^"]*)"[^>]*>([^<]*(?:<(?!/?a[ >])[^<]*)*)</a>')
_TAG = re.compile(r"<[^>]*>")
# As browsers read them, which take any number of slashes of either kind.
_WEB = re.compile(r"https?:[/\\]*([^/\\?#]*)", re.IGNORECASE)
_WORD = re.compile(r"[\w.-]+")
_PORT = re.compile(r":\d*$")


def reveal(markup: str) -> str:
    """The markup, with the true host behind each link that does not say it itself."""
    spelled = in_ascii if markup.count("<a ") <= MOST_LINKS else by_numbers
    return _LINK.sub(partial(_revealed, spelled=spelled), markup)


def _revealed(link: re.Match[str], spelled: Callable[[str], str]) -> str:
    host = host_of(unescape(link[1]))
    shown = spelled(host)
    is_odd = shown != host or "xn--" in shown
    if not host or (not is_odd and is_named(shown, unescape(_TAG.sub("", link[2])), spelled)):
        return link[0]
    return f'{link[0]} <span class="host">({escape(shown)})</span>'


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
    """As resolvers ask for it: a letter that only looks like another one shows itself."""
    # One letter may stand for a whole word.
    if not host.isascii() and len(unicodedata.normalize("NFKC", host)) > LONGEST_FOREIGN:
        return by_numbers(host)
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return by_numbers(host)


def by_numbers(host: str) -> str:
    return host.encode("ascii", "backslashreplace").decode()


def is_named(host: str, words: str, spelled: Callable[[str], str]) -> bool:
    """Whether the words name no host at all, or none but this one or one that it belongs to."""
    if len(words) > LONGEST_WORDS:
        return False
    return all(_is_same(spelled(one), host) for one in hosts_in(readable(words)))


def hosts_in(words: str) -> Iterator[str]:
    for word in _WORD.findall(words):
        name = word.strip("._-")
        last = name.rpartition(".")[2]
        if last != name and len(last) > 1 and last.isalpha():
            yield name[:LONGEST_HOST]


def readable(words: str) -> str:
    """Without what cannot be seen; full-width letters and full stops as plain ones."""
    plain = unicodedata.normalize("NFKC", words).replace("\u3002", ".")
    return "".join(char for char in plain if unicodedata.category(char) != "Cf").lower()


def _is_same(named: str, host: str) -> bool:
    named, host = named.removeprefix("www."), host.removeprefix("www.")
    return host == named or host.endswith(f".{named}") or named.endswith(f".{host}")

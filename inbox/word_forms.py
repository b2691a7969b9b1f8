"""The words of a text for search, and the other forms each can be found by.

Texts are folded when they are stored, and searches are folded the same way: lower case, no accents,
Latin letters without strokes, digits as 0 to 9, nothing invisible. A text is indexed as its words
in order, then their other forms: ü as ue, ue as u, BS-1042-A as bs1042a, 1.234,50 as 1234 50, a
telephone number without its country code. Scripts without spaces are indexed as pairs of
characters.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate, islice
from typing import NamedTuple

# Letters that Unicode does not decompose. Others with a stroke or a hook are recognised by their
# names.
LETTERS = {
    "ı": "i",
    "ȷ": "j",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ŋ": "n",
    "ə": "e",
    "ـ": "",  # Arabic's stretching of a word
}
_VARIANT = re.compile(r"LATIN SMALL LETTER ([A-Z]) WITH ")
# Spelling on keyboards without these letters.
SPELT_OUT = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "đ": "dj"}
_SPELL_OUT = str.maketrans(SPELT_OUT)
# The reverse: "Mueller", "Haeuser", but not "neue", "queue" or "value".
_SPELT_OUT = re.compile(r"(?<![aeiouyq])([aou])e(?=[b-df-hj-np-tv-xz])|(?<![aeiouyq])(a)e(?=u)")
# Begins no words but those for a topic's code.
CODE_PREFIX = "zqcode"
SHORTEST_SPELT_OUT = 5
MOST_FOLDED = 200_000
VOICED = "\u3099\u309a"  # turns か into が: no accent
# Thai, Lao, Burmese, Khmer, Kana, Han, Hangul.
_RUN = re.compile(
    "[\u0e01-\u0e4f\u0e81-\u0ecf\u0edc-\u0edf\u1000-\u103f\u1050-\u109f\u1780-\u17d3\u3005-\u3007"
    "\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff]+"
)
# A letter that is never typed: it keeps other forms out of phrases.
BETWEEN = " \u01c0 "
APOSTROPHES = "'’‘‛ʼʻʹ`´′"

# -- one character at a time: tables that are filled as characters come ---------


class _Folded(dict[int, str]):
    """A character of a decomposed text in lower case -> its replacement."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded(chr(code))
        return folded


def _folded(char: str) -> str:
    if char in LETTERS:
        return LETTERS[char]
    if _is_invisible(char):
        return ""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if char.isalnum() or unicodedata.category(char)[0] == "M":
        variant = _VARIANT.match(unicodedata.name(char, ""))
        return variant[1].lower() if variant else char
    return " "


def _is_invisible(char: str) -> bool:
    """Accents, soft hyphens, direction marks and the like, which separate no words."""
    if char in VOICED:
        return False
    is_selector = "\ufe00" <= char <= "\ufe0f" or char == "\u034f"
    category = unicodedata.category(char)
    return bool(is_selector or category in {"Cf", "Me"} or unicodedata.combining(char))


class _Kinds(dict[int, str]):
    """A character -> its kind, which is one character too."""

    def __missing__(self, code: int) -> str:
        self[code] = kind = _kind(chr(code))
        return kind


def _kind(char: str) -> str:
    """The kind of a character.

    `w` and `W` a letter, `x` one that can be spelt out, `h` of a script without spaces, `i`
    invisible, a digit, or a separator as typed on a keyboard.
    """
    if char in APOSTROPHES:
        return "'"
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if _is_invisible(char):
        return "i"
    if _RUN.match(char) or char in VOICED or "\uff66" <= char <= "\uffdc":
        return "h"
    if char.isalnum() or unicodedata.category(char)[0] == "M":
        return "x" if char.lower() in SPELT_OUT else "W" if char.isupper() else "w"
    return _separator(char)


def _separator(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Pd" or char in "_−":
        return "-"
    if category == "Zs":
        return " "
    plain = {"٫": ",", "٬": "."}.get(char, unicodedata.normalize("NFKD", char))
    return plain if plain in set("+.,/()") else "|"


_FOLDED, _KINDS = _Folded(), _Kinds()

# -- words ------------------------------------------------------------------


class Form(NamedTuple):
    """Consecutive words that stand for a part of a text."""

    words: tuple[str, ...]
    start: int
    end: int


def fold(text: str) -> str:
    """The words of a text, in lower case and without accents, separated by single spaces.

    Everything else is dropped, to leave PostgreSQL's parser nothing to interpret: it reads
    "MV-1042" as a word and the number -1042, which "1042" does not find.
    """
    if not text.isascii():
        # Symbols such as ™ separate words before they become letters.
        parted = re.sub(r"[^\w\s]", _part, text)
        # A single character may expand to eighteen.
        text = unicodedata.normalize("NFKD", parted)[:MOST_FOLDED]
    folded = text.casefold().translate(_FOLDED)
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", folded)
    return " ".join(folded.split())


def _part(found: re.Match[str]) -> str:
    return found[0] if _KINDS[ord(found[0])] in "wWxhi" else " "


def code_word(code: str) -> str:
    """Stands in a thread's search text for a topic code: its label depends on the reader."""
    return CODE_PREFIX + fold(code).replace(" ", "")


def words_of(folded: str) -> list[str]:
    """The words of a folded text; pairs of characters in scripts without spaces."""
    if not folded.isascii():
        folded = _RUN.sub(lambda run: f" {' '.join(_pairs(run[0]))} ", folded)
    return folded.split()


def _pairs(run: str) -> list[str]:
    """Pairs, and the last character alone, so that each character begins one of them."""
    return [*map("".join, zip(run, run[1:], strict=False)), run[-1]]


def indexed(text: str) -> str:
    """A text as indexed by PostgreSQL: its words in order, then their other forms."""
    text = normalized(text)
    words = words_of(fold(text))
    others = {" ".join(form.words): None for form in forms_in(text)}
    for word in dict.fromkeys(words):
        others |= dict.fromkeys(map(" ".join, forms_of(word)))
    known = set(words)
    return BETWEEN.join([" ".join(words), *(other for other in others if other not in known)])


def normalized(text: str) -> str:
    """The text with composed accents: positions in a `Form` refer to it."""
    return unicodedata.normalize("NFC", text)


# -- other forms --------------------------------------------------------------

_IN_WORD = "wWxi0-9"
TOKEN = re.compile(rf"[wWx0-9][{_IN_WORD}]*|h[hi]*")
_SPELLABLE = re.compile(rf"(?<![{_IN_WORD}])[wWi0-9]*x[{_IN_WORD}]*")
_GLUED = re.compile(rf"(?<![{_IN_WORD}])[{_IN_WORD}]+(?:['-][{_IN_WORD}]+)+")
# Groups with digits, and short ones in capitals between them.
_CODE = rf"(?:[wWxi]{{0,20}}[0-9][{_IN_WORD}]*|W{{1,4}}(?![{_IN_WORD}]))"
# A full stop between digits is a decimal point.
_LINK = r"(?: [-/(] ?|\) ?|[ /-]|(?<![0-9])\.|\.(?![0-9]))"
_CODES = re.compile(rf"(?<![{_IN_WORD}]){_CODE}(?:{_LINK}{_CODE})+")
_NUMBER = re.compile(
    rf"(?<![{_IN_WORD}])(?:[0-9]{{1,3}}(?:[ .,'][0-9]{{3}}(?![0-9]))+|[0-9]+)"
    r"(?:[.,][0-9]{1,2})?(?![0-9])"
)
_TELEPHONE = re.compile(
    rf"(?<![{_IN_WORD}+])(?:\+ ?[0-9]|\(?0)(?:[ ()./-]{{0,3}}[0-9]){{7,15}}(?![0-9])"
)
# Country codes of one or two digits; all others have three.
_COUNTRY = re.compile("[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3}")
SHORTEST_NATIONAL = 7
LONGEST_JOINED = 40
# Limit per code; more are a table.
MOST_GROUPS = 24
# Limit per text.
MOST_CODES = 3_000
SHORTEST_NUMBER = 5
_DIGITS_OR_NOT = re.compile(r"[0-9]+|[^0-9]+")


def forms_of(word: str) -> Iterator[tuple[str, ...]]:
    """Other forms of a folded word: umlauts that may be spelt out, and its groups of digits."""
    if len(word) >= SHORTEST_SPELT_OUT and (short := _SPELT_OUT.sub(r"\1\2", word)) != word:
        yield (short,)
    if not word.isalpha() and len(groups := _DIGITS_OR_NOT.findall(word)) > 1:
        yield tuple(groups)


def forms_in(text: str) -> Iterator[Form]:
    """Other forms in a normalized text: of several words, or of how words are written."""
    kinds = text.translate(_KINDS)
    if "x" in kinds:
        for found in _SPELLABLE.finditer(kinds):
            start, end = found.span()
            yield Form((fold(text[start:end].lower().translate(_SPELL_OUT)),), start, end)
    for pattern in (_GLUED, _CODES):
        for found in islice(pattern.finditer(kinds), MOST_CODES):
            yield from _joined(text, kinds, *found.span())
    for found in _NUMBER.finditer(kinds):
        if not found[0].isdigit():
            yield Form(_number(found[0]), *found.span())
    for found in _TELEPHONE.finditer(kinds):
        if len(national := _national(found[0])) >= SHORTEST_NATIONAL:
            yield Form((national,), *found.span())


def _joined(text: str, kinds: str, start: int, end: int) -> Iterator[Form]:
    """Groups joined, from each of them on: "1Z 999 AA1" as 1z999aa1 and 999aa1."""
    spans = [found.span() for found in islice(TOKEN.finditer(kinds, start, end), MOST_GROUPS)]
    groups = [fold(text[first:last]).replace(" ", "") for first, last in spans]
    starts = [0, *accumulate(map(len, groups))]
    whole = "".join(groups)
    for index, (first, _last) in enumerate(spans[:-1]):
        # May be cut anywhere: a search matches its beginning.
        joined = whole[starts[index] : starts[index] + LONGEST_JOINED]
        if joined and not (joined.isdigit() and len(joined) < SHORTEST_NUMBER):
            yield Form((joined,), first, spans[-1][1])


def _number(written: str) -> tuple[str, ...]:
    """1.234,50 and 1,234.50 -> 1234 and 50."""
    *whole, last = re.split(r"[ .,']", written)
    if len(last) < 3:
        return ("".join(whole), last)
    return ("".join([*whole, last]),)


def _national(written: str) -> str:
    """A telephone number as dialled within its country, without leading zeros."""
    digits = re.sub(r"[^0-9]", "", written.replace("(0)", ""))
    if written[0] == "+" or digits.startswith("00"):
        digits = digits.removeprefix("00")
        if country := _COUNTRY.match(digits):
            digits = digits[country.end() :]
    return digits.lstrip("0")


def places(text: str) -> list[tuple[int, int]]:
    """The positions of the words of a normalized text."""
    return [found.span() for found in TOKEN.finditer(text.translate(_KINDS))]

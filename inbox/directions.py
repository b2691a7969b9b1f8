"""Keeps numbers, codes and addresses readable in right-to-left text.

Between right-to-left words a browser reverses a sequence of several pieces: "+49 30 1234" becomes
"1234 30 49+".
"""

import re
from collections.abc import Iterator

from inbox.layout import INLINE, Token, tokens_of

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SPACE = r"(?:[ \xa0]|&nbsp;)"
_CURRENCY = r"[€$£₪]"
_WORD = r"[A-Za-z\u00c0-\u024f\d]+"
# Words and numbers of one phrase stay together: apart they would change places.
_RUN = re.compile(
    rf"(?<![&\w])(?:[+(#]|{_CURRENCY}{_SPACE}?){{0,2}}{_WORD}"
    rf"(?:(?:[-./:,_+()#*=@%]{{1,3}}|\)?{_SPACE}[(+]?){_WORD})*"
    rf"(?:[)%]|{_SPACE}?{_CURRENCY})?"
)
_DIGIT = re.compile(r"\d")
_ENTITY = re.compile("&[a-z]+;")
_LETTER = re.compile(r"[^\W\d_]")


def isolated(markup: str) -> str:
    """Clean markup in which left-to-right sequences keep their order."""
    if not _RIGHT_TO_LEFT.search(markup):
        return markup
    parts, line = list[str](), list[Token]()
    for token in tokens_of(markup):
        line.append(token)
        if token.tag and token.tag not in INLINE:
            parts += _line(line)
            line = []
    return "".join([*parts, *_line(line)])


def _line(tokens: list[Token]) -> Iterator[str]:
    """Lines that begin left-to-right stay unchanged: isolated pieces would be reversed in them."""
    words = "".join(_ENTITY.sub(" ", token.text) for token in tokens if not token.tag)
    letter = _LETTER.search(words)
    is_turned = letter is not None and _RIGHT_TO_LEFT.match(letter[0])
    depth = 0
    for token in tokens:
        depth += (token.tag == "a") * (-1 if token.closes else 1)
        if token.tag or not is_turned:
            yield token.text
        elif depth and not _RIGHT_TO_LEFT.search(token.text):
            yield _apart(token.text)
        else:
            yield _RUN.sub(_with_order, token.text)


def _with_order(run: re.Match[str]) -> str:
    is_simple = run[0].isdecimal() or not _DIGIT.search(run[0])
    return run[0] if is_simple else _apart(run[0])


def _apart(text: str) -> str:
    return f'<bdi dir="ltr">{text}</bdi>'

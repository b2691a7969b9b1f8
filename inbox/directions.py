"""Numbers, codes and addresses among words that are read from right to left.

Between such words a browser turns round what is put together of several pieces: "+49 30 1234"
becomes "1234 30 49+".
"""

import re

from inbox.layout import tokens_of

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


def isolated(markup: str) -> str:
    """Clean markup in which what is read from left to right keeps its order."""
    if not _RIGHT_TO_LEFT.search(markup):
        return markup
    parts, depth = list[str](), 0
    for token in tokens_of(markup):
        depth += (token.tag == "a") * (-1 if token.closes else 1)
        if token.tag:
            parts.append(token.text)
        elif depth and not _RIGHT_TO_LEFT.search(token.text):
            parts.append(_apart(token.text))
        else:
            parts.append(_RUN.sub(_with_order, token.text))
    return "".join(parts)


def _with_order(run: re.Match[str]) -> str:
    is_simple = run[0].isdecimal() or not _DIGIT.search(run[0])
    return run[0] if is_simple else _apart(run[0])


def _apart(words: str) -> str:
    return f'<bdi dir="ltr">{words}</bdi>'

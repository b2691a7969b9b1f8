"""Fits clean markup to a column: removes hidden text, layout tables and empty space."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

# The output format of the HTML cleaner.
TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s[a-z-]+="[^"]*")*)\s*>|<+(?=<)|<?[^<]+|<')
VOID = {"br", "hr", "img"}
INLINE = {"span", "b", "strong", "i", "em", "u", "s", "a", "code"}
PARTS = {"table", "thead", "tbody", "tr", "td", "th"}
CELLS = {"td", "th"}
# What a style does to an element's text; the cleaner keeps only these words of it.
HIDDEN, TOO_SMALL, LARGE_ENOUGH = "hidden", "small", "large"
_MARK = re.compile(r'\sstyle="([a-z]*)')
_LAYS_OUT = re.compile(r'\srole="(?:presentation|none)"')
_BLANK = re.compile(r"(?:\s|&nbsp;)*")  # a no-break space is one too
_NOT_SHOWN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0*(?:\.0+)?\s*(?:;|!|$)"
    r"|max-height\s*:\s*0+(?:\.0+)?(?:px|pt|em|%)?\s*(?:;|!|$))",
    re.IGNORECASE,
)
_FLAT = re.compile(r"(?:^|;)\s*height\s*:\s*0+(?:\.0+)?(?:px|pt|em|%)?\s*(?:;|!|$)", re.IGNORECASE)
_CUT_OFF = re.compile(r"(?:^|;)\s*overflow\s*:\s*hidden", re.IGNORECASE)
# Hidden from Office only, which has its own version of the element.
_NOT_IN_OFFICE = re.compile(r"(?:^|;)\s*mso-hide\s*:\s*all", re.IGNORECASE)
_SIZE = re.compile(
    r"(?:^|;)\s*font(?:-size)?\s*:\s*(?:[a-z-]{1,20}\s+){0,6}(\d*\.?\d+)(px|pt|r?em|%)?",
    re.IGNORECASE,
)
SMALLEST = {"px": 2, "pt": 2, "": 2, "%": 15}
SMALLEST_EM = 0.15


class Token(NamedTuple):
    text: str
    tag: str = ""  # empty for text
    attributes: str = ""
    closes: bool = False

    @property
    def opens(self) -> bool:
        return bool(self.tag) and not self.closes and self.tag not in VOID

    @property
    def shows(self) -> bool:
        """Whether it is visible: text or a picture."""
        return self.tag == "img" or not (self.tag or _BLANK.fullmatch(self.text))

    @property
    def is_blank(self) -> bool:
        """Whether it takes room and shows nothing. Plain spaces that start a line take none."""
        return not self.tag and not self.shows and bool(self.text.strip(" \t\r\n"))


def shown_as(tag: str, style: str) -> str:
    """What a style does to an element's text: HIDDEN, TOO_SMALL, LARGE_ENOUGH, or nothing."""
    is_flat = _FLAT.search(style) and _CUT_OFF.search(style)
    if is_flat or _NOT_SHOWN.search(style) or (tag != "a" and _NOT_IN_OFFICE.search(style)):
        return HIDDEN
    if size := _SIZE.search(style):
        unit = (size[2] or "").lower()
        return TOO_SMALL if float(size[1]) < SMALLEST.get(unit, SMALLEST_EM) else LARGE_ENOUGH
    return ""


def tokens_of(markup: str) -> Iterator[Token]:
    for found in TOKEN.finditer(markup):
        yield Token(found[0], found[2] or "", found[3] or "", bool(found[1]))


def shows(markup: str) -> bool:
    """Whether the markup shows anything."""
    return any(token.shows for token in tokens_of(markup))


def tidied(markup: str) -> str:
    """The markup without hidden text, with blocks instead of layout tables."""
    tokens = list(tokens_of(markup))
    seen = list(_without_hidden(tokens))
    if not any(token.shows for token in seen):
        # All text is hidden by its style, so it is the message.
        seen = tokens
    blocks = _without_layout(seen)
    return "".join(token.text for token in _without_gaps(blocks))


def _without_hidden(tokens: Iterable[Token]) -> Iterator[Token]:
    hidden = 0  # number of open elements that are hidden, or inside a hidden one
    too_small = [False]
    for token in tokens:
        said = _MARK.search(token.attributes)
        says = HIDDEN if " hidden=" in token.attributes else said[1] if said else ""
        if token.opens:
            if hidden or says == HIDDEN:
                hidden += 1
                continue
            too_small.append(too_small[-1] if not says else says == TOO_SMALL)
        elif token.closes:
            if hidden:
                hidden -= 1
                continue
            too_small.pop()
        elif hidden or says == HIDDEN or (not token.tag and too_small[-1]):
            continue
        yield token


# -- Tables ---------------------------------------------------------------


@dataclass
class _Table:
    is_layout: bool
    own: list[int] = field(default_factory=list)  # positions of its tags
    rows: list[int] = field(default_factory=list)  # cells with content
    is_cell_filled: bool = False
    holds_layout: bool = False
    holds_data: bool = False

    def fill(self) -> None:
        if self.rows and not self.is_cell_filled:
            self.is_cell_filled = True
            self.rows[-1] += 1

    def lays_out(self) -> bool:
        """Whether it is a layout table: no rows to read across."""
        wide = sum(cells > 1 for cells in self.rows)
        return self.is_layout or self.holds_data or not wide or (self.holds_layout and wide < 2)


def _without_layout(tokens: list[Token]) -> list[Token]:
    found = list(tokens)
    open_tables: list[_Table] = []
    for index, token in enumerate(tokens):
        if token.tag == "table" and token.opens:
            open_tables.append(_Table(_LAYS_OUT.search(token.attributes) is not None))
        if not open_tables:
            continue
        table = open_tables[-1]
        if token.tag in PARTS:
            table.own.append(index)
        if token.tag == "tr" and token.opens:
            table.rows.append(0)
        elif token.tag in CELLS:
            table.is_cell_filled = False
        elif token.shows:
            table.fill()
        elif token.tag == "table" and token.closes:
            _close(open_tables, found)
    return found


def _close(open_tables: list[_Table], found: list[Token]) -> None:
    table = open_tables.pop()
    is_layout = table.lays_out()
    if is_layout:
        for index in table.own:
            found[index] = _as_block(found[index])
    if open_tables:
        outer = open_tables[-1]
        outer.holds_layout |= is_layout
        outer.holds_data |= not is_layout
        if any(table.rows):
            outer.fill()


def _as_block(token: Token) -> Token:
    if token.tag not in CELLS:
        return Token("")
    tag = "</div>" if token.closes else f"<div{token.attributes}>"
    return Token(tag, "div", token.attributes, token.closes)


# -- Empty lines ----------------------------------------------------------

IN_LINE, LINE_ENDED, LINE_EMPTY = range(3)


def _without_gaps(tokens: list[Token]) -> list[Token]:
    """At most one empty line in a row, and none at either end."""
    kept: list[Token] = []
    last, at, verbatim = 0, LINE_EMPTY, 0  # `last`: number of tokens up to the last visible one
    for token, following in zip(tokens, [*tokens, Token("")][1:], strict=True):
        verbatim += (token.tag == "pre") * (-1 if token.closes else 1)
        if token.shows or token.tag == "hr":
            at = LINE_EMPTY if token.tag == "hr" else IN_LINE
            last = len(kept) + 1
        elif not verbatim and (token.tag == "br" or token.is_blank):
            if at == LINE_EMPTY or (at == LINE_ENDED and following.tag == "br"):
                continue
            at += token.tag == "br" or at == LINE_ENDED
        elif token.tag and token.tag not in INLINE:
            at = max(at, LINE_ENDED)
        kept.append(token)
    return kept[:last] + [token for token in kept[last:] if token.tag not in {"", "br"}]

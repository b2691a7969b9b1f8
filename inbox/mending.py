"""Repairs the source of a message: undoes what programs on its way did to it.

The sender's own text stays: if both readings are possible, it counts as the sender's.
"""

import re
from collections import Counter
from functools import partial

from inbox.mirakl.words import decoded_once

# -- Pictures inside the text ---------------------------------------------

_DATA = r"\s{0,9}data:[\w/+.;=-]{0,99},"
_PICTURE = re.compile(
    rf"(?:(?<=[\"'])|(?<=&quot;)|(?<=&#3[49];)){_DATA}[\w+/=%\s-]*+(?=[\"'&])"
    rf"|(?<=[\"'(=;]){_DATA}[\w+/=%-]*+"
)


def without_pictures(body: str) -> str:
    """The body without the bytes of embedded pictures, which would count as text."""
    return _PICTURE.sub("", body) if "data:" in body else body


# -- Escapes of mail ------------------------------------------------------

_WEB = r"https?://[^\s<>\"']+"
_ESCAPES = re.compile(
    rf"(?P<web>{_WEB})|(?P<bytes>(?:=[0-9A-F]{{2}})+)|=(?:\r?\n|<br\s*/?>)", re.IGNORECASE
)
_UTF8 = re.compile(
    r"(?:=(?:C[2-9A-F]|D[0-9A-F])|=E[0-9A-F]=[89AB][0-9A-F]|=F[0-4](?:=[89AB][0-9A-F]){2})"
    r"=[89AB][0-9A-F]",
    re.IGNORECASE,
)
# ä, é, ß and the like of Latin-1, within a word or at its end.
_LATIN = re.compile(r"[A-Za-z]=(?:DF|[EF][0-9A-F])(?=[a-z]|=[0-9A-F]{2}|[\s.,;:!?<]|$)")
_SIGNS = re.compile(r"=20\r?$|=3D[\"']|=0D=0A|=\r?$", re.MULTILINE)
FEWEST_ESCAPES = 3


def without_mail_escapes(text: str) -> str:
    """The text with quoted-printable decoded; unchanged if it may be anything else."""
    if "=" not in text:
        return text
    plain = re.sub(_WEB, "", text)
    utf8 = sum(one.count("=") for one in _UTF8.findall(plain))
    found = utf8 or len(_LATIN.findall(plain))
    if not found or found + len(_SIGNS.findall(plain)) < FEWEST_ESCAPES:
        return text
    return _ESCAPES.sub(partial(_unescaped, charset="utf-8" if utf8 else "cp1252"), text)


def _unescaped(found: re.Match[str], charset: str) -> str:
    if found["web"]:
        return found[0].replace("=3D", "=")
    if not found["bytes"]:
        return ""
    try:
        return bytes.fromhex(found[0].replace("=", "")).decode(charset)
    except UnicodeDecodeError:
        return found[0]


# -- Style sheets that lost their tags ------------------------------------

_SELECTOR = (
    r"(?:[@.#*][\w-]+|(?:p|a|li|ul|ol|div|span|table|t[dhr]|body|html|h[1-6]|pre|img)(?![\w-]))"
    r"(?:[\w .:#>*\t-]|,\s{0,9}){0,200}+\s{0,9}"
)
_PROPERTY = (
    r"(?:-?mso-|-webkit-|font|margin|padding|color|background|border|text-|line-|letter-|word-"
    r"|display|width|height|size|page|list-|vertical-|panose|direction|white-|max-|min-|float"
    r"|position|overflow|opacity|outline|box-|table-|src|top|left|right|bottom)[a-z0-9-]*"
)
_RULE = rf"{_SELECTOR}\{{(?:\s*{_PROPERTY}\s*:[^{{}};]{{1,300}}(?:;|(?=\}})))+\s*\}}\s*"
_SECTION = rf"@[\w-]+[^{{}}\n]{{0,200}}\{{\s*(?:{_RULE})+\}}\s*"
_COMMENT = r"/\*[^*\n]{0,200}\*/\s*"
_RULES = re.compile(
    rf"(?:(?<=>)|^)[^\S\n]*(?:{_COMMENT})*(?:{_RULE}|{_SECTION})(?:{_RULE}|{_SECTION}|{_COMMENT})*",
    re.IGNORECASE | re.MULTILINE,
)


def without_styles(text: str) -> str:
    """The text without style rules at the beginning of a line."""
    return _RULES.sub("", text) if "{" in text else text


# -- Tags, and what only looks like one -----------------------------------

# Each of these is a tag, closed or not.
_STANDING_ALONE = {
    *("html", "head", "body", "meta", "link", "base", "br", "hr", "img", "p", "div", "li", "wbr"),
    *("table", "thead", "tbody", "tfoot", "tr", "td", "th", "col", "ul", "ol", "blockquote"),
    *("pre", "h1", "h2", "h3", "h4", "h5", "h6", "plaintext", "input", "embed", "source"),
    *("dl", "dt", "dd", "area", "script", "style", "xml"),
}
_IF_CLOSED = {
    *("a", "abbr", "acronym", "address", "article", "aside", "b", "bdi", "bdo", "big", "caption"),
    *("center", "cite", "code", "colgroup", "datalist", "del", "details", "dfn", "em", "fieldset"),
    *("figcaption", "figure", "font", "footer", "form", "header", "hgroup", "i", "ins", "kbd"),
    *("label", "legend", "main", "map", "mark", "nav", "nobr", "option", "optgroup", "picture"),
    *("progress", "q", "ruby", "rp", "rt", "s", "samp", "section", "small", "span", "strike"),
    *("strong", "sub", "summary", "sup", "time", "tt", "u", "var"),
}
# Unclosed, these would hide everything after them.
_SWALLOWING = {
    *("script", "style", "title", "template", "noscript", "svg", "math", "iframe", "object"),
    *("select", "textarea", "button", "audio", "video", "canvas", "noframes", "noembed", "xmp"),
    "xml",
}
_KNOWN = _STANDING_ALONE | _IF_CLOSED | _SWALLOWING
_ALIASES = {
    **dict.fromkeys(("center", "section", "article", "aside", "main", "header", "footer"), "div"),
    **dict.fromkeys(("address", "figure", "figcaption", "nav", "dl", "dt", "dd", "form"), "div"),
    **dict.fromkeys(("fieldset", "legend", "hgroup", "details", "summary"), "div"),
    **dict.fromkeys(("font", "label", "mark", "small", "ins", "bdi"), "span"),
}
# Without their table, a cleaner drops these and joins the texts they separate.
_PARTS = {"thead", "tbody", "tfoot", "tr", "td", "th", "caption"}
_SWITCHES = {
    *("nowrap", "noshade", "hidden", "compact", "selected", "checked", "disabled", "readonly"),
    *("required", "async", "defer", "open", "multiple", "controls", "novalidate"),
}
# Text after this many tags is left unchanged.
MOST_TAGS = 2_500
_NO_TAG = re.compile(r"<(?!/?[a-z]|!--|!doctype|!\[|\?xml)", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-z](?:[\w:.-]*\w)?)([^<>]*)(>?)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\s[\w:@.-]+(?:=[\w#/.%:+-]|\s?=\s?[\"'])")
_SPACE = " \t\r\n\f/"
# Also written by people as words in angle brackets: a key, a button, a size.
_WORDS = {
    *("p", "li", "input", "source", "head", "body", "link", "base", "area", "col", "th", "td"),
    *("tr", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ol", "ul", "meta"),
    *("script", "style", "xml", "embed", "plaintext", "table"),
}
MOST_WORDS = 2
_BEFORE_WORD = frozenset(" \xa0\"'“„«(")
_AFTER_WORD = frozenset(["", *" \xa0\n\r.,;:!?)\"'”“»"])
# Office's own tags. The content of these is a program's; in the others, and in marked names, it is
# a person's.
_OFFICE = re.compile(r"(?:[owxvmp]|st\d|w\d+|u\d):[a-z]")
_OFFICE_DATA = re.compile(r"[wx]:|o:(?!p$)")
_UNCLOSED_COMMENT = re.compile(r"<!--\s*(?:\[if[^\]<>]*\]>?)?")
_BREAK_IN_TEXT = re.compile(r"\S<br\s*/?>|<br\s*/?>\S", re.IGNORECASE)


def as_markup(text: str) -> str:
    """The text with each "<" escaped that begins no tag; empty if the text is no markup."""
    if "<" not in text:
        return ""
    found = _NO_TAG.sub("&lt;", _without_open_comment(text)).split("<", MOST_TAGS)
    beginning, rest = "<".join(found[:MOST_TAGS]), found[MOST_TAGS:]
    tags = _Tags(beginning)
    told = _TAG.sub(tags.told, beginning)
    if tags.has_any and not tags.is_sure and "<!" not in beginning:
        return ""
    return "<".join([told, *rest]) if tags.has_any or "<" in told else ""


def unescaped_markup(text: str) -> str:
    """The text as markup if it was escaped as a whole; else empty."""
    if "<" in text or "&" not in text:
        return ""
    markup = as_markup(decoded_once(text))
    tags = _Tags(markup)
    is_closed = any(tags.closed[name] for name in tags.opened if name not in _SWALLOWING)
    return markup if is_closed or _BREAK_IN_TEXT.search(markup) else ""


def _without_open_comment(text: str) -> str:
    """An unclosed comment would hide everything after it."""
    start = text.find("<!--")
    while start >= 0 and (end := text.find("-->", start + 2)) >= 0:
        start = text.find("<!--", end)
    return text if start < 0 else text[:start] + _UNCLOSED_COMMENT.sub("", text[start:])


class _Tags:
    """The tags of a text, and how often each is opened and closed."""

    def __init__(self, text: str) -> None:
        self.opened, self.closed = Counter[str](), Counter[str]()
        self.with_attributes = set[str]()
        self.has_any = False
        self.is_sure = False  # one of them can only be a tag
        for slash, name, rest, _end in _TAG.findall(text):
            if slash:
                self.closed[name.lower()] += 1
            elif not rest.endswith("/"):
                self.opened[name.lower()] += 1
            if rest and _ATTRIBUTE.search(rest):
                self.with_attributes.add(name.lower())

    def told(self, found: re.Match[str]) -> str:
        slash, name, rest, end = found[1], found[2].lower(), found[3], found[4]
        if _OFFICE.match(name):
            self.has_any = self.is_sure = True
            is_data = _OFFICE_DATA.match(name) and self._is_balanced(name, rest)
            return f"<{slash}xml>" if is_data else ""
        if not self._is_tag(name, slash, rest, end):
            return f"&lt;{found[0][1:]}"
        self.has_any = True
        self.is_sure = self.is_sure or not self._may_be_word(found)
        if name in _PARTS and not self.opened["table"]:
            name = "div"
        if name in _SWALLOWING and not self._is_balanced(name, rest):
            return ""
        # The sanitizer takes a MathML or SVG name outside of either for an attack.
        return f"<{slash}{_ALIASES.get(name, name if name in _KNOWN else 'span')}{rest}{end}"

    def _may_be_word(self, found: re.Match[str]) -> bool:
        """Whether it stands alone in a sentence: "size <P>, please"."""
        slash, name, rest = found[1], found[2].lower(), found[3]
        if slash or rest or name not in _WORDS or self.closed[name]:
            return False
        before = found.string[max(found.start() - 2, 0) : found.start()]
        after = found.string[found.end() : found.end() + 1]
        is_within = before[-1:] in _BEFORE_WORD and before.strip(_SPACE) != ""
        is_all = not (before or after)
        return is_all or (is_within and after in _AFTER_WORD and self.opened[name] <= MOST_WORDS)

    def _is_balanced(self, name: str, rest: str) -> bool:
        return not rest.endswith("/") and self.opened[name] == self.closed[name]

    def _is_tag(self, name: str, slash: str, rest: str, end: str) -> bool:
        if rest[:1].strip(_SPACE):
            return False
        if _ATTRIBUTE.search(rest):
            return True
        may_be = name in _KNOWN or "-" in name
        if slash:
            return name in self.with_attributes or (may_be and self.opened[name] > 0)
        if not end or not _SWITCHES.issuperset(rest.strip(_SPACE).lower().split()):
            return False
        return name in _STANDING_ALONE or (may_be and self.closed[name] > 0)

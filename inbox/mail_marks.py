"""How mail programs mark the quoted mail in their HTML."""

import re

# Attributes that the cleaner must keep on these tags.
MARKED_BY = {
    "div": {"class", "id", "name", "data-marker"},
    "blockquote": {"class", "id", "type", "data-marker"},
    "hr": {"id", "data-marker"},
}

# Gmail, Yahoo and AOL, Thunderbird, Proton, Outlook on the web, on phones and on a Mac, Apple Mail,
# Zimbra, GMX and web.de, Zoho, Tuta, Fastmail, Spark. Gmail and Outlook rename ids.
_NAMES = (
    r"gmail_quote(?:_container)?|gmail_extra|yahoo_quoted(?:_\w+)?|moz-cite-prefix"
    r"|protonmail_quote|divRplyFwdMsg|appendonsend|OutlookMessageHeader"
    r"|ms-outlook-mobile-reference-message|mail-editor-reference-message-container"
    r"|zwchr|zmail_extra|tutanota_quote|messageReplySection|qt"
)
_OPENS = re.compile(
    rf'\s(?:class|id|name)="(?:[^"]*\s)?(?:[xm]_(?:-?\d+)?)*(?:{_NAMES})[\s"]'
    r'|\sdata-marker="__(?:DIVIDER|HEADERS|QUOTED_TEXT)__"|\sname="quote"|\stype="cite"',
    re.IGNORECASE,
)
# These contain history only; in others an answer may stand between two quotes.
_HOLDS = re.compile(
    r'\s(?:class|id|name)="(?:[^"]*\s)?(?:[xm]_(?:-?\d+)?)*(?:yahoo_quoted(?:_\w+)?'
    r"|ms-outlook-mobile-reference-message|mail-editor-reference-message-container)"
    r'[\s"]|\sname="quote"',
    re.IGNORECASE,
)
_RULED = re.compile(r'\sstyle="[^"]*border-(?:top:[^";]*solid|style:\s*solid none none)')


def opens_history(attributes: str) -> bool:
    return _OPENS.search(attributes) is not None


def holds_history(tag: str, attributes: str) -> bool:
    return tag == "blockquote" or _HOLDS.search(attributes) is not None


def is_ruled(attributes: str) -> bool:
    """Outlook draws a line above the header block of the quoted mail."""
    return _RULED.search(attributes) is not None

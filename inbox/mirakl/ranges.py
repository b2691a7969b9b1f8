"""Parts of files (RFC 9110, 14): requested, and checked when they arrive.

No document says whether M13 supports ranges. Without support it sends the whole file, which works
as well.
"""

import re
from dataclasses import dataclass

import httpx

from inbox.mirakl import errors

ASKED = re.compile(r"bytes=(?:(?P<start>\d+)-\d*|-\d+)", re.ASCII)
GIVEN = re.compile(r"bytes (?P<start>\d{1,18})-(?P<end>\d{1,18})/(?:\d{1,18}|\*)", re.ASCII)
NOT_THE_PART = "It sent another part than it was asked for."


@dataclass(frozen=True)
class Part:
    """`span` is a Range of one span, `unless` the If-Range of the part already downloaded."""

    span: str
    unless: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Range": self.span} | ({"If-Range": self.unless} if self.unless else {})


def part(span: str, unless: str = "") -> Part | None:
    """None for a range that may be ignored: other units, or several spans."""
    return Part(span, unless) if ASKED.fullmatch(span) else None


def given(operation: str, response: httpx.Response, asked: Part | None) -> str:
    """The Content-Range of a part, checked; empty if the whole file arrives."""
    if response.status_code != 206:
        return ""
    wanted = ASKED.fullmatch(asked.span) if asked else None
    found = GIVEN.fullmatch(response.headers.get("Content-Range", ""))
    if not wanted or not found or wanted["start"] not in (None, found["start"]):
        raise errors.Garbled(NOT_THE_PART, operation=operation)
    length = int(found["end"]) - int(found["start"]) + 1
    if response.headers.get("Content-Length", str(length)) != str(length):
        raise errors.Garbled(NOT_THE_PART, operation=operation)
    return found[0]

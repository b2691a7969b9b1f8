"""Pages: signed seek tokens (M11, SOR11, ST11, RT11) and offsets (OR11, OR41, M01, S20)."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from inbox.sandbox.errors import ApiError
from inbox.sandbox.parameters import flag, number
from inbox.sandbox.wire import Json

BAD_TOKEN = ApiError(400, "Invalid page_token")
MAXIMUM = 100
Row = TypeVar("Row")
Place = list[str]  # a date and an id; a list, so that it travels as JSON


class Seal:
    """Creates tamper-proof tokens for one caller and a limited time.

    A token contains the whole query it continues, so all other parameters are ignored.
    """

    def __init__(self, lifetime: float = 3600) -> None:
        self.lifetime = lifetime
        self._key = secrets.token_bytes(32)

    def close(self, query: Json, owner: str) -> str:
        content = json.dumps({"query": query, "owner": owner, "at": time.time()}).encode()
        return f"{_encode(content)}.{_encode(self._sign(content))}"

    def open(self, token: str, owner: str) -> Json:
        content, signature = _split(token)
        if not hmac.compare_digest(signature, self._sign(content)):
            raise BAD_TOKEN
        opened = json.loads(content)
        if opened["owner"] != owner or time.time() > opened["at"] + self.lifetime:
            raise BAD_TOKEN
        query: Json = opened["query"]
        return query

    def _sign(self, content: bytes) -> bytes:
        return hmac.new(self._key, content, hashlib.sha256).digest()


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


def _split(token: str) -> tuple[bytes, bytes]:
    content, _, signature = token.partition(".")
    try:
        return _decode(content), _decode(signature)
    except (binascii.Error, ValueError):
        raise BAD_TOKEN from None


def _decode(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)


def limit(request: Request, default: int) -> int:
    """Mirakl does not document a limit of 101. The sandbox refuses it, so that no client relies on
    it."""
    return number(request, "limit", default=default, low=1, high=MAXIMUM)


def seek(
    matching: Callable[[bool, Place | None], Iterator[Row]],
    size: int,
    *,
    after: Place | None,
    before: Place | None,
) -> tuple[list[Row], bool, bool]:
    """Returns a page and whether there are pages before and after it.

    `matching(backwards, beyond)` yields rows from a position on; one more than needed is taken.
    """
    page = list(islice(matching(before is not None, before or after), size + 1))
    has_more = len(page) > size
    if before is not None:
        return page[:size][::-1], has_more, bool(page)
    return page[:size], after is not None and bool(page), has_more


def by_token(
    request: Request,
    seal: Seal,
    owner: str,
    query: Json,
    matching: Callable[[Json], list[Row]],
) -> tuple[list[Row], dict[str, str]]:
    """Returns a page of rows in a fixed order, and the tokens of its neighbours."""
    token = request.args.get("page_token")
    query = {"start": 0, **query} if token is None else seal.open(token, owner)
    found, start, end = matching(query), query["start"], query["start"] + query["limit"]
    tokens = {}
    if start > 0:
        before = query | {"start": max(0, start - query["limit"])}
        tokens["previous_page_token"] = seal.close(before, owner)
    if end < len(found):
        tokens["next_page_token"] = seal.close(query | {"start": end}, owner)
    return found[start:end], tokens


@dataclass(frozen=True, slots=True)
class Offset:
    """`max` and `offset`; `paginate=false` returns everything at once."""

    start: int
    size: int | None

    @classmethod
    def from_request(cls, request: Request) -> "Offset":
        size = number(request, "max", default=10, low=1, high=MAXIMUM)
        start = number(request, "offset", default=0, low=0)
        if not flag(request, "paginate", default=True):
            return cls(0, None)
        return cls(start, size)

    def cut(self, rows: list[Row]) -> list[Row]:
        return rows if self.size is None else rows[self.start : self.start + self.size]

    def link(self, request: Request, total: int, response: Response) -> Response:
        """The `Link` header; Mirakl calls the page before `previous`."""
        links = []
        if self.size is not None and self.start > 0:
            links.append(self._one(request, max(0, self.start - self.size), "previous"))
        if self.size is not None and self.start + self.size < total:
            links.append(self._one(request, self.start + self.size, "next"))
        if links:
            response.headers["Link"] = ", ".join(links)
        return response

    def _one(self, request: Request, start: int, relation: str) -> str:
        query = request.args.to_dict() | {"max": str(self.size), "offset": str(start)}
        return f'<{request.base_url}?{urlencode(query)}>; rel="{relation}"'

"""A proxy between the desk and the sandbox that changes answers at random."""

import json
import random
from dataclasses import dataclass, field
from typing import Any

import httpx

SHARE_OF_LIES = 0.7
STATUSES = [200, 200, 201, 202, 204, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503]
# Values in place of a documented text, number, list or object.
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 7, 2**31, 2**63, -(2**70), 10**400, 0.1, 1e308, float("nan")),
    *(
        "",
        " ",
        "a\0b",
        "\ud800",
        "x" * 300,
        "é" * 5000,
        "<script>alert(1)</script>",
        "%s {0} {{ a }}",
    ),
    *("..", ".", "a/b", "a\\b", "javascript:alert(1)", "//evil.example/", "\u202egnp.exe", "~2F"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "1e5"),
    *("2026-01-01T00:00:00+25:00", "٣", "CUSTOMER_USER", "SHOP", "REASON_CODE"),
    *([], {}, [[]], [None], ["a", "a"], {"a": {"b": []}}, [{}], {"id": None}, {"": ""}),
]
HEADERS = [
    {"Content-Type": "text/html"},
    {"Content-Type": "application/json; charset=utf-16"},
    {"Content-Type": ";=;"},
    {"Content-Encoding": "gzip"},
    {"Content-Encoding": "br, x"},
    {"Content-Length": "-1"},
    {"Content-Range": "bytes 9-1/0"},
    {"Content-Disposition": "attachment; filename*=utf-8''%00%ff"},
    {"Retry-After": "-1"},
    {"Retry-After": "9" * 400},
    {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"},
    {"Date": "Mon, 01 Jan 0001 00:00:00 GMT"},
    {"Location": "//evil.example/\x7f"},
    {"Set-Cookie": "a=b; Domain=.example"},
]


@dataclass
class Liar:
    """Changes answers by its seed; without a seed, passes them on. `junk` replaces every answer."""

    seed: int | None = None
    junk: Any = None
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self._honest(request)
        if self.seed is None:
            return answer
        self.asked.append(f"{request.method} {request.url.path}")
        rng = random.Random(f"{self.seed} {self.asked[-1]} {self.asked.count(self.asked[-1])}")
        return self._bent(answer, rng) if rng.random() < SHARE_OF_LIES else answer

    def _honest(self, request: httpx.Request) -> httpx.Response:
        with httpx.Client(timeout=60, trust_env=False) as http:
            headers = {k: v for k, v in request.headers.items() if k != "accept-encoding"}
            given = http.request(
                request.method, request.url, headers=headers, content=request.content
            )
        kept = {k: v for k, v in given.headers.items() if k not in {"content-length", "date"}}
        return httpx.Response(given.status_code, headers=kept, content=given.content)

    def _bent(self, answer: httpx.Response, rng: random.Random) -> httpx.Response:
        status, body = answer.status_code, answer.content
        headers = {k: v for k, v in answer.headers.items() if k != "content-length"}
        if rng.random() < 0.3:
            status = rng.choice(STATUSES)
        if rng.random() < 0.2:
            headers |= {name.lower(): value for name, value in rng.choice(HEADERS).items()}
        match rng.random():
            case chance if chance < 0.15:
                body = as_json(self.junk)
            case chance if chance < 0.2:
                body = body[: rng.randint(0, len(body))]
            case chance if chance < 0.9 and "json" in answer.headers.get("content-type", ""):
                body = as_json(changed(json.loads(body or b"null"), rng))
        return httpx.Response(status, headers=headers, content=body)


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def changed(value: Any, rng: random.Random, share: float | None = None) -> Any:
    """Returns the same structure with some values removed, doubled or replaced."""
    share = rng.choice([0.02, 0.1, 0.3]) if share is None else share
    if rng.random() < share:
        return rng.choice(VALUES)
    if isinstance(value, list):
        times = 2 if rng.random() < share else 1
        return [changed(one, rng, share) for one in value * times]
    if isinstance(value, dict):
        kept = {name: one for name, one in value.items() if rng.random() >= share / 3}
        return {name: changed(one, rng, share) for name, one in kept.items()}
    return value

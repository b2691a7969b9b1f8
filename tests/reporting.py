"""A team's waits of some weeks, and what reports say of them."""

import csv
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.builders import text_of
from tests.html import Page

if TYPE_CHECKING:
    from django.test import Client

    from inbox.models import CannedReply, Marketplace, Span, Thread, User

NUMBERS = count(1)
TOTAL = re.compile(r'<span\b[^>]*\bdata-total="(\d+)"')


def wait(
    marketplace: "Marketplace",
    asked_at: datetime,
    seconds: float | None = None,
    /,
    *,
    ended_by: str = "reply",
    **columns: Any,
) -> "Span":
    """Stores a wait of a new thread; without `seconds` it is open."""
    from inbox.models import Span

    thread = columns.pop("thread", None) or new_thread(marketplace, asked_at)
    ended = None if seconds is None else asked_at + timedelta(seconds=seconds)
    author = columns.get("author")
    values: dict[str, Any] = {
        "ordinal": 1,
        "asker": "CUSTOMER",
        "last_asked_at": asked_at,
        "messages_in": 1,
        "ended_at": ended,
        "ended_by": ended_by if ended else "",
        "answer_id": f"answer-{next(NUMBERS)}" if ended and ended_by == "reply" else "",
        "is_from_desk": author is not None,
        "is_first_reply": ended is not None and ended_by == "reply",
        "working_seconds": None if seconds is None else max(seconds - 3600, 0),
        "limit_at": asked_at + timedelta(hours=24),
    }
    return Span.objects.create(
        marketplace=marketplace, thread=thread, asked_at=asked_at, **values | columns
    )


def say(span: "Span", canned: "CannedReply | None" = None) -> None:
    """Stores the messages of a wait; a reply of the desk's has failed once."""
    from inbox.models import Event, Message, Outgoing

    its = {"marketplace": span.marketplace, "thread": span.thread}
    asked = {"mirakl_id": f"ask-{span.pk}", "created_at": span.asked_at}
    Message.objects.create(**its, **asked, sender_type=f"{span.asker}_USER")
    if not span.answer_id:
        return
    answer = {"mirakl_id": span.answer_id, "created_at": span.ended_at}
    Message.objects.create(**its, **answer, sender_type="SHOP_USER", is_from_desk=span.is_from_desk)
    if span.is_from_desk:
        settled = {"state": "sent", "settled_at": span.ended_at, "message_id": span.answer_id}
        began_with = {"canned": canned, "canned_kept": 0.8 if canned else None}
        reply = Outgoing.objects.create(
            **its, **settled, **began_with, body="Hello", author=span.author
        )
        for verb in ("failed", "resent"):
            about = {"reply": str(reply.token)}
            event = Event.objects.create(**its, verb=verb, by=span.author, about=about)
            Event.objects.filter(pk=event.pk).update(at=span.ended_at)


def settle(span: "Span", by: "User", number: int) -> None:
    """Stores a closing after the wait, or that its answer was the last."""
    from inbox.models import Resolution

    assert span.ended_at
    Resolution.objects.create(
        marketplace=span.marketplace,
        thread=span.thread,
        kind=["closed", "quiet"][number % 2],
        begun_at=span.asked_at,
        resolved_at=span.ended_at,
        by=by,
        replies=1 + number % 3,
        messages=2 + number % 3,
        followed_at=span.ended_at + timedelta(days=2) if number % 8 == 0 else None,
        was_thanked=number % 5 == 0,
    )


def new_thread(marketplace: "Marketplace", at: datetime) -> "Thread":
    from inbox.models import Thread

    number = next(NUMBERS)
    return Thread.objects.create(
        marketplace=marketplace,
        mirakl_id=f"report-{number}",
        last_message_at=at,
        customer_name=f"Customer {number}",
    )


@dataclass(frozen=True)
class Shown:
    """A figure as a page shows it."""

    metric: str
    value: str
    url: str
    by: str = ""
    key: str = ""


@dataclass
class Report:
    """Reads reports as a lead's browser does."""

    client: "Client"
    query: str = ""
    figures: list[Shown] = field(default_factory=list)

    def open(self, name: str = "overview", **query: str | list[str]) -> Page:
        response = self.client.get(f"/reports/{name}/", query)
        assert response.status_code == 200, response.content
        page = Page(text_of(response))
        self.figures = [
            Shown(
                one["data-metric"],
                one["data-value"],
                one.get("href") or next((link["href"] for link in one.find("a")), ""),
                one.get("data-by", ""),
                one.get("data-key", ""),
            )
            for tag in ("a", "td")
            for one in page.find(tag, has="data-metric")
        ]
        return page

    def value(self, metric: str, by: str = "", key: str = "") -> str:
        (found,) = {
            one.value for one in self.figures if (one.metric, one.by, one.key) == (metric, by, key)
        }
        return found

    def url(self, metric: str) -> str:
        """The list that the whole's figure leads to."""
        return next(one.url for one in self.figures if one.metric == metric and not one.by)

    def rows(self, url: str) -> int:
        """The number that the list behind a figure has."""
        response = self.client.get(url)
        assert response.status_code == 200, url
        (total,) = TOTAL.findall(response.text)
        return int(total)

    def table(self, url: str) -> list[dict[str, str]]:
        """The rows behind a figure, from their file."""
        path, _sign, query = url.partition("?")
        response = self.client.get(f"{path.rstrip('/')}.csv?{query}")
        return read_csv(response)


def read_csv(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert len(rows) == int(response.headers["X-Row-Count"])
    return rows


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)

"""Shared by tests of reading: parallel displays, made-up answers, a sandbox with small pages."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from django.db import connection
from django.utils import timezone

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from inbox.models import Marketplace, Thread
    from inbox.services.marketplaces.breaker import Freshness

T = TypeVar("T")


@pytest.fixture
def every_display_asks(settings: "Settings") -> None:
    """Makes every display call Mirakl instead of sharing an answer."""
    settings.INBOX_FRESH_SECONDS = 0


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets five threads a page: many pages without thousands of threads."""
    from inbox.services.mirror import fetching

    monkeypatch.setattr(fetching, "PAGE_SIZE", 5)


def at_once(times: int, display: Callable[[], T]) -> list[T]:
    """Runs a display in several threads at once, each with its own connection."""
    results: list[T] = []
    begin = threading.Barrier(times)

    def run() -> None:
        begin.wait(10)
        try:
            results.append(display())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def refreshed_in_steps(
    marketplace: "Marketplace", steps: int, monkeypatch: pytest.MonkeyPatch
) -> "Freshness":
    """Returns the result of a display whose deadline passes after this many checks."""
    from inbox.services.mirror import sync

    looks = count()
    with monkeypatch.context() as patch:
        usual = sync._Display._time_left
        patch.setattr(
            sync._Display, "_time_left", lambda self: usual(self) if next(looks) < steps else -1
        )
        (freshness,) = sync.refresh([marketplace])
    return freshness


def rewind(marketplace: "Marketplace", **by: float) -> None:
    """Moves a marketplace's times into the past."""
    span = timedelta(**by)
    marketplace.refresh_from_db()
    names = ("refreshed_at", "lease_until", "retry_at", "failing_since")
    moments = {name: getattr(marketplace.mirror, name) for name in names}
    past = {name: moment - span for name, moment in moments.items() if moment}
    type(marketplace.mirror).objects.filter(pk=marketplace.pk).update(**past)
    marketplace.refresh_from_db()


# -- answers that the sandbox would not give ------------------------------


def ago(**span: float) -> str:
    moment = timezone.now() - timedelta(**span)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def message(message_id: str, sender: str, at: str, /, **changes: Any) -> dict[str, Any]:
    """Returns a message from a customer to the shop, or from the shop to a customer."""
    to = "SHOP" if sender == "CUSTOMER" else "CUSTOMER"
    return {
        "id": message_id,
        "body": f"Words of {message_id}",
        "date_created": at,
        "from": {"type": f"{sender}_USER", "display_name": f"{sender.title()} Demo"},
        "to": [{"type": to, "display_name": to.title()}],
    } | changes


def thread_of(*messages: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Returns a thread in M10's format; it awaits the shop if a customer wrote last."""
    latest = messages[-1] if messages else message("none", "SHOP", ago(hours=1))
    awaits = latest["from"]["type"] == "CUSTOMER_USER"
    return {
        "id": "thread-1",
        "topic": {"type": "FREE_TEXT", "value": "The lamp"},
        "entities": [{"type": "MMP_ORDER", "id": "MV-1-A", "label": "MV-1-A"}],
        "authorized_participants": [{"type": "CUSTOMER", "id": "C-1", "display_name": "Élise"}],
        "current_participants": [],
        "date_created": ago(days=9),
        "date_updated": latest["date_created"],
        "metadata": {
            "total_count": len(messages),
            "last_message_date": latest["date_created"],
            "last_sender": latest["from"],
            "shop_reply_needed_since": latest["date_created"] if awaits else None,
        },
        "messages": list(messages),
    } | changes


def page_of(*threads: Any, **changes: Any) -> dict[str, Any]:
    return {"data": list(threads)} | changes


def store_record(marketplace: "Marketplace", *messages: dict[str, Any], **changes: Any) -> "Thread":
    """Stores the thread of these messages as M10 gives it."""
    import msgspec

    from inbox import mirakl
    from inbox.services.mirror.upsert import store_thread

    record = msgspec.convert(thread_of(*messages, **changes), mirakl.Thread)
    thread = store_thread(marketplace, record, read_at=timezone.now())
    assert thread is not None
    return thread

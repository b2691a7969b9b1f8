"""Waits counted by their definition, without the desk's code: message by message."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

Sent = tuple[str, datetime, Collection[str]]  # the side, when, and the sides it is addressed to


def recount(
    messages: Iterable[Sent], declared: Iterable[datetime], asker: str
) -> list[tuple[datetime, datetime | None]]:
    """The beginning and the end of each wait of one side for the shop."""
    found: list[tuple[datetime, datetime | None]] = []
    messages = list(messages)
    theirs = sorted(at for side, at, to in messages if side == asker and (not to or "SHOP" in to))
    ours = [at for side, at, to in messages if side == "SHOP" and (not to or asker in to)]
    ends = sorted([*ours, *declared])
    for moment in theirs:
        if found and (found[-1][1] is None or moment <= found[-1][1]):
            continue
        found.append((moment, next((end for end in ends if end >= moment), None)))
    return found


def recount_thread(thread: dict[str, Any], asker: str) -> list[tuple[datetime, datetime | None]]:
    """The same of a thread as M10 answers it."""
    messages = [
        (
            one["from"]["type"].removesuffix("_USER"),
            datetime.fromisoformat(one["date_created"]),
            {reader["type"] for reader in one["to"]},
        )
        for one in thread["messages"]
    ]
    declared = [
        datetime.fromisoformat(one["date"]) for one in thread.get("no_store_reply_needed") or []
    ]
    return recount(messages, declared, asker)

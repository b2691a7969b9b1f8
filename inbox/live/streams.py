"""Open streams: server-sent events on their way to browsers."""

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from inbox.live.visitors import Visitor
from inbox.services.people.presence import Stay

# Events that wait for a slow reader. Beyond them its stream ends, and it asks for the difference.
MOST_WAITING = 50
END = b""


def event(name: str, data: Any = None, *, cursor: str = "") -> bytes:
    """One event, with the cursor that its reader has reached."""
    head = f"id: {cursor}\n" if cursor else ""
    return f"{head}event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


@dataclass(eq=False)
class Stream:
    """One browser's. `here` are the threads that its tabs show, by primary key."""

    session: str
    visitor: Visitor
    name: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    here: dict[int, Stay] = field(default_factory=dict)
    waiting: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING + 1))

    def send(self, piece: bytes) -> None:
        if self.waiting.qsize() < MOST_WAITING:
            self.waiting.put_nowait(piece)
        else:
            self.end()

    def end(self, *last: bytes) -> None:
        """Send `last` and end the stream."""
        while not self.waiting.empty():
            self.waiting.get_nowait()
        for piece in (*last, END):
            self.waiting.put_nowait(piece)

"""An open page of the desk: its line to the live channel, and what it asks when told of changes.

As `static/js/live.js`, `news.js`, `bell.js` and `presence.js` do.
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from benchmarks.desk.page_requests import address_in

ROW = re.compile(r'data-row="(\d+)"')
LIST = re.compile(r'data-list="([^"]*)"')
THREAD = re.compile(r'data-thread="(\d+)"')
CURSOR = re.compile(r'data-cursor="([^"]*)"')
THREAD_NOW = re.compile(r'hx-get="([^"]*/now/[^"]*)"')
PRESENCE = re.compile(r'action="([^"]*/presence/)"')
BELL = re.compile(r'hx-get="([^"]*/bell/[^"]*)"')
# Asks for a page of this kind.
Ask = Callable[[str, str], Awaitable[str]]
Event = tuple[str, Any]


def pause_after(took: float) -> float:
    """Seconds to the next request, as in `static/js/lib/pace.js`."""
    return min(30, max(2, 20 * took))


class Line:
    """A browser's one stream, and what the desk is told that it shows."""

    def __init__(self, http: httpx.AsyncClient, live: str) -> None:
        self._http, self._live = http, live
        self._stream, self._here = "", "{}"

    async def events(self, cursor: str) -> AsyncIterator[Event]:
        address, asked = f"{self._live}/live/", {"since": cursor}
        async with self._http.stream("GET", address, params=asked, timeout=None) as answer:
            assert answer.status_code == 200, answer.status_code
            name = ""
            async for line in answer.aiter_lines():
                field, _colon, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    data = json.loads(value)
                    if name == "hello":
                        await self._begin(data["stream"])
                    yield name, data

    async def _begin(self, stream: str) -> None:
        self._stream = stream
        await self._post()

    async def show(self, thread: str) -> None:
        """That this thread is read here, or none."""
        self._here = json.dumps({thread: "viewing"} if thread else {})
        if self._stream:
            await self._post()

    async def _post(self) -> None:
        address = f"{self._live}/live/here?stream={self._stream}"
        headers = {"Origin": self._live}
        answer = await self._http.post(address, content=self._here, headers=headers)
        assert answer.status_code == 204, answer.status_code


class OpenPage:
    """`listed` and `panes` are HTML of the page's two parts; `panes` may be empty."""

    def __init__(self, line: Line, ask: Ask) -> None:
        self.line, self._ask = line, ask
        self.listed = self.panes = self.bell = ""
        self._rows: set[str] = set()
        self._others: set[str] = set()
        self._due: set[str] = set()
        self._told = asyncio.Event()

    async def open(self, listed: str) -> None:
        self.listed, self.panes, self.bell = listed, "", address_in(BELL, listed)
        self._others.clear()
        await self.line.show("")

    async def read(self, panes: str) -> None:
        self.panes = panes
        await self.line.show(self.thread)

    @property
    def thread(self) -> str:
        found = THREAD.search(self.panes)
        return found[1] if found else ""

    async def follow(self) -> None:
        """Until cancelled. Between two requests it collects what it is told."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            while True:
                await self._told.wait()
                self._told.clear()
                took = await self.ask_for_news()
                await asyncio.sleep(pause_after(took))

    async def _listen(self) -> None:
        async for name, data in self.line.events(address_in(CURSOR, self.listed)):
            if name in ("hello", "news"):
                self.note(data)

    def note(self, news: dict[str, Any]) -> None:
        shown = set(ROW.findall(self.listed))
        named = {str(pk) for kind in ("changed", "arrived") for pk in news.get(kind, ())}
        changed = shown if news.get("many") else named
        self._rows |= changed & shown
        self._others |= changed - shown
        told = {
            "thread": news.get("many") or self.thread in changed,
            "presence": int(self.thread or 0) in news.get("present", ()),
            "bell": news.get("own", False),
        }
        self._due |= {name for name, is_told in told.items() if is_told}
        self._told.set()

    async def ask_for_news(self) -> float:
        """Seconds that the rows took."""
        rows, others, due = self._rows, self._others, self._due
        self._rows, self._due = set(), set()
        begun, took = time.monotonic(), 0.0
        if rows:
            await self._ask("news: rows", self._address_of(rows, others))
            took = time.monotonic() - begun
        if "thread" in due and (found := THREAD_NOW.search(self.panes)):
            await self._ask("news: conversation", unescape(found[1]))
        if "presence" in due and (found := PRESENCE.search(self.panes)):
            await self._ask("news: presence", unescape(found[1]))
        if "bell" in due:
            answer = await self._ask("news: bell", self.bell)
            self.bell = address_in(BELL, answer) if answer else self.bell
        return took

    def _address_of(self, rows: set[str], others: set[str]) -> str:
        asked = {"shown": ",".join(rows), "others": ",".join(list(others)[-200:])}
        asked |= {"open": self.thread, "compact": "1"} if self.thread else {}
        query = urlsplit(address_in(LIST, self.listed)).query
        return f"/changes/rows/?{query}&{urlencode(asked)}"

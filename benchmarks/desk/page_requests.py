"""Requests of the desk's pages as browsers send them, and of the bare pages beside them."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from html import unescape
from typing import TYPE_CHECKING, Any

import httpx

from benchmarks.desk import people, stub, world
from benchmarks.desk.running import Desk

if TYPE_CHECKING:
    from inbox.models import User

HTMX = {"HX-Request": "true"}
HIDDEN = re.compile(r'<input\s+type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"')
# Not the request of a display, which asks without a version.
ASKS_AGAIN = re.compile(r'hx-get="([^"]*wait=1[^"]*version=[^"]*)"')
ROW_LINK = re.compile(r'<a class="open" href="([^"]+)"')
NEXT_ROWS = re.compile(r'href="(\?[^"]*after=[^"]+)"')
BODY = "Thank you for your message. We have checked your order with the warehouse today."
Request = Callable[[], httpx.Response]
# What it does is not measured: it may load the page whose form is sent.
Prepare = Callable[[], Request]
# Opens the desk for a user, with so many seconds of `INBOX_FRESH_SECONDS`.
Open = Callable[["User", int], httpx.Client]
LIVE, SHARED = 0, 3600


class DeskRequests:
    def __init__(self, desk: Desk, open_desk: Open) -> None:
        self._desk, self._open = desk, open_desk
        self._live = open_desk(desk.agents[0], LIVE)
        self.threads = list_threads(desk)

    def inbox(self) -> Prepare:
        return again(self._live, "/")

    def shared(self) -> Prepare:
        return again(self._open(self._desk.agents[0], SHARED), "/")

    def rows(self) -> Prepare:
        return again(self._live, self._next_rows, headers=HTMX)

    def thread(self) -> Prepare:
        return each(self._live, self.threads)

    def panes(self) -> Prepare:
        return each(self._live, (f"{one}panes/" for one in self.threads), headers=HTMX)

    def after_panes(self) -> Prepare:
        return self._ask_again

    def reply(self) -> Prepare:
        return self._fill_form

    def wide(self) -> Prepare:
        return self._inbox_of("wide", len(self._desk.marketplaces))

    def narrow(self) -> Prepare:
        return self._inbox_of("narrow", 1)

    def _inbox_of(self, name: str, marketplaces: int) -> Prepare:
        (user,) = people.hire(1, self._desk.marketplaces[:marketplaces], name)
        return again(self._open(user, SHARED), "/")

    @cached_property
    def _next_rows(self) -> str:
        return f"/{address_in(NEXT_ROWS, self._live.get('/').text)}"

    def _ask_again(self) -> Request:
        """What the page asks once it shows the panes: M10, and that it was read."""
        panes = self._live.get(f"{next(self.threads)}panes/", headers=HTMX).text
        return partial(self._live.get, address_in(ASKS_AGAIN, panes), headers=HTMX)

    def _fill_form(self) -> Request:
        address = next(self.threads)
        form = fill_form(self._live.get(address).text)
        return partial(self._live.post, f"{address}reply/", files=form, headers=HTMX)


class FloorRequests:
    """The bare pages beside those of the same names."""

    def __init__(self, browser: httpx.Client, threads: Iterator[str]) -> None:
        self._browser = browser
        self._ids = (address.rstrip("/").rpartition("/")[2] for address in threads)

    def inbox(self) -> Prepare:
        return again(self._browser, "/inbox/")

    def shared(self) -> Prepare:
        return again(self._browser, "/shared/")

    def rows(self) -> Prepare:
        return again(self._browser, "/rows/")

    def thread(self) -> Prepare:
        return each(self._browser, (f"/thread/{id}/" for id in self._ids))

    panes = after_panes = thread

    def reply(self) -> Prepare:
        form = {"body": (None, BODY)}
        return lambda: partial(self._browser.post, f"/reply/{next(self._ids)}/", files=form)


def address_in(pattern: re.Pattern[str], html: str) -> str:
    found = pattern.search(html)
    assert found is not None, html[:2000]
    return unescape(found[1])


def fill_form(html: str) -> list[tuple[str, tuple[None, str]]]:
    """The composer's fields as a browser sends them, with a text."""
    chosen = [("to", "CUSTOMER"), ("confirmed", "language"), ("body", BODY)]
    return [(name, (None, unescape(value))) for name, value in [*HIDDEN.findall(html), *chosen]]


def again(browser: httpx.Client, address: str, **options: Any) -> Prepare:
    return lambda: partial(browser.get, address, **options)


def each(browser: httpx.Client, addresses: Iterator[str], **options: Any) -> Prepare:
    return lambda: partial(browser.get, next(addresses), **options)


def list_threads(desk: Desk) -> Iterator[str]:
    """Addresses of open conversations of the agents that M11 does not show: each once."""
    from inbox.models import Thread

    shown_from = desk.newest_at - (stub.PAGE + 1) * world.SPACING
    threads = Thread.objects.visible_to(desk.agents[0]).select_related("marketplace")
    found = threads.filter(status=Thread.Status.OPEN, last_message_at__lt=shown_from)
    return iter([one.get_absolute_url() for one in found])


def play(asks: Sequence[Request]) -> httpx.Response:
    """Sends one request after another, and returns the last answer."""
    for ask in asks:
        answer = ask()
        assert answer.status_code == 200, (answer.status_code, answer.url, answer.text[:500])
    return answer

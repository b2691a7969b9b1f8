"""The pages that benchmarks keep open ask what the desk's own pages would."""

from typing import Any

import pytest
from django.test import Client

from benchmarks.desk import open_page
from benchmarks.desk.open_page import Line, OpenPage
from benchmarks.desk.page_requests import HTMX, address_in
from inbox.models import Thread
from tests import coroutines
from tests.builders import text_of


class QuietLine(Line):
    """One that nobody listens to."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    async def show(self, thread: str) -> None:
        self.shown.append(thread)


@pytest.fixture
def asked() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def page(agent: Client, waiting: Thread, asked: list[tuple[str, str]]) -> OpenPage:
    """An agent's inbox with a conversation open."""

    async def ask(kind: str, address: str) -> str:
        asked.append((kind, address))
        return ""

    opened = OpenPage(QuietLine(), ask)
    listed = text_of(agent.get("/?view=all"))
    panes = text_of(agent.get(f"{waiting.get_absolute_url()}panes/", headers=HTMX))

    async def open_both() -> None:
        await opened.open(listed)
        await opened.read(panes)

    coroutines.run(open_both())
    return opened


@pytest.mark.parametrize(
    ("news", "kinds"),
    [
        ({"changed": ["thread"]}, ["news: rows", "news: conversation"]),
        ({"many": True}, ["news: rows", "news: conversation"]),
        ({"present": ["thread"]}, ["news: presence"]),
        ({"own": True}, ["news: bell"]),
        ({"counts": {}}, []),
        ({"changed": [999_999]}, []),
    ],
)
def test_it_asks_what_it_was_told_to(
    news: dict[str, Any],
    kinds: list[str],
    page: OpenPage,
    agent: Client,
    asked: list[tuple[str, str]],
) -> None:
    thread = int(page.thread)
    told = {
        kind: [thread if one == "thread" else one for one in value]
        if isinstance(value, list)
        else value
        for kind, value in news.items()
    }

    page.note(told)
    coroutines.run(page.ask_for_news())

    assert [kind for kind, _address in asked] == kinds
    for _kind, address in asked:
        assert agent.get(address, headers=HTMX).status_code in (200, 204)


def test_it_shows_whom_it_reads(page: OpenPage, agent: Client) -> None:
    line = page.line

    assert isinstance(line, QuietLine)
    assert line.shown == ["", page.thread]
    assert address_in(open_page.CURSOR, text_of(agent.get("/")))

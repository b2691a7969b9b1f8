"""The panes of the next conversation: from the mirror, without a trace until they are shown."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from inbox.models import Notification, Thread, User, Visit
from inbox.services.mirror import sync
from inbox.services.people import presence
from inbox.services.triage.status import close_thread
from tests.builders import HTMX, text_of
from tests.html import Page
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db(transaction=True)
NEWS = "It came since the desk was last told"


@pytest.fixture(autouse=True)
def every_visit_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "THREAD_FRESH_FOR", timedelta(0))


def panes(client: Client, thread: Thread, query: str = "?view=all") -> Any:
    return client.get(f"{thread.get_absolute_url()}panes/{query}", headers=HTMX)


def finish(client: Client, answer: Any) -> Any:
    """The request that the panes make as soon as they are shown."""
    asked = Page(text_of(answer)).get_all("hx-get")
    return client.get(next(one for one in asked if "version=" in one), headers=HTMX)


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements that change rows meanwhile."""
    found: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not sql.startswith(("SELECT", "(SELECT", "SET", "BEGIN", "COMMIT")):
            found.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield found


def test_they_hold_the_conversation_and_neither_its_list_nor_the_sidebar(
    agent: Client, waiting: Thread
) -> None:
    answer = panes(agent, waiting)

    fragment = text_of(answer)
    assert answer["X-Thread"] == str(waiting.pk)
    assert f'data-thread="{waiting.pk}"' in fragment
    assert f'id="composer-{waiting.pk}"' in fragment
    assert list(Page(fragment).find(id="context", hx_swap_oob="true"))
    assert f"<title>{waiting.who}" in fragment
    assert "<html" not in fragment
    assert "data-row" not in fragment
    assert "sidebar-entries" not in fragment


def test_fetching_them_leaves_no_trace(
    agent: Client, alice: User, bob: User, waiting: Thread, mirakl: Mirakl
) -> None:
    panes(agent, waiting)
    Notification.objects.create(user=alice, thread=waiting, kind="assigned")
    asked = len(mirakl.calls("M10"))

    with writes() as found:
        panes(agent, waiting)

    assert found == []
    assert not presence.people_present([waiting], but=bob).get(waiting.pk)
    assert len(mirakl.calls("M10")) == asked
    assert not Visit.objects.exists()


def test_once_shown_they_ask_the_marketplace_and_count_as_a_visit(
    agent: Client, alice: User, bob: User, waiting: Thread, mirakl: Mirakl
) -> None:
    Notification.objects.create(user=alice, thread=waiting, kind="assigned")
    answer = panes(agent, waiting)
    asked = len(mirakl.calls("M10"))

    finish(agent, answer)

    assert len(mirakl.calls("M10")) == asked + 1
    assert Visit.objects.get().user == alice
    assert not Notification.objects.filter(read_at=None).exists()
    (seen,) = presence.people_present([waiting], but=bob)[waiting.pk]
    assert seen.user == alice


def test_an_answer_without_news_only_takes_the_notice_away(agent: Client, waiting: Thread) -> None:
    agent.get(waiting.get_absolute_url())

    done = finish(agent, panes(agent, waiting))

    assert done.content == b""
    assert (done["HX-Retarget"], done["HX-Reswap"]) == ("this", "delete")


@pytest.mark.parametrize("what", ["message", "status"])
def test_an_answer_with_news_brings_the_timeline(
    what: str, agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    agent.get(waiting.get_absolute_url())
    answer = panes(agent, waiting)
    if what == "message":
        mirakl.customer_writes(waiting.mirakl_id, NEWS)
    else:
        close_thread(waiting, by=alice)

    fragment = text_of(finish(agent, answer))

    assert f'id="timeline-{waiting.pk}"' in fragment
    assert (NEWS in fragment) == (what == "message")


def test_what_was_new_is_so_after_the_answer_too(agent: Client, waiting: Thread) -> None:
    answer = panes(agent, waiting)
    assert "data-first-unread" in text_of(answer)
    Thread.objects.update(status="closed")

    assert "data-first-unread" in text_of(finish(agent, answer))


def test_the_conversation_before_leaves_the_list_or_stays_in_it(
    agent: Client, alice: User, longest: Thread
) -> None:
    left = Thread.objects.exclude(pk=longest.pk)[0]
    close_thread(left, by=alice)
    query = f"&left={left.pk}"

    gone = text_of(panes(agent, longest, f"?view=needs-reply{query}"))
    stays = text_of(panes(agent, longest, f"?view=all{query}"))

    assert f"delete:[data-row='{left.pk}']" in gone
    assert f"outerHTML:[data-row='{left.pk}']" in stays
    assert 'id="sidebar-entries"' in gone
    assert "left=" not in unescape(gone).split('class="notices late"')[1][:600]


def test_the_message_about_it_comes_along_and_waits_for_that(
    agent: Client, alice: User, waiting: Thread, longest: Thread
) -> None:
    User.objects.filter(pk=alice.pk).update(after_sending="next")
    agent.post(f"{waiting.get_absolute_url()}close/?view=all", {"anyway": "1"}, headers=HTMX)

    ahead = text_of(panes(agent, longest))
    shown = text_of(panes(agent, longest, f"?view=all&left={waiting.pk}"))

    assert "Closed" not in ahead.replace("closed", "")
    assert f"{waiting.who}: Closed" in unescape(shown)


def test_a_row_of_another_marketplace_is_not_shown(
    agent: Client, longest: Thread, nordhaus: Any
) -> None:
    from tests.builders import show_inbox

    show_inbox(nordhaus)
    theirs = Thread.objects.filter(marketplace=nordhaus)[0]

    fragment = text_of(panes(agent, longest, f"?view=all&left={theirs.pk}"))

    assert f"outerHTML:[data-row='{theirs.pk}']" not in fragment


def test_without_javascript_it_is_the_page(agent: Client, waiting: Thread) -> None:
    answer = agent.get(f"{waiting.get_absolute_url()}panes/?view=all")

    assert answer.status_code == 302
    assert answer["Location"] == f"{waiting.get_absolute_url()}?view=all"


def test_outsiders_see_nothing(client: Client, charlie: User, waiting: Thread) -> None:
    client.force_login(charlie)

    assert panes(client, waiting).status_code == 404


def test_a_session_that_has_ended_names_the_login(client: Client, waiting: Thread) -> None:
    answer = panes(client, waiting)

    assert "/login/" in answer["HX-Redirect"]
    assert "data-thread" not in text_of(answer)

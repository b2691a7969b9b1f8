"""A thread's page: what it asks, what it folds, what it marks, and what it never runs."""

from datetime import timedelta
from html.parser import HTMLParser

import httpx
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from inbox.models import Marketplace, Thread, User, Visit
from inbox.sandbox.server import Running
from inbox.services.mirror import sync
from tests.builders import HTMX, text_of, viewer_of
from tests.html import Page
from tests.writing import Mirakl


@pytest.fixture
def every_display_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """No display lives on another's answer."""
    monkeypatch.setattr(sync, "THREAD_FRESH_FOR", timedelta(0))


@pytest.fixture
def long(maison: Marketplace, agent: Client) -> Thread:
    """Three hundred messages."""
    sync.refresh([maison])
    return Thread.objects.order_by("-message_count")[0]


def page_of(client: Client, thread: Thread, query: str = "") -> str:
    return text_of(client.get(f"{thread.get_absolute_url()}{query}"))


def bubbles(page: str) -> list[str]:
    """Mirakl's ids of the messages, in the order they are shown."""
    ids = Page(page).get_all("id", "section", css_class="bubble")
    return [one.removeprefix("message-") for one in ids if one.startswith("message-")]


# -- what it asks -------------------------------------------------------------


def test_a_display_reads_the_thread_once_and_the_next_lives_on_it(
    agent: Client, waiting: Thread, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "THREAD_FRESH_FOR", timedelta(hours=1))

    page_of(agent, waiting)
    page_of(agent, waiting, "?all=1")

    assert len(mirakl.calls("M10")) == 1


def test_an_answer_is_seen_by_the_next_display(
    agent: Client, waiting: Thread, mirakl: Mirakl, every_display_reads: None
) -> None:
    page_of(agent, waiting)
    mirakl.customer_writes(waiting.mirakl_id, "One thing more")

    assert "One thing more" in page_of(agent, waiting)


def test_a_thread_that_no_list_has_shown_can_be_opened(agent: Client, mirakl: Mirakl) -> None:
    thread_id = mirakl.threads()[0]["id"]

    response = agent.get(f"/threads/maison-verte/{thread_id}/")

    assert response.status_code == 200
    assert bubbles(text_of(response)) == [one["id"] for one in mirakl.messages(thread_id)]


def test_htmx_gets_the_timeline_alone(agent: Client, waiting: Thread) -> None:
    fragment = text_of(agent.get(waiting.get_absolute_url(), headers=HTMX))

    assert bubbles(fragment)
    assert "<html" not in fragment
    assert 'name="body"' not in fragment


def test_it_says_of_an_old_thread_that_the_marketplace_hides_it_now(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    shown = bubbles(page_of(agent, waiting))
    Thread.objects.update(read_at=None)
    mirakl.fails("M10", status=404)

    page = page_of(agent, waiting)

    assert "Maison Verte no longer shows this conversation." in page
    assert bubbles(page) == shown


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"drop": "before"}, {"body": "<p>", "status": 200}]
)
def test_it_says_why_it_shows_an_older_state(
    fault: dict[str, object], agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    shown = bubbles(page_of(agent, waiting))
    Thread.objects.update(read_at=None)
    mirakl.fails("M10", **fault)

    page = page_of(agent, waiting)

    notices = Page(page).texts("p", css_class="notice", data_tone="error")
    assert len([one for one in notices if "Maison Verte" in one]) == 1
    assert bubbles(page) == shown
    assert 'name="body"' in page


# -- every kind of conversation -----------------------------------------------


@pytest.mark.parametrize(
    "entity_type", ["MMP_ORDER", "MMP_OFFER", "SELLER_OPERATOR", "MPS_ORDER", "MPS_SERVICE"]
)
def test_it_opens_and_answers_conversations_about_anything(
    entity_type: str, agent: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    record = mirakl.threads(entity_type=entity_type)[0]

    page = text_of(agent.get(f"/threads/maison-verte/{record['id']}/"))

    assert bubbles(page) == [one["id"] for one in mirakl.messages(record["id"])]
    assert 'aria-label="Your reply"' in page
    offered = Page(page).get_all("value", "input", name="to")
    allowed = {one["type"] for one in record["authorized_participants"]}
    assert set(offered) == allowed - {"SHOP"}


def test_a_viewer_reads_and_is_told_why_there_is_nothing_to_write_with(
    client: Client, waiting: Thread, maison: Marketplace
) -> None:
    client.force_login(viewer_of(maison))

    page = page_of(client, waiting)

    assert bubbles(page)
    assert "You have read-only access" in page
    assert 'aria-label="Your reply"' not in page


# -- folding ------------------------------------------------------------------


def earlier_of(client: Client, page: str) -> str:
    """What the fold brings when it is clicked."""
    fold = next(Page(page).find("a", css_class="fold"))
    return text_of(client.get(fold["hx-get"], headers=HTMX))


def unfolded(client: Client, page: str) -> list[str]:
    fold = page.index('class="fold"')
    return [*bubbles(page[:fold]), *bubbles(earlier_of(client, page)), *bubbles(page[fold:])]


def test_a_fold_hides_the_middle_and_gives_it_back_in_its_place(
    agent: Client, long: Thread, mirakl: Mirakl
) -> None:
    page = page_of(agent, long)

    assert len(bubbles(page)) < 30
    assert "<html" not in earlier_of(agent, page)
    assert unfolded(agent, page) == [one["id"] for one in mirakl.messages(long.mirakl_id)]


def test_a_fold_gives_back_what_it_hid_from_this_reader(
    agent: Client, long: Thread, mirakl: Mirakl
) -> None:
    page_of(agent, long)
    customers = [one for one in long.messages.all() if not one.is_ours]
    Visit.objects.update(read_until=customers[-12].created_at)
    since = page_of(agent, long)
    again = page_of(agent, long)

    everything = [one["id"] for one in mirakl.messages(long.mirakl_id)]
    assert unfolded(agent, since) == everything
    assert unfolded(agent, again) == everything


def test_without_javascript_the_fold_is_a_link_to_everything(
    agent: Client, long: Thread, mirakl: Mirakl
) -> None:
    page = page_of(agent, long, "?all=1")

    assert 'class="fold"' not in page
    assert bubbles(page) == [one["id"] for one in mirakl.messages(long.mirakl_id)]


def test_a_short_thread_is_not_folded(agent: Client, waiting: Thread) -> None:
    assert 'class="fold"' not in page_of(agent, waiting)


def test_the_folded_part_is_not_there_for_an_outsider(
    client: Client, charlie: User, waiting: Thread
) -> None:
    client.force_login(charlie)

    assert client.get(f"{waiting.get_absolute_url()}earlier/").status_code == 404


def test_a_fold_that_is_no_longer_there_is_not_found(agent: Client, waiting: Thread) -> None:
    assert agent.get(f"{waiting.get_absolute_url()}earlier/?before=gone").status_code == 404


def test_three_hundred_messages_cost_no_more_queries_than_a_few(
    agent: Client, waiting: Thread, long: Thread, settings: Settings
) -> None:
    settings.INBOX_FRESH_SECONDS = 3600

    def queries(thread: Thread) -> int:
        page_of(agent, thread, "?all=1")
        with CaptureQueriesContext(connection) as asked:
            page_of(agent, thread, "?all=1")
        return len(asked)

    # Its place in the list beside it costs some, not its messages.
    assert queries(long) - queries(waiting) <= 8


# -- new messages -------------------------------------------------------------


def first_new(page: str) -> str:
    """The message right below the mark."""
    mark = page.index("data-first-unread")
    return bubbles(page[mark:])[0]


def test_what_came_since_the_last_visit_is_marked(
    agent: Client, waiting: Thread, mirakl: Mirakl, every_display_reads: None
) -> None:
    page_of(agent, waiting)
    mirakl.customer_writes(waiting.mirakl_id, "First of two")
    mirakl.customer_writes(waiting.mirakl_id, "Second of two")

    page = page_of(agent, waiting)

    assert first_new(page) == mirakl.messages(waiting.mirakl_id)[-2]["id"]
    assert "data-first-unread" not in page_of(agent, waiting)


def test_on_a_first_visit_all_that_awaits_an_answer_is_new(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    messages = mirakl.messages(waiting.mirakl_id)
    ours = [index for index, one in enumerate(messages) if one["from"]["type"] == "SHOP_USER"]

    page = page_of(agent, waiting)

    assert first_new(page) == messages[ours[-1] + 1 if ours else 0]["id"]


def test_a_read_mark_is_ones_own(agent: Client, alice: User, bob: User, waiting: Thread) -> None:
    page_of(agent, waiting)
    agent.force_login(bob)

    assert "data-first-unread" in page_of(agent, waiting)


def test_a_thread_that_was_read_is_no_longer_bold_in_the_list(
    agent: Client, waiting: Thread
) -> None:
    def row() -> str:
        inbox = text_of(agent.get("/"))
        before = inbox[: inbox.index(f'href="{waiting.get_absolute_url()}"')]
        return before[before.rindex("<li ") :]

    assert "data-unread" in row()

    page_of(agent, waiting)

    assert "data-unread" not in row()


# -- what a customer sends ----------------------------------------------------


class Danger(HTMLParser):
    """Every element and attribute of a page that could run or fetch something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"iframe", "object", "embed", "style", "base"}:
            self.found.append(tag)
        if tag == "script" and not (given.get("src") or "").startswith("/static/"):
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "style" or "javascript:" in (value or ""):
                self.found.append(f"{tag} {name}")
            if name in {"src", "action", "hx-get", "hx-post"} and "//" in (value or ""):
                self.found.append(f"{tag} {name}")


def test_a_hostile_letter_leaves_nothing_that_runs(
    agent: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([maison])
    hostile = Thread.objects.get(topic_value='<b>Parcel</b> & "more"')

    page = page_of(agent, hostile)

    danger = Danger()
    danger.feed(page)
    assert danger.found == []
    assert "where is my parcel?" in page
    assert "<b>Parcel</b>" not in page


def test_an_answer_to_a_hostile_letter_shows_it_harmlessly_too(
    agent: Client, waiting: Thread, sandbox: Running
) -> None:
    from tests.builders import post_reply, reply_form

    form = reply_form(waiting)
    body = "<script>steal()</script><img src=x onerror=steal()>Hello"
    written = {"marketplace": "maison-verte", "thread_id": waiting.mirakl_id, "body": body}
    httpx.post(f"{sandbox.url}/_sandbox/customer-message", json=written).raise_for_status()

    held = text_of(post_reply(agent, waiting, **form))

    danger = Danger()
    danger.feed(held)
    assert danger.found == []
    assert "Hello" in held


def test_every_file_of_a_message_can_be_downloaded(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    files = [("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(50)), ('a "b" <c>.txt', b"text")]
    mirakl.write(waiting.mirakl_id, "See both", *files)
    attachments = mirakl.messages(waiting.mirakl_id)[-1]["attachments"]

    page = page_of(agent, waiting)

    for one, (_name, content) in zip(attachments, files, strict=True):
        address = f"/attachments/maison-verte/{one['id']}/"
        assert f'href="{address}"' in page
        assert agent.get(address).getvalue() == content
    assert f'<img src="/attachments/maison-verte/{attachments[0]["id"]}/?inline=1"' in page
    assert "<c>.txt" not in page

"""Triage on a thread's page: one POST, the new header, a toast with Undo."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from inbox.models import Draft, Event, Tag, Thread, User
from inbox.services.triage.assign import assign_thread
from inbox.services.triage.tags import tag_thread, untag_thread
from tests.builders import HTMX, text_of, value_of, viewer_of
from tests.html import Page
from tests.writing import Mirakl

SOON: dict[str, Any] = {"until": (timezone.now() + timedelta(days=300)).isoformat(), "anyway": "on"}
ACTIONS: dict[str, dict[str, Any]] = {
    "assign": {"assignee": ""},
    "close": {"anyway": "on"},
    "reopen": {},
    "snooze": SOON,
    "unsnooze": {},
    "tags": {"add": "returns"},
    "undo": {"ticket": "made up"},
}


def act(client: Client, thread: Thread, action: str, *, htmx: bool = True, **data: Any) -> Any:
    url = f"{thread.get_absolute_url()}{action}/"
    return client.post(url, data, headers=HTMX if htmx else {})


def undo(client: Client, thread: Thread, response: Any) -> Any:
    return act(client, thread, "undo", ticket=ticket_in(response))


def ticket_in(response: Any) -> str:
    return value_of(text_of(response), "ticket")


def recorded(thread: Thread) -> list[str]:
    return list(Event.objects.filter(thread=thread).order_by("pk").values_list("verb", flat=True))


# -- who may ----------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_is_there_for_an_outsider(
    action: str, client: Client, charlie: User, waiting: Thread
) -> None:
    client.force_login(charlie)

    assert act(client, waiting, action, **ACTIONS[action]).status_code == 404


@pytest.mark.parametrize("action", ACTIONS)
def test_a_viewer_decides_nothing(action: str, client: Client, waiting: Thread) -> None:
    client.force_login(viewer_of(waiting.marketplace))

    response = act(client, waiting, action, **ACTIONS[action])

    assert response.status_code == 403
    assert not Event.objects.filter(thread=waiting).exists()
    assert "/assign/" not in text_of(client.get(waiting.get_absolute_url()))


@pytest.mark.parametrize("action", ACTIONS)
def test_a_plain_browser_comes_back_to_the_thread(
    action: str, agent: Client, waiting: Thread
) -> None:
    response = act(agent, waiting, action, htmx=False, **ACTIONS[action])

    assert (response.status_code, response["Location"]) == (302, waiting.get_absolute_url())


@pytest.mark.parametrize("action", ACTIONS)
def test_htmx_has_the_head_and_at_most_four_pieces_more(
    action: str,
    agent: Client,
    waiting: Thread,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    Tag.objects.bulk_create(Tag(name=f"tag {number}", is_for_all=True) for number in range(30))
    agent.get(waiting.get_absolute_url())  # The first use of a session is written.
    with django_assert_max_num_queries(27):
        page = text_of(act(agent, waiting, action, **ACTIONS[action]))

    assert page.lstrip().startswith('<header id="thread-head-')
    assert page.count("hx-swap-oob") <= 4
    assert "<html" not in page


# -- whose ------------------------------------------------------------------


def test_it_is_given_to_a_colleague_and_that_is_undone(
    agent: Client, waiting: Thread, alice: User, bob: User
) -> None:
    act(agent, waiting, "assign", assignee=alice.pk)
    given = act(agent, waiting, "assign", assignee=bob.pk)
    waiting.refresh_from_db()
    assert waiting.assignee == bob
    assert "alice assigned this to bob" in text_of(given)

    undone = undo(agent, waiting, given)

    waiting.refresh_from_db()
    assert waiting.assignee == alice
    assert "Undone" in text_of(undone)
    assert recorded(waiting) == ["assigned", "assigned", "assigned"]


def test_it_is_given_to_nobody_who_may_not_answer_there(
    agent: Client, waiting: Thread, charlie: User
) -> None:
    strangers = [charlie, viewer_of(waiting.marketplace), User.objects.create_user("otto")]

    answers = [act(agent, waiting, "assign", assignee=one.pk) for one in strangers]

    waiting.refresh_from_db()
    assert {answer.status_code for answer in answers} == {422}
    assert waiting.assignee is None
    page = text_of(agent.get(waiting.get_absolute_url()))
    assert all(f'name="assignee" value="{one.pk}"' not in page for one in strangers)


def test_an_undo_leaves_alone_what_somebody_else_has_decided_since(
    agent: Client, waiting: Thread, alice: User, bob: User
) -> None:
    taken = act(agent, waiting, "assign", assignee=alice.pk)
    act(agent, waiting, "assign", assignee=bob.pk)

    response = undo(agent, waiting, taken)

    waiting.refresh_from_db()
    assert waiting.assignee == bob
    assert "someone has changed this since" in text_of(response)


# -- closed, snoozed -----------------------------------------------------------


def test_closing_says_so_offers_to_reopen_and_is_undone(agent: Client, waiting: Thread) -> None:
    act(agent, waiting, "snooze", **SOON)
    slept_until = Thread.objects.get(pk=waiting.pk).snoozed_until

    closed = act(agent, waiting, "close", anyway="on")

    assert f'action="{waiting.get_absolute_url()}reopen/"' in text_of(closed)
    assert "alice closed this" in text_of(closed)
    undo(agent, waiting, closed)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.snoozed_until) == ("open", slept_until)


@pytest.mark.parametrize(("hours", "words"), [(-3, "3h overdue"), (3, "2h 59m left")])
def test_closing_what_still_counts_asks_once(
    hours: int, words: str, agent: Client, waiting: Thread
) -> None:
    Thread.objects.update(due_at=timezone.now() + timedelta(hours=hours))

    asked = act(agent, waiting, "close")

    assert asked.status_code == 422
    page = text_of(asked)
    assert f"The reply clock on Maison Verte is still running: {words}" in page
    assert 'name="anyway" value="on" autofocus' in page
    assert f'href="{waiting.back_office_url}"' in page
    assert recorded(waiting) == []
    told = act(agent, waiting, "close", anyway="on")
    assert "The reply clock is still running" in text_of(told)
    assert recorded(waiting) == ["closed"]


def test_without_javascript_closing_asks_on_the_page(agent: Client, waiting: Thread) -> None:
    page = act(agent, waiting, "close", htmx=False)

    assert page.status_code == 422
    assert "Close anyway" in text_of(page)


@pytest.mark.parametrize("due", [None, timedelta(days=-15)])
def test_closing_what_nobody_counts_any_more_asks_nothing(
    due: timedelta | None, agent: Client, waiting: Thread
) -> None:
    Thread.objects.update(due_at=due and timezone.now() + due)

    act(agent, waiting, "close")

    assert recorded(waiting) == ["closed"]


def test_closing_over_a_text_that_is_not_sent_says_so(
    agent: Client, alice: User, waiting: Thread
) -> None:
    Thread.objects.update(due_at=None)
    typed = act(agent, waiting, "close", body="Half a rep")
    Draft.objects.create(
        user=alice, marketplace=waiting.marketplace, thread=waiting, body="Half a rep"
    )
    saved = act(agent, waiting, "close")

    for asked in (typed, saved):
        assert "an unsent draft or reply here. It will be kept." in text_of(asked)
        assert "still counts" not in text_of(asked)


def test_what_is_closed_and_counts_stays_in_sight(
    agent: Client, alice: User, waiting: Thread
) -> None:
    soon = timezone.now() + timedelta(hours=1)
    Thread.objects.filter(pk=waiting.pk).update(due_at=soon, assignee=alice)
    act(agent, waiting, "close", anyway="on")
    queues = ("breaching", "mine")

    before = [text_of(agent.get(f"/?view={one}")).count("</svg>Closed</span>") for one in queues]
    Thread.objects.filter(pk=waiting.pk).update(due_at=None)
    after = [text_of(agent.get(f"/?view={one}")) for one in queues]

    assert before == [1, 1]
    assert all(waiting.get_absolute_url() not in page for page in after)


def test_assigning_a_closed_conversation_may_reopen_it(
    agent: Client, bob: User, waiting: Thread
) -> None:
    act(agent, waiting, "close", anyway="on")

    given = text_of(act(agent, waiting, "assign", assignee=bob.pk))

    assert "This conversation is closed. Reopen it for bob?" in given


def test_a_snooze_ends_at_the_displayed_time(agent: Client, waiting: Thread) -> None:
    page = text_of(agent.get(waiting.get_absolute_url()))
    Thread.objects.filter(pk=waiting.pk).update(due_at=None)
    choices = Page(page).find("button", name="snooze", value="week")
    (shown,) = next(choices).get_all("datetime")

    act(agent, waiting, "snooze", snooze="week")

    waiting.refresh_from_db()
    assert waiting.snoozed_until
    local = timezone.localtime(waiting.snoozed_until)
    assert local.isoformat() == shown
    assert (local.hour, local.minute) == (9, 0)


def test_it_is_not_snoozed_past_its_deadline_unless_that_is_meant(
    agent: Client, waiting: Thread
) -> None:
    due = timezone.now() + timedelta(minutes=90)
    Thread.objects.filter(pk=waiting.pk).update(due_at=due)

    refused = act(agent, waiting, "snooze", snooze="week")

    assert refused.status_code == 422
    assert "The reply is due by" in text_of(refused)
    assert timezone.localtime(due).strftime("%H:%M") in text_of(refused)
    waiting.refresh_from_db()
    assert waiting.snoozed_until is None
    (way_out,) = Page(text_of(refused)).find("a", data_leave="triage-snooze")
    assert way_out["href"].startswith(waiting.get_absolute_url())
    until = value_of(text_of(refused), "until")
    act(agent, waiting, "snooze", until=until, anyway="on")
    waiting.refresh_from_db()
    assert waiting.is_snoozed


@pytest.mark.parametrize(
    "when", [{}, {"snooze": "never"}, {"until": "soon"}, {"until": "2020-01-01"}]
)
def test_a_moment_that_is_none_or_past_is_refused(
    when: dict[str, Any], agent: Client, waiting: Thread
) -> None:
    answers = [act(agent, waiting, "snooze", htmx=htmx, **when) for htmx in (True, False)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert recorded(waiting) == []


# -- tags -------------------------------------------------------------------


def test_a_tag_is_made_where_there_is_none_and_found_where_there_is(
    agent: Client, waiting: Thread
) -> None:
    for name in ("Returns", "returns", "  "):
        act(agent, waiting, "tags", add=name)

    (tag,) = waiting.tags.all()
    assert (tag.name, Tag.objects.count()) == ("Returns", 1)
    assert recorded(waiting) == ["tagged"]


def test_a_tag_is_taken_off_and_put_back(agent: Client, waiting: Thread) -> None:
    act(agent, waiting, "tags", add="returns")

    removed = act(agent, waiting, "tags", remove=Tag.objects.get().pk)

    assert not waiting.tags.exists()
    undo(agent, waiting, removed)
    assert waiting.tags.count() == 1
    assert recorded(waiting) == ["tagged", "untagged", "tagged"]


@pytest.mark.parametrize("had", [False, True])
def test_an_undo_leaves_a_tag_alone_that_somebody_has_set_anew(
    had: bool, agent: Client, bob: User, waiting: Thread
) -> None:
    tag = Tag.objects.create(name="fragile")
    if had:
        tag_thread(waiting, tag, by=bob)
    button = {"remove": tag.pk} if had else {"add": "fragile"}
    ticket = ticket_in(act(agent, waiting, "tags", **button))
    back, again = (tag_thread, untag_thread) if had else (untag_thread, tag_thread)
    back(waiting, tag, by=bob)
    again(waiting, tag, by=bob)

    act(agent, waiting, "undo", ticket=ticket)

    assert waiting.tags.exists() != had


def test_an_undo_leaves_alone_whom_somebody_has_chosen_again(
    agent: Client, alice: User, bob: User, waiting: Thread
) -> None:
    ticket = ticket_in(act(agent, waiting, "assign", assignee=bob.pk))
    assign_thread(waiting, to=alice, by=bob)
    assign_thread(waiting, to=bob, by=alice)

    act(agent, waiting, "undo", ticket=ticket)

    waiting.refresh_from_db()
    assert waiting.assignee == bob


# -- in the timeline ----------------------------------------------------------


def test_what_was_decided_stands_between_the_messages_in_order_of_time(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    act(agent, waiting, "close", anyway="on")
    mirakl.customer_writes(waiting.mirakl_id, "And another thing")
    Thread.objects.update(read_at=None)

    page = text_of(agent.get(waiting.get_absolute_url()))

    told = ("alice closed this", "And another thing", "Reopened by a new message")
    lines = [page.rindex(words) for words in told]
    assert lines == sorted(lines)


def test_many_lines_fold(agent: Client, waiting: Thread) -> None:
    for action in ("close", "reopen", "close", "reopen", "close"):
        act(agent, waiting, action, anyway="on")

    page = text_of(agent.get(waiting.get_absolute_url()))

    assert "<summary>5 changes</summary>" in page

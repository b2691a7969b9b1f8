"""Bulk actions: started once, done in steps, undone as a whole."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from inbox.models import BulkChange, Draft, Event, Marketplace, Tag, Thread, User
from inbox.services.triage import bulk
from inbox.services.triage.assign import assign_thread
from tests.builders import HTMX, text_of, viewer_of
from tests.html import Page
from tests.reading import at_once
from tests.writing import Mirakl

CLOSE = {"verb": "closed", "open_ends": "close"}


@pytest.fixture
def threads(maison: Marketplace, mirakl: Mirakl) -> list[Thread]:
    """Seven threads that wait for a reply."""
    now = timezone.now()
    return [
        Thread.objects.create(
            marketplace=maison,
            mirakl_id=f"T{number}",
            last_message_at=now,
            due_at=now + timedelta(hours=number),
        )
        for number in range(1, 8)
    ]


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "STEP", 3)


def post(client: Client, threads: list[Thread], query: str = "", **data: Any) -> Any:
    return client.post(f"/bulk/{query}", {"thread": [one.pk for one in threads], **data})


def closed() -> int:
    return Thread.objects.filter(status="closed").count()


def test_the_ticked_ones_are_closed_and_that_is_undone(
    agent: Client, threads: list[Thread]
) -> None:
    response = post(agent, threads[:3], "?view=unassigned", **CLOSE)

    assert response["Location"] == "/?view=unassigned"
    assert closed() == 3
    page = text_of(agent.get(response["Location"]))
    assert "3 conversations closed" in page
    (undo,) = [one for one in Page(page).get_all("action", "form") if "/undo/" in one]
    agent.post(undo)
    assert closed() == 0


def test_closing_those_that_count_asks_and_closes_the_others(
    agent: Client, alice: User, threads: list[Thread]
) -> None:
    Thread.objects.filter(mirakl_id__in=["T1", "T2", "T3"]).update(due_at=None)
    Draft.objects.create(
        user=alice, marketplace=threads[0].marketplace, thread=threads[0], body="Half a rep"
    )

    asked = post(agent, threads[:5], "?view=all", verb="closed")

    page = text_of(asked)
    assert asked.status_code == 422
    assert "2 of 5 still need a reply" in page
    assert "1 has an unsent draft or reply" in page
    assert ("Close the other 2" in page, "Close all 5" in page) == (True, True)
    assert closed() == 0
    done = post(agent, threads[:5], "?view=all", verb="closed", open_ends="leave")
    assert set(Thread.objects.filter(status="closed")) == set(threads[1:3])
    assert "2 conversations closed. 3 stay open." in text_of(agent.get(done["Location"]))


def test_closing_one_that_counts_speaks_of_one(agent: Client, threads: list[Thread]) -> None:
    page = text_of(post(agent, threads[:1], verb="closed"))

    assert "<h1>Close this conversation?</h1>" in page
    assert "It still needs a reply." in page
    assert ("Close it anyway" in page, "Keep it open" in page) == (True, True)


def test_closing_one_with_an_unsent_text_speaks_of_one(
    agent: Client, alice: User, threads: list[Thread]
) -> None:
    Thread.objects.update(due_at=None)
    Draft.objects.create(
        user=alice, marketplace=threads[0].marketplace, thread=threads[0], body="Half a rep"
    )

    page = text_of(post(agent, threads[:1], verb="closed"))

    assert "It has an unsent draft or reply. The text will be kept." in page
    assert "1 has an unsent" not in page


def test_an_undo_leaves_alone_what_somebody_has_decided_since(
    threads: list[Thread], alice: User, bob: User
) -> None:
    change = bulk.begin([one.pk for one in threads], verb="assigned", by=alice, to=alice.pk)
    bulk.step(change)
    assign_thread(threads[0], to=bob, by=bob)

    for _time in range(2):
        bulk.undo_step(change)

    assert list(Thread.objects.exclude(assignee=None)) == [threads[0]]
    assert Event.objects.filter(verb="unassigned").count() == 6


@pytest.mark.parametrize(
    ("changed_since", "words"),
    [
        (0, "Undone for 7 conversations"),
        (2, "Undone for 5 conversations. 2 weren&#x27;t undone because they were changed since."),
        (7, "Nothing was undone. 7 weren&#x27;t undone because they were changed since."),
    ],
)
@pytest.mark.usefixtures("small_steps")
def test_an_undo_says_what_it_left_alone(
    changed_since: int, words: str, agent: Client, threads: list[Thread], alice: User, bob: User
) -> None:
    change = bulk.begin([one.pk for one in threads], verb="assigned", by=alice, to=alice.pk)
    for _step in range(3):
        bulk.step(change)
    for thread in threads[:changed_since]:
        assign_thread(thread, to=bob, by=bob)

    for _step in range(3):
        answer = agent.post(f"/bulk/{change.pk}/undo/")

    page = text_of(agent.get(answer["Location"]))
    assert f"<span>{words}</span>" in page


def test_what_is_to_be_closed_is_listed_those_that_count_first(
    agent: Client, alice: User, threads: list[Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.pages.bulk.LISTED", 5)
    Thread.objects.filter(mirakl_id__in=["T1", "T2", "T3"]).update(due_at=None)
    Draft.objects.create(
        user=alice, marketplace=threads[1].marketplace, thread=threads[1], body="Half a rep"
    )

    page = text_of(post(agent, threads, "?view=all", verb="closed"))

    links = [one for one in Page(page).get_all("href", "a") if one.startswith("/threads/")]
    listed = [f"/threads/maison-verte/{name}/" for name in ("T4", "T5", "T6", "T7", "T2")]
    assert links == listed
    assert "and 2 more" in page


def test_the_page_of_a_change_that_is_done_offers_its_undo(
    agent: Client, threads: list[Thread]
) -> None:
    post(agent, threads[:3], **CLOSE)
    change = BulkChange.objects.get()

    page = text_of(agent.get(f"/bulk/{change.pk}/"))

    assert f'action="/bulk/{change.pk}/undo/"' in page


@pytest.mark.parametrize(
    ("data", "holds"),
    [
        ({"verb": "closed"}, {"status": "closed"}),
        ({"nobody": "on"}, {"assignee": None}),
        ({"snooze": "week"}, {"snoozed_until__isnull": False}),
    ],
)
def test_what_was_chosen_is_done(
    data: dict[str, Any], holds: dict[str, Any], agent: Client, threads: list[Thread], bob: User
) -> None:
    Thread.objects.update(due_at=None, assignee=bob)

    post(agent, threads[:2], **data)

    assert Thread.objects.filter(**holds).count() == 2


def test_they_are_tagged_and_given_to_a_colleague(
    agent: Client, threads: list[Thread], bob: User
) -> None:
    tag = Tag.objects.create(name="returns", is_for_all=True)

    post(agent, threads, tag=tag.pk)
    post(agent, threads, assignee=bob.pk)

    assert tag.threads.count() == bob.threads.count() == 7


def test_what_is_due_before_the_snooze_ends_is_not_snoozed(
    agent: Client, threads: list[Thread]
) -> None:
    Thread.objects.filter(pk=threads[0].pk).update(due_at=None)

    response = post(agent, threads, snooze="week")

    assert list(Thread.objects.exclude(snoozed_until=None)) == [threads[0]]
    assert "6 weren&#x27;t snoozed" in text_of(agent.get(response["Location"]))


@pytest.mark.usefixtures("small_steps")
def test_all_that_match_are_changed_step_by_step_with_a_bar(
    agent: Client, threads: list[Thread]
) -> None:
    other = Thread.objects.create(
        marketplace=threads[0].marketplace, mirakl_id="calm", last_message_at=timezone.now()
    )

    response = post(agent, [], "?view=needs-reply", everything="on", **CLOSE)

    step = f"{response['Location']}step/"
    assert closed() == 3
    assert '<progress max="7" value="3"' in text_of(agent.get(response["Location"]))
    fragment = agent.post(step, headers=HTMX)
    assert '<progress max="7" value="6"' in text_of(fragment)
    assert "<html" not in text_of(fragment)
    end = agent.post(step, headers=HTMX)
    assert end["HX-Redirect"] == "/"
    assert closed() == 7
    other.refresh_from_db()
    assert other.status == "open"


@pytest.mark.usefixtures("small_steps")
def test_it_is_stopped_and_undone_halfway(agent: Client, threads: list[Thread]) -> None:
    post(agent, threads, **CLOSE)
    change = BulkChange.objects.get()

    agent.post(f"/bulk/{change.pk}/undo/")
    agent.post(f"/bulk/{change.pk}/step/")

    assert closed() == 0


@pytest.mark.django_db(transaction=True)
def test_steps_side_by_side_do_each_thread_once(threads: list[Thread], alice: User) -> None:
    change = bulk.begin([one.pk for one in threads], verb="closed", by=alice)

    at_once(3, lambda: bulk.step(change))

    assert closed() == 7
    assert Event.objects.filter(verb="closed").count() == 7
    assert BulkChange.objects.get().done == 7


def test_a_step_that_dies_has_done_nothing(
    threads: list[Thread], alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = bulk.begin([one.pk for one in threads], verb="closed", by=alice)
    with monkeypatch.context() as patch:
        patch.setattr(BulkChange, "save", die)
        with pytest.raises(RuntimeError):
            bulk.step(change)
    assert closed() == 0

    bulk.step(change)

    assert closed() == 7


def die(*_arguments: Any, **_more: Any) -> None:
    raise RuntimeError


# -- who may ------------------------------------------------------------------


def test_a_viewer_and_an_outsider_change_nothing(
    client: Client, threads: list[Thread], charlie: User
) -> None:
    for person in (viewer_of(threads[0].marketplace), charlie):
        client.force_login(person)
        post(client, threads, **CLOSE)
        post(client, [], everything="on", **CLOSE)

    assert closed() == 0


def test_a_viewer_is_offered_no_boxes(client: Client, threads: list[Thread]) -> None:
    client.force_login(viewer_of(threads[0].marketplace))

    assert 'name="thread"' not in text_of(client.get("/"))


def test_anothers_change_is_not_there(client: Client, alice: User, bob: User) -> None:
    change = bulk.begin([], verb="closed", by=alice)
    client.force_login(bob)

    answers = [client.get(f"/bulk/{change.pk}/")]
    answers += [client.post(f"/bulk/{change.pk}/{what}/") for what in ("step", "undo")]

    assert {answer.status_code for answer in answers} == {404}


def test_who_has_lost_access_meanwhile_changes_nothing_more(
    threads: list[Thread], alice: User
) -> None:
    change = bulk.begin([one.pk for one in threads], verb="closed", by=alice)
    alice.groups.clear()

    bulk.step(change)

    assert closed() == 0


@pytest.mark.parametrize("data", [{}, {"snooze": "never"}, {"assignee": "0"}, {"verb": "sent"}])
def test_without_a_decision_it_says_so(
    data: dict[str, Any], agent: Client, threads: list[Thread]
) -> None:
    response = post(agent, threads, **data)

    assert response["Location"] == "/"
    assert not BulkChange.objects.exists()


def test_without_a_selection_it_says_so(agent: Client, threads: list[Thread]) -> None:
    response = post(agent, [], **CLOSE)

    assert "Select a conversation first." in text_of(agent.get(response["Location"]))


@pytest.mark.parametrize(
    ("verb", "argument"),
    [
        ("closed", {}),
        ("tagged", {"tag": "returns"}),
        ("assigned", {"to": "bob"}),
        ("snoozed", {"until": "2100-01-01T09:00:00+00:00"}),
    ],
)
def test_a_step_and_its_undo_cost_the_same_whatever_their_size(
    verb: str,
    argument: dict[str, Any],
    threads: list[Thread],
    bob: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    names = {"returns": Tag.objects.create(name="returns").pk, "bob": bob.pk}
    argument = {key: names.get(value, value) for key, value in argument.items()}
    change = bulk.begin([one.pk for one in threads], verb=verb, by=bob, **argument)

    # Closing and its undo also store resolutions.
    with django_assert_max_num_queries(24):
        change = bulk.step(change)
    with django_assert_max_num_queries(24):
        bulk.undo_step(change)

    assert change.done == 7

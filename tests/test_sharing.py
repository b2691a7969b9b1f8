"""Round robin: new and reopened conversations go to the person with the least to do."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from inbox.models import Access, Event, Invitation, Marketplace, Notification, Thread, User
from inbox.services.mirror import sync
from inbox.services.triage import round_robin
from tests.builders import waiting_on
from tests.reading import at_once
from tests.writing import Mirakl


@pytest.fixture
def team(maison: Marketplace, alice: User, bob: User) -> Group:
    """Alice and Bob answer; Vera can only read."""
    vera = User.objects.create_user("vera")
    readers = Group.objects.create(name="Readers")
    Access.objects.create(group=readers, marketplace=maison, role="viewer")
    group = Group.objects.create(name="Team")
    for person in (alice, bob, vera):
        person.groups.add(group)
    vera.groups.add(readers)
    maison.round_robin_group = group
    maison.save()
    return group


def waits(marketplace: Marketplace, mirakl_id: str, hours: int = 5, **values: Any) -> Thread:
    now = timezone.now()
    return Thread.objects.create(
        marketplace=marketplace,
        mirakl_id=mirakl_id,
        last_message_at=now,
        due_at=now + timedelta(hours=hours),
        **values,
    )


def assignees(*threads: Thread) -> list[str]:
    for thread in threads:
        thread.refresh_from_db()
    return [one.assignee.username if one.assignee else "" for one in threads]


@pytest.mark.usefixtures("team")
def test_the_most_urgent_is_given_first_and_each_in_turn(maison: Marketplace) -> None:
    threads = [waits(maison, f"T{hours}", hours) for hours in (4, 3, 2, 1)]

    round_robin.assign_by_round_robin(maison, [one.pk for one in threads])

    assert assignees(*threads) == ["bob", "alice", "bob", "alice"]
    assert Event.objects.filter(verb="assigned", by=None).count() == 4
    assert Notification.objects.filter(kind="assigned").count() == 4


@pytest.mark.usefixtures("team")
def test_who_is_only_invited_gets_nothing(maison: Marketplace, alice: User, bob: User) -> None:
    Invitation.objects.create(person=alice, by=bob)
    threads = [waits(maison, f"T{number}") for number in range(2)]

    round_robin.assign_by_round_robin(maison, [one.pk for one in threads])

    assert assignees(*threads) == ["bob", "bob"]


@pytest.mark.usefixtures("team")
def test_who_has_more_to_do_is_spared(maison: Marketplace, alice: User) -> None:
    for number in range(2):
        waits(maison, f"A{number}", assignee=alice)
    new = [waits(maison, f"T{number}") for number in range(3)]

    round_robin.assign_by_round_robin(maison, [one.pk for one in new])

    assert sorted(assignees(*new)) == ["alice", "bob", "bob"]


@pytest.mark.usefixtures("team")
def test_what_is_somebodys_or_waits_for_nobody_stays(maison: Marketplace, bob: User) -> None:
    taken = waits(maison, "T1", assignee=bob)
    answered, historical = waits(maison, "T2"), waits(maison, "T3", hours=-24 * 30)
    Thread.objects.filter(pk=answered.pk).update(due_at=None)

    round_robin.assign_by_round_robin(maison, [taken.pk, answered.pk, historical.pk])

    assert assignees(taken, answered, historical) == ["bob", "", ""]


def test_nobody_who_has_left_or_may_not_answer_is_given_anything(
    maison: Marketplace, team: Group, alice: User, bob: User
) -> None:
    User.objects.filter(pk__in=[alice.pk, bob.pk]).update(is_active=False)
    thread = waits(maison, "T1")

    round_robin.assign_by_round_robin(maison, [thread.pk])

    assert assignees(thread) == [""]


@pytest.mark.usefixtures("team")
def test_a_display_that_brings_new_threads_shares_them_out(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([maison])

    waiting = Thread.objects.filter(due_at__isnull=False)
    shared = [one for one in waiting if not one.is_historical]
    counts = [
        sum(one.assignee_id == pk for one in shared) for pk in {t.assignee_id for t in shared}
    ]
    assert all(one.assignee_id for one in shared)
    assert max(counts) - min(counts) <= 1


@pytest.mark.usefixtures("team")
def test_a_reopened_unassigned_thread_is_assigned(maison: Marketplace, mirakl: Mirakl) -> None:
    Marketplace.objects.update(round_robin_group=None)
    thread = waiting_on(Marketplace.objects.get())
    mirakl.customer_writes(thread.mirakl_id, "Is anybody there?")

    sync.open_thread(maison, thread.mirakl_id, force=True)

    assert assignees(thread) != [""]


@pytest.mark.usefixtures("mirakl")
def test_where_no_group_is_set_nobody_is_given_anything(maison: Marketplace) -> None:
    sync.refresh([maison])

    assert not Thread.objects.exclude(assignee=None).exists()


@pytest.mark.usefixtures("team")
@pytest.mark.django_db(transaction=True)
def test_two_that_share_out_at_once_count_what_the_other_gave(
    maison: Marketplace, nordhaus: Marketplace, team: Group, alice: User, bob: User
) -> None:
    answering = Group.objects.create(name="Nordhaus")
    answering.user_set.add(alice, bob)
    Access.objects.create(group=answering, marketplace=nordhaus, role="agent")
    nordhaus.round_robin_group = team
    nordhaus.save()
    work = [
        (marketplace, [waits(marketplace, f"T{number}") for number in range(5)])
        for marketplace in (maison, nordhaus)
    ]
    left = list(work)

    def display() -> None:
        marketplace, threads = left.pop()
        with transaction.atomic():
            round_robin.assign_by_round_robin(marketplace, [one.pk for one in threads])

    at_once(2, display)

    given = assignees(*(one for _marketplace, threads in work for one in threads))
    assert Counter(given) == {"alice": 5, "bob": 5}

"""What somebody who leaves has is handed over in one go."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import (
    AuditEntry,
    CannedReply,
    Draft,
    Event,
    Notification,
    ReportSubscription,
    SavedReport,
    SavedView,
    Thread,
    User,
)
from inbox.services.people import notes
from inbox.services.triage import hand_over
from inbox.services.triage.hand_over import Action, Kind
from inbox.services.triage.snooze import snooze_thread
from tests.builders import text_of

EVERYTHING = {kind.value: "move" for kind in Kind}


@pytest.fixture
def lead(client: Client, bob: User) -> Client:
    client.force_login(bob)
    return client


@pytest.fixture
def loaded(waiting: Thread, alice: User, bob: User) -> User:
    """Alice, with one of everything."""
    Thread.objects.filter(pk=waiting.pk).update(assignee=alice)
    snooze_thread(waiting, until=timezone.now() + timedelta(days=2), by=alice)
    Draft.objects.create(user=alice, thread=waiting, marketplace=waiting.marketplace, body="Half")
    notes.add(waiting, token=uuid.uuid4(), body="@alice please look", by=bob)
    SavedView.objects.create(owner=alice, name="Shared", query="view=all", is_shared=True)
    SavedView.objects.create(owner=alice, name="Private", query="view=all")
    CannedReply.objects.create(owner=alice, name="Mine", body="Hello")
    report = SavedReport.objects.create(owner=alice, name="Month", page="overview", is_shared=True)
    ReportSubscription.objects.create(
        report=report, reader=alice, rhythm="weekly", since=timezone.now()
    )
    return alice


def post(client: Client, person: User, **form: Any) -> Any:
    return client.post(f"/people/{person.pk}/hand-over/", form)


def test_the_page_lists_everything_with_counts(lead: Client, loaded: User, bob: User) -> None:
    counts = hand_over.count_belongings(loaded, by=bob)
    page = text_of(lead.get(f"/people/{loaded.pk}/hand-over/"))

    assert counts == dict.fromkeys(Kind, 1)
    assert all(str(kind.label) in page for kind in Kind)
    assert "1 snoozed, 0 closed" in page


def test_all_of_it_moves_in_one_go(lead: Client, loaded: User, bob: User, waiting: Thread) -> None:
    answer = post(lead, loaded, to=bob.pk, **EVERYTHING)

    assert answer["Location"] == f"/people/{loaded.pk}/"
    assert hand_over.count_belongings(loaded, by=bob) == {}
    assert hand_over.count_belongings(bob, by=bob) == dict.fromkeys(Kind, 1)
    waiting.refresh_from_db()
    assert waiting.assignee == bob
    assert waiting.snoozed_until
    entry = AuditEntry.objects.get(target_id=loaded.pk, details__has_key="handed_over")
    assert entry.details == {"handed_over": sorted(EVERYTHING), "to": bob.pk}
    # What nobody else sees is not handed over.
    assert SavedView.objects.get(name="Private").owner == loaded


def test_assigning_is_undone(lead: Client, loaded: User, bob: User, waiting: Thread) -> None:
    post(lead, loaded, to=bob.pk, **EVERYTHING)

    lead.post(f"/bulk/{bob.bulk_changes.get().pk}/undo/")

    waiting.refresh_from_db()
    assert waiting.assignee == loaded
    verbs = waiting.events.filter(verb=Event.Verb.ASSIGNED)
    assert verbs.count() == 2


def test_it_ends_instead(lead: Client, loaded: User, bob: User, waiting: Thread) -> None:
    post(lead, loaded, **{kind.value: "end" for kind in Kind})

    waiting.refresh_from_db()
    assert waiting.assignee is None
    assert hand_over.count_belongings(loaded, by=bob) == {}
    assert not Draft.objects.exists()
    assert Notification.objects.get(kind="mentioned").read_at


def test_somebody_has_to_get_it(lead: Client, loaded: User, bob: User, waiting: Thread) -> None:
    answer = post(lead, loaded, **EVERYTHING)

    assert answer.status_code == 422
    assert "Choose who gets it" in text_of(answer)
    waiting.refresh_from_db()
    assert waiting.assignee == loaded


def test_inactive_people_get_nothing(
    lead: Client, loaded: User, bob: User, waiting: Thread
) -> None:
    gone = User.objects.create_user("gone", is_active=False)
    gone.groups.set(bob.groups.all())

    answer = post(lead, loaded, to=gone.pk, **EVERYTHING)

    assert answer.status_code == 422
    assert f'value="{gone.pk}"' not in text_of(answer)


def test_what_the_new_owner_has_already_stays(loaded: User, bob: User, waiting: Thread) -> None:
    own = Draft.objects.create(
        user=bob, thread=waiting, marketplace=waiting.marketplace, body="My own"
    )

    hand_over.hand_over(loaded, {Kind.DRAFTS: Action.MOVE}, to=bob, by=bob)

    assert Draft.objects.get(user=bob) == own
    assert Draft.objects.get(user=loaded).body == "Half"


def test_what_the_new_owner_may_not_see_stays(loaded: User, charlie: User, bob: User) -> None:
    moved = dict.fromkeys((Kind.DRAFTS, Kind.MENTIONS, Kind.MAILS), Action.MOVE)

    hand_over.hand_over(loaded, moved, to=charlie, by=bob)

    left = hand_over.count_belongings(loaded, by=bob)
    assert {Kind.DRAFTS, Kind.MENTIONS} <= set(left)


def test_deactivating_leads_there(lead: Client, loaded: User) -> None:
    answer = lead.post(f"/people/{loaded.pk}/deactivate/")

    assert answer["Location"] == f"/people/{loaded.pk}/hand-over/"


def test_an_agent_hands_nothing_over(agent: Client, loaded: User, bob: User) -> None:
    answer = post(agent, bob, to=loaded.pk, **EVERYTHING)

    assert answer.status_code == 404

"""Each queue holds its conversations in order, with an exact count."""

from datetime import timedelta
from typing import Any
from unittest import mock

import pgtrigger
import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from inbox.models import Marketplace, Notification, Outgoing, Tally, Thread, User, queues
from inbox.models.queue_conditions import TALLIED
from inbox.pages.sidebar import sidebar_for
from inbox.pages.viewer import Viewer
from inbox.services.search.list_views import SORTS, VIEWS
from inbox.services.search.thread_list import InboxFilters
from inbox.services.triage import queue_tallies

NOW = timezone.now()


def hours(number: float) -> Any:
    return timezone.now() + timedelta(hours=number)


def thread(marketplace: Marketplace, name: str, **fields: Any) -> Thread:
    return Thread.objects.create(
        **{"marketplace": marketplace, "mirakl_id": name, "last_message_at": NOW} | fields
    )


def queue(name: str, marketplace: Marketplace, user: User | None = None, **query: str) -> list[str]:
    filters = InboxFilters({"view": name, **query}, marketplaces=[marketplace], user=user)
    rows, _following = filters.page("")
    return [row.mirakl_id for row in rows]


@pytest.fixture
def desk(maison: Marketplace, alice: User, bob: User) -> Marketplace:
    """A conversation of each kind. The limit is 24 hours, the alert comes at 20."""
    thread(maison, "urgent", due_at=hours(1))
    thread(maison, "calm", due_at=hours(20), assignee=alice)
    thread(maison, "bobs", due_at=hours(10), assignee=bob)
    thread(maison, "late", due_at=hours(-1))
    thread(maison, "historical", due_at=hours(-24 * 20))
    thread(maison, "snoozed one", due_at=hours(2), snoozed_until=hours(1), assignee=alice)
    thread(maison, "unsnoozed", due_at=hours(3), snoozed_until=hours(-1))
    thread(maison, "closed", due_at=hours(1), status="closed", assignee=alice)
    thread(maison, "answered", last_sender_is_ours=True, with_operator=True)
    thread(maison, "answered snoozed", last_sender_is_ours=True, snoozed_until=hours(1))
    thread(maison, "operators", with_operator=True, snoozed_until=hours(1))
    return maison


HELD = {
    "needs-reply": ["late", "urgent", "unsnoozed", "bobs", "calm", "historical"],
    "breaching": ["late", "urgent", "closed", "snoozed one", "unsnoozed"],
    "mine": ["closed", "calm"],
    "unassigned": ["late", "urgent", "unsnoozed", "historical"],
    "waiting": ["answered"],
    "operator": ["answered"],
    "snoozed": ["snoozed one", "operators", "answered snoozed"],
    "closed": ["closed"],
}


@pytest.mark.parametrize("name", HELD)
def test_a_queue_holds_what_its_name_says(name: str, desk: Marketplace, alice: User) -> None:
    assert queue(name, desk, alice) == HELD[name]


def test_a_marketplace_that_alerts_early_is_urgent_early(desk: Marketplace, alice: User) -> None:
    Marketplace.objects.filter(pk=desk.pk).update(alert_hours=12)
    desk.refresh_from_db()

    assert queue("breaching", desk, alice) == [*HELD["breaching"], "bobs"]


def test_each_marketplace_is_urgent_in_its_own_time(
    desk: Marketplace, nordhaus: Marketplace, alice: User
) -> None:
    Marketplace.objects.filter(pk=nordhaus.pk).update(alert_hours=12)
    nordhaus.refresh_from_db()
    thread(nordhaus, "early", due_at=hours(10))
    query = {"view": "breaching"}

    rows, _ = InboxFilters(query, marketplaces=[desk, nordhaus], user=alice).page("")

    assert [row.mirakl_id for row in rows] == [*HELD["breaching"], "early"]


def test_nothing_is_mine_to_nobody(desk: Marketplace) -> None:
    assert queue("mine", desk) == []


def test_the_oldest_come_first_when_asked_for(maison: Marketplace) -> None:
    for age in (2, 3, 1):
        thread(maison, f"{age}", last_message_at=NOW - timedelta(hours=age))

    assert queue("all", maison, sort="oldest") == ["3", "2", "1"]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("name", VIEWS)
def test_pages_hold_each_row_once(
    name: str, sort: str, desk: Marketplace, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inbox.services.search import thread_list

    query = {"view": name, "sort": sort}
    whole = queue(name, desk, alice, sort=sort)
    monkeypatch.setattr(thread_list, "PAGE_SIZE", 2)
    walked: list[str] = []
    after = ""
    while after or not walked:
        filters = InboxFilters(query, marketplaces=[desk], user=alice)
        rows, after = filters.page(after)
        walked += [row.mirakl_id for row in rows]

    assert walked == whole


# -- counted ------------------------------------------------------------------


def counted(marketplace: Marketplace, user: User) -> dict[str, int]:
    return queues.counts([marketplace], user)[marketplace.pk]


def there(marketplace: Marketplace, user: User) -> dict[str, int]:
    return {name: len(queue(name, marketplace, user)) for name in queues.QUEUES}


def test_counts_are_the_numbers_of_rows(
    desk: Marketplace, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found = counted(desk, alice)

    assert found == there(desk, alice)
    assert all(found.values())


def test_kept_counts_follow_the_clock(desk: Marketplace, alice: User) -> None:
    counted(desk, alice)
    later = timezone.now() + timedelta(hours=5)

    with mock.patch.object(timezone, "now", return_value=later):
        assert counted(desk, alice) == there(desk, alice)


def test_kept_counts_follow_the_alert_of_a_marketplace(desk: Marketplace, alice: User) -> None:
    before = counted(desk, alice)
    Marketplace.objects.filter(pk=desk.pk).update(alert_hours=12)
    desk.refresh_from_db()

    assert counted(desk, alice) == there(desk, alice) != before


def test_kept_counts_follow_the_rights_and_choices_of_a_person(
    desk: Marketplace, alice: User, bob: User
) -> None:
    """What the sidebar counts beside the queues is read with the person's row."""
    first = Thread.objects.all()[0]
    Outgoing.objects.create(
        marketplace=desk, thread=first, body="No", author=bob, state="failed", settled_at=NOW
    )
    Notification.objects.create(user=alice, thread=first, kind="mentioned")

    def shown() -> tuple[int, int]:
        sidebar = sidebar_for(Viewer(alice))
        return sidebar.trouble, sidebar.bell.count

    assert shown() == (1, 1)
    alice.is_active = False
    assert shown() == (0, 0)
    alice.is_active, alice.notices = True, {"mentioned": ["browser"]}
    assert shown() == (1, 0)


def test_counts_follow_every_kind_of_change(
    desk: Marketplace, nordhaus: Marketplace, alice: User
) -> None:
    Thread.objects.filter(mirakl_id__in=["urgent", "answered"]).update(status="closed")
    Thread.objects.filter(mirakl_id="late").update(due_at=None, last_sender_is_ours=True)
    Thread.objects.filter(mirakl_id="calm").update(with_operator=True, marketplace=nordhaus)
    Thread.objects.filter(mirakl_id="closed").delete()
    fresh = Thread(marketplace=desk, mirakl_id="fresh", last_message_at=NOW, status="closed")
    known = Thread(marketplace=desk, mirakl_id="bobs", last_message_at=NOW, with_operator=True)
    Thread.objects.bulk_create(
        [fresh, known],
        update_conflicts=True,
        unique_fields=["marketplace", "mirakl_id"],
        update_fields=["with_operator", "due_at"],
    )

    for marketplace in (desk, nordhaus):
        assert counted(marketplace, alice) == there(marketplace, alice)


def test_what_is_rolled_back_is_not_counted(desk: Marketplace, alice: User) -> None:
    before = counted(desk, alice)
    with transaction.atomic():
        thread(desk, "never")
        transaction.set_rollback(True)

    assert counted(desk, alice) == before


def test_tallies_are_put_together_and_add_up_as_before(
    desk: Marketplace, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_tallies, "MANY", 1)
    before = counted(desk, alice)

    queue_tallies.merge_tallies()

    # Tallies outlive their marketplace, that of another test too.
    assert Tally.objects.filter(marketplace=desk).count() == 1
    assert counted(desk, alice) == before


def test_few_tallies_are_left_alone(desk: Marketplace) -> None:
    before = Tally.objects.count()

    queue_tallies.merge_tallies()

    assert Tally.objects.count() == before > 1


def test_a_marketplace_goes_with_its_threads(desk: Marketplace) -> None:
    desk.delete()

    assert not Thread.objects.exists()


@pytest.mark.django_db
def test_the_database_has_the_triggers_of_the_models() -> None:
    found = {one.get_installation_status(model) for model, one in pgtrigger.registered()}

    assert found == {("INSTALLED", True)}


def test_each_column_of_a_tally_has_a_condition() -> None:
    columns = [field.name for field in Tally._meta.concrete_fields]

    assert columns == ["id", "marketplace", *TALLIED]

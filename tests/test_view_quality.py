"""The quality page: what each marketplace says of our replies, what we count, and the forecast."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Marketplace, Span, Thread, User
from inbox.models.metrics import Metric
from inbox.sandbox.server import Running
from inbox.services.marketplaces import statistics
from tests.builders import HTMX, text_of, viewer_of
from tests.html import Page
from tests.measuring import answered, figures_on, read_until, scored, waiting
from tests.test_page_queries import counted
from tests.test_view_connections import fail
from tests.writing import Mirakl

PAGE = "/quality/"
COURSE = "/quality/maison-verte/"
DELAY = "order_messages_response_delay"
HOUR = 3600
NOT_NEEDED = "no_reply_needed"
Set = Callable[..., None]


@pytest.fixture
def thread(waiting: Thread) -> Thread:
    """A thread whose marketplace was read just now, and nothing is counted yet."""
    Span.objects.all().delete()
    Marketplace.objects.update(connected_at=None)
    waiting.marketplace.refresh_from_db()
    read_until(waiting.marketplace, timezone.now())
    return waiting


@pytest.fixture
def change(maison: Marketplace) -> Set:
    def set_them(**values: Any) -> None:
        Marketplace.objects.filter(pk=maison.pk).update(**values)

    return set_them


def page_of(client: Client, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return text_of(answer)


def values(page: str, metric: str) -> list[str]:
    return Page(page).get_all("data-value", data_metric=metric)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def close_to(text: str, expected: datetime) -> bool:
    return abs(moment(text) - expected) < timedelta(minutes=1)


# -- who may see it ---------------------------------------------------------------


def test_a_stranger_without_a_marketplace_does_not_find_it(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("nobody"))

    assert client.get(PAGE).status_code == 404
    assert client.get(COURSE).status_code == 404


def test_an_outsider_sees_only_their_own_marketplaces(
    client: Client, charlie: User, thread: Thread
) -> None:
    client.force_login(charlie)

    page = page_of(client)

    assert 'data-marketplace="nordhaus"' in page
    assert "maison-verte" not in page
    assert client.get(COURSE).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "agent", "lead", "admin"])
def test_all_who_see_a_marketplace_see_its_quality(
    role: str, client: Client, maison: Marketplace, alice: User, bob: User
) -> None:
    people = {"agent": lambda: alice, "lead": lambda: bob, "viewer": lambda: viewer_of(maison)}
    admin = lambda: User.objects.create_superuser("ada")  # noqa: E731
    client.force_login(people.get(role, admin)())

    assert 'data-marketplace="maison-verte"' in page_of(client)
    assert f'href="{PAGE}"' in page_of(client, "/drafts/")


def test_an_operators_connection_has_no_card(
    agent: Client, maison_operator: Marketplace, alice: User
) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=True)

    assert "maison-verte-operator" not in page_of(agent).partition('class="quality"')[2]


# -- the figures --------------------------------------------------------------------


def test_the_marketplaces_figure_stands_beside_ours(agent: Client, thread: Thread) -> None:
    now = timezone.now()
    answered(thread, now - timedelta(days=2), hours=10)
    answered(thread, now - timedelta(days=3), hours=20)
    answered(thread, now - timedelta(days=31), hours=90)
    answered(thread, now - timedelta(days=1), hours=90, is_history=True)

    page = page_of(agent)

    assert (theirs := statistics.get_statistics(thread.marketplace))
    assert values(page, DELAY) == [f"{theirs.value(DELAY, 'LAST_MONTH'):.0f}"]
    assert values(page, "reply_seconds_mean") == [str(15 * HOUR)]
    assert values(page, "answered_in_time_share") == ["1"]
    assert "15.0 h" in page
    assert "over the limit from 24 h" in page
    assert "near it from 20 h" in page


def test_a_marketplace_that_was_never_read_has_no_figures(
    agent: Client, thread: Thread, sandbox: Running
) -> None:
    fail(sandbox, {"operation": "A21", "status": 403})
    read_until(thread.marketplace, None)

    page = page_of(agent)

    for metric in (DELAY, "reply_seconds_mean", "answered_in_time_share", "waiting_now_count"):
        assert values(page, metric) == [""]
    assert "Nothing known" in page
    assert "Not read yet" in page
    assert "Forecast" not in page


def test_what_was_not_read_has_no_figure_but_the_time_of_the_reading(
    agent: Client, thread: Thread
) -> None:
    friday = timezone.now() - timedelta(days=3)
    read_until(thread.marketplace, friday)
    waiting(thread, friday - timedelta(hours=2))
    answered(thread, friday - timedelta(days=29), hours=8)

    page, course = page_of(agent), page_of(agent, COURSE)

    (read_at,) = values(page, "read_until_at")
    assert close_to(read_at, friday)
    assert values(page, "reply_seconds_mean") == [str(8 * HOUR)]
    assert values(course, "replies_count")[:3] == ["", "", ""]


def test_the_suspension_and_the_other_figures_stand_beside_their_limits(
    agent: Client, thread: Thread, change: Set
) -> None:
    limits = [
        Metric("incident_rate", 0.08, ">=", 0.09, ">"),
        Metric("approval_rate", 0.97, "<=", 0.96, "<"),
        Metric("late_shipment_rate", 0.02, ">=", 0.1, ">"),
        Metric("valid_tracking_rate", None, ">=", 0.9, "<", "LAST_YEAR"),
    ]
    change(metrics=limits)
    for name, value in (("incident_rate", 0.09), ("approval_rate", 0.95), (DELAY, 86_400)):
        scored(thread.marketplace, name, value)
    scored(thread.marketplace, "late_shipment_rate", 0.03)

    page = page_of(agent)

    assert states(page)["incident_rate"] == "soon"  # exactly the limit is not above it
    assert states(page)["approval_rate"] == "overdue"
    assert states(page)["late_shipment_rate"] == "soon"
    assert states(page)[DELAY] == "overdue"
    assert values(page, "valid_tracking_rate") == [""]
    assert "&gt; 9.0%" in page


def states(page: str) -> dict[str, str]:
    found = re.findall(r'data-metric="([^"]*)"[^>]*data-state="([^"]*)"', page)
    return dict(found)


def test_a_suspended_shop_says_so(agent: Client, thread: Thread, mirakl: Mirakl) -> None:
    from inbox.services.marketplaces import accounts

    def suspended(client: Any) -> accounts.Account:
        return accounts.Account(
            "Lamps", 1, "SUSPENDED", "AUTOMATIC_SUSPENSION", "EUR", None, None, None
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_read_account", suspended)
        page = page_of(agent)

    assert "quality control suspended the shop" in page


def test_a_shop_with_few_orders_is_not_judged(agent: Client, thread: Thread, change: Set) -> None:
    change(min_orders=10)
    scored(thread.marketplace, "orders_count", 7)
    scored(thread.marketplace, DELAY, 99 * HOUR)
    waiting(thread, timezone.now() - timedelta(hours=23))

    page = page_of(agent)

    assert "Not counted yet: 7 of 10 orders." in page
    assert states(page)[DELAY] == ""
    assert values(page, "limit_crossed_at") == []
    assert "Forecast" not in page


# -- the forecast ------------------------------------------------------------------------


def test_the_forecast_names_every_crossing(agent: Client, thread: Thread) -> None:
    now = timezone.now()
    for _ in range(18):
        answered(thread, now - timedelta(days=1), hours=22)
    for _ in range(2):
        answered(thread, now - timedelta(days=30) + timedelta(hours=6), hours=38)
    for hours in (20, 21, 22, 23):
        waiting(thread, now - timedelta(hours=hours))

    page = page_of(agent)

    over, again = values(page, "limit_crossed_at")
    (back,) = values(page, "limit_left_at")
    assert close_to(over, now + timedelta(hours=4.5))
    assert close_to(back, now + timedelta(hours=6))
    assert close_to(again, now + timedelta(hours=11.5))
    assert values(page, "waiting_now_count") == ["4"]
    assert "If all 4 are answered by" in page
    assert "count open ones:" in page


def test_a_rule_about_each_reply_names_the_waits_that_pass_their_limits(
    agent: Client, thread: Thread, change: Set
) -> None:
    change(reply_rule="each_max")
    now = timezone.now()
    for hours in (22, 23.5, 30):
        waiting(thread, now - timedelta(hours=hours))

    page = page_of(agent)

    assert values(page, "misses_ahead_count") == ["2"]
    first, second = values(page, "limit_at")
    assert close_to(first, now + timedelta(hours=0.5))
    assert close_to(second, now + timedelta(hours=2))
    assert values(page, "limit_crossed_at") == []


def test_a_rule_about_the_share_names_when_it_is_missed(
    agent: Client, thread: Thread, change: Set
) -> None:
    change(reply_rule="share_min", reply_share=90)
    now = timezone.now()
    for _ in range(10):
        answered(thread, now - timedelta(days=1), hours=2)
    for hours in (22, 22.5):
        waiting(thread, now - timedelta(hours=hours))

    page = page_of(agent)

    assert values(page, "answered_in_time_share") == ["1"]
    (missed,) = values(page, "share_crossed_at")
    assert close_to(missed, now + timedelta(hours=2))


def test_an_operators_messages_count_where_the_marketplace_counts_them(
    agent: Client, thread: Thread, change: Set
) -> None:
    now = timezone.now()
    answered(thread, now - timedelta(days=1), hours=2)
    answered(thread, now - timedelta(days=1), hours=8, asker="OPERATOR")

    assert values(page_of(agent), "reply_seconds_mean") == [str(5 * HOUR)]
    change(counts_operator=False)
    assert values(page_of(agent), "reply_seconds_mean") == [str(2 * HOUR)]


# -- the course ------------------------------------------------------------------------------


def test_the_course_is_a_page_without_javascript_and_a_fragment_with_it(
    agent: Client, thread: Thread
) -> None:
    answered(thread, timezone.now() - timedelta(days=2), hours=3)

    page = page_of(agent, COURSE)
    fragment = text_of(agent.get(COURSE, headers=HTMX))

    assert "<html" in page
    assert "<html" not in fragment
    assert str(3 * HOUR) in values(fragment, "reply_seconds_mean")
    assert len(values(fragment, "reply_seconds_mean")) == 30
    assert len(values(fragment, "forecast_answered_seconds_mean")) == 18
    assert fragment.count('class="bar-shape"') == 3  # one bar, and the legend's two


def test_those_who_still_wait_are_told_beside_the_fast_answers(
    agent: Client, thread: Thread
) -> None:
    now = timezone.now()
    for _ in range(3):
        answered(thread, now - timedelta(days=2), hours=1)
    for hours in (120, 121, 0.5):
        waiting(thread, now - timedelta(hours=hours))

    page = page_of(agent, COURSE)

    assert values(page, "waiting_over_p90_count") == ["2"]
    assert "still wait, longer than nine in ten of those answered." in page


def test_after_five_readings_it_says_how_the_marketplace_counts(
    agent: Client, thread: Thread
) -> None:
    now = timezone.now()
    answered(thread, now - timedelta(days=20), hours=10)
    marketplace = thread.marketplace
    for day in range(4):
        scored(marketplace, DELAY, 10.1 * HOUR, read_on=(now - timedelta(days=day)).date())
    assert "4 so far" in page_of(agent, COURSE)

    scored(marketplace, DELAY, 10.1 * HOUR, read_on=(now - timedelta(days=9)).date())
    page = page_of(agent, COURSE)

    assert "The marketplace seems to count: from the first of several messages" in page
    (error,) = values(page, "formula_error_share")
    assert float(error) == pytest.approx(0.1 / 10.1, abs=1e-5)


# -- what it costs ----------------------------------------------------------------------------


def test_values_are_the_same_in_every_language(agent: Client, alice: User, thread: Thread) -> None:
    answered(thread, timezone.now() - timedelta(days=2), hours=7.25)
    english = figures_on(page_of(agent))

    User.objects.filter(pk=alice.pk).update(language="fr")
    french = page_of(agent)

    assert figures_on(french) == english
    assert "7,2 h" in french


def test_it_costs_few_queries_however_many_marketplaces(
    agent: Client, alice: User, thread: Thread, nordhaus: Marketplace
) -> None:
    from tests.builders import works_on

    page_of(agent)
    with counted() as one:
        page_of(agent)
    works_on(nordhaus, alice)
    page_of(agent)

    with counted() as two:
        page_of(agent)

    assert len(two) == len(one)
    assert len(two) <= 12, "\n".join(two)


def test_it_reads_figures_and_no_conversations(
    agent: Client, thread: Thread, mirakl: Mirakl
) -> None:
    before = len(mirakl.calls("M10")) + len(mirakl.calls("M11"))

    page_of(agent)
    page_of(agent)

    assert len(mirakl.calls("A21")) == 1
    assert len(mirakl.calls("M10")) + len(mirakl.calls("M11")) == before


def test_waits_that_are_added_up_count_like_those_read_one_by_one(
    agent: Client, thread: Thread, change: Set
) -> None:
    now = timezone.now()
    for days in (2, 10, 25, 28, 29.5):
        answered(thread, now - timedelta(days=days), hours=10)
        answered(thread, now - timedelta(days=days), hours=30)
        answered(thread, now - timedelta(days=days), hours=2, ended_by=NOT_NEEDED, answer_id="")
        answered(thread, now - timedelta(days=days), hours=26, ended_by=NOT_NEEDED, answer_id="")
    waiting(thread, now - timedelta(hours=30))

    page = page_of(agent)

    assert values(page, "reply_seconds_mean") == [str(20 * HOUR)]
    # Each time one in time and two missed; the open one is missed too.
    assert values(page, "answered_in_time_share") == [f"{5 / 16:g}"]

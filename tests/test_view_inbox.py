"""The inbox: what it asks, how it sorts, filters and counts, and one marketplace in trouble."""

from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from inbox.models import Marketplace, Thread, User
from inbox.sandbox.server import Running
from tests.builders import HTMX, text_of, threads_on, works_on
from tests.html import Page
from tests.reading import rewind
from tests.writing import Mirakl

NEWS = "A word from the one that still works"


@pytest.fixture
def agent(alice: User, client: Client, mirakl: Mirakl) -> Client:
    """Alice, who has looked at the inbox before."""
    client.force_login(alice)
    client.get("/")
    return client


@pytest.fixture
def both(agent: Client, alice: User, nordhaus: Marketplace) -> Client:
    """Alice, who works on two marketplaces and has looked at both."""
    works_on(nordhaus, alice)
    agent.get("/")
    return agent


@pytest.fixture
def long_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything on one page."""
    from inbox.services.search import thread_list

    monkeypatch.setattr(thread_list, "PAGE_SIZE", 1000)


def page_of(client: Client, **query: str) -> str:
    return text_of(client.get("/", query))


def asked(mirakl: Mirakl) -> list[str]:
    return sorted(str(call["marketplace"]) for call in mirakl.calls("M11"))


def let_time_pass() -> None:
    for marketplace in Marketplace.objects.all():
        rewind(marketplace, minutes=1)


def rows_of(page: str) -> list[Thread]:
    by_id = {thread.mirakl_id: thread for thread in Thread.objects.all()}
    return [by_id[mirakl_id] for mirakl_id in threads_on(page)]


# -- what it asks -------------------------------------------------------------


def test_a_display_asks_each_marketplace_once_and_the_next_lives_on_the_answer(
    both: Client, mirakl: Mirakl, sandbox: Running
) -> None:
    let_time_pass()
    httpx.delete(f"{sandbox.url}/_sandbox/log")

    both.get("/")
    both.get("/?view=all&sort=newest")

    assert asked(mirakl) == ["maison-verte", "nordhaus"]


def test_a_display_of_one_marketplace_asks_that_one_alone(
    both: Client, mirakl: Mirakl, sandbox: Running
) -> None:
    let_time_pass()
    httpx.delete(f"{sandbox.url}/_sandbox/log")

    both.get("/?marketplace=nordhaus")

    assert asked(mirakl) == ["nordhaus"]


def test_more_rows_are_asked_of_nobody(agent: Client, mirakl: Mirakl, sandbox: Running) -> None:
    asked_for = Page(page_of(agent, view="all")).get_all("hx-get")
    following = next(one for one in asked_for if "after=" in one)
    let_time_pass()
    httpx.delete(f"{sandbox.url}/_sandbox/log")

    fragment = agent.get(f"/{following}", headers=HTMX)

    assert threads_on(text_of(fragment))
    assert "<html" not in text_of(fragment)
    assert asked(mirakl) == []


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/marketplaces/maison-verte/", "/threads/new/", "/healthz"]
)
def test_pages_that_list_nothing_ask_for_no_list(
    path: str, agent: Client, mirakl: Mirakl, sandbox: Running
) -> None:
    let_time_pass()
    httpx.delete(f"{sandbox.url}/_sandbox/log")

    agent.get(path)

    assert asked(mirakl) == []


def test_who_is_not_logged_in_causes_no_question(
    client: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    client.get("/")
    client.get("/", headers=HTMX)

    assert asked(mirakl) == []


def test_a_display_asks_for_what_is_newer_than_what_it_has(
    agent: Client, mirakl: Mirakl, sandbox: Running
) -> None:
    let_time_pass()
    httpx.delete(f"{sandbox.url}/_sandbox/log")

    agent.get("/")

    (call,) = mirakl.calls("M11")
    assert "updated_since" in parse_qs(call["query"])


# -- order and filters --------------------------------------------------------


def test_the_soonest_deadline_comes_first_and_none_last(agent: Client) -> None:
    deadlines = [thread.due_at for thread in rows_of(page_of(agent, view="all"))]

    known = [one for one in deadlines if one]
    assert None in deadlines
    assert known == sorted(known)
    assert deadlines == [*known, *[None] * (len(deadlines) - len(known))]


def test_the_newest_message_comes_first_when_asked_for(agent: Client) -> None:
    page = page_of(agent, view="all", sort="newest")

    moments = [thread.last_message_at for thread in rows_of(page)]
    assert len(moments) > 2
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize("entity_type", ["MMP_ORDER", "MMP_OFFER", "SELLER_OPERATOR"])
def test_it_keeps_to_one_kind_of_subject(entity_type: str, agent: Client, mirakl: Mirakl) -> None:
    there = {one["id"] for one in mirakl.threads(entity_type=entity_type, limit="100")}

    shown = set(threads_on(page_of(agent, view="all", entity_type=entity_type)))

    assert shown
    assert shown <= there
    assert len(shown) == min(len(there), 50)


@pytest.mark.usefixtures("long_lists")
def test_needs_reply_is_what_mirakl_says_needs_one(agent: Client, mirakl: Mirakl) -> None:
    there = mirakl.threads(limit="100")
    waiting = {one["id"] for one in there if one["metadata"].get("shop_reply_needed_since")}

    assert set(threads_on(page_of(agent))) == waiting


def test_each_view_holds_what_its_name_says(agent: Client) -> None:
    views = {name: rows_of(page_of(agent, view=name)) for name in ("waiting", "operator")}

    assert all(views.values())
    assert all(one.due_at is None and one.last_sender_is_ours for one in views["waiting"])
    assert all(one.with_operator for one in views["operator"])


def test_it_keeps_to_one_marketplace(both: Client) -> None:
    page = page_of(both, view="all", marketplace="nordhaus")

    assert threads_on(page)
    assert "/threads/maison-verte/" not in page


def test_filters_work_together_and_stand_in_the_bar(both: Client) -> None:
    chosen = {"view": "all", "marketplace": "maison-verte", "entity_type": "MMP_OFFER"}

    page = page_of(both, sort="newest", **chosen)

    rows = rows_of(page)
    assert {one.entity_type for one in rows} == {"MMP_OFFER"}
    assert {one.marketplace.slug for one in rows} == {"maison-verte"}
    chips = Page(page).find("li", css_class="chip")
    assert [one.texts("span", dir="auto") for one in chips] == [["Maison Verte"], ["Offers"]]


@pytest.mark.parametrize("slug", ["nordhaus", "nowhere"])
def test_a_marketplace_that_is_not_ones_own_shows_nothing_rather_than_the_others(
    slug: str, agent: Client, nordhaus: Marketplace
) -> None:
    page = page_of(agent, view="all", marketplace=slug)

    assert rows_of(page) == []
    assert f"“marketplace:{slug}” doesn" in page
    assert "Nordhaus" not in page


def test_a_search_without_a_match_says_how_to_go_on(agent: Client) -> None:
    page = page_of(agent, view="all", q="zzzzzzzz <b>")

    assert threads_on(page) == []
    assert "No results" in page
    assert "Clear filters" in page
    assert "zzzzzzzz <b>" not in page


# -- counts -------------------------------------------------------------------


def counted(page: str, label: str) -> int:
    for entry in Page(page).find("a"):
        if any(one.startswith(label) for one in entry.texts("span", css_class="label")):
            (number,) = entry.texts("span", css_class="number")
            return int(number)
    raise AssertionError(label)


@pytest.mark.parametrize(
    ("view", "label"),
    [
        ("needs-reply", "Needs reply"),
        ("breaching", "Due soon"),
        ("unassigned", "Unassigned"),
        ("all", "All conversations"),
        ("waiting", "Waiting on customer"),
        ("operator", "Operator"),
    ],
)
@pytest.mark.usefixtures("long_lists")
def test_a_views_count_is_the_number_of_its_rows(view: str, label: str, both: Client) -> None:
    page = page_of(both, view=view)

    assert counted(page, label) == len(threads_on(page)) > 0


@pytest.mark.usefixtures("long_lists")
@pytest.mark.parametrize("name", ["Maison Verte", "Nordhaus"])
def test_a_marketplaces_count_is_the_number_of_its_rows(name: str, both: Client) -> None:
    slug = Marketplace.objects.get(name=name).slug

    page = page_of(both)

    assert counted(page, name) == page.count(f'class="open" href="/threads/{slug}/') > 0


def test_a_list_of_fifty_costs_no_more_queries_than_one_of_ten(
    both: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from inbox.services.search import thread_list

    with monkeypatch.context() as patch, CaptureQueriesContext(connection) as ten:
        patch.setattr(thread_list, "PAGE_SIZE", 10)
        both.get("/?view=all&sort=newest")

    with django_assert_num_queries(len(ten)):
        page = page_of(both, view="all", sort="newest")

    assert len(threads_on(page)) == 50


# -- trouble ------------------------------------------------------------------


@pytest.mark.parametrize("fault", [{"status": 500}, {"drop": "before"}, {"status": 401}])
def test_one_marketplace_in_trouble_leaves_the_other_fresh_and_says_so(
    fault: dict[str, Any], both: Client, mirakl: Mirakl, sandbox: Running
) -> None:
    nordhaus = Thread.objects.filter(marketplace__slug="nordhaus").exclude(customer_id="")
    written = {"marketplace": "nordhaus", "thread_id": nordhaus[0].mirakl_id, "body": NEWS}
    httpx.post(f"{sandbox.url}/_sandbox/customer-message", json=written).raise_for_status()
    let_time_pass()
    mirakl.fails("M11", marketplace="maison-verte", **fault)

    page = page_of(both, view="all", sort="newest")

    (notice,) = Page(page).texts("p", css_class="notice", data_tone="error")
    assert "Maison Verte" in notice
    assert "Showing Maison Verte as of" in notice
    assert NEWS in page
    assert "/threads/maison-verte/" in page


def test_a_late_marketplace_is_shown_as_it_was_and_asked_for_once_more_by_the_page(
    agent: Client, mirakl: Mirakl, settings: Settings
) -> None:
    let_time_pass()
    settings.INBOX_DEADLINE_SECONDS = 0.1
    mirakl.fails("M11", latency_ms=700)

    page = page_of(agent)
    again = next(one for one in Page(page).get_all("hx-get") if one.endswith("wait=1"))
    fragment = text_of(agent.get(f"/{again}", headers=HTMX))

    assert "Still waiting for Maison Verte" in page
    assert threads_on(page)
    assert "Still waiting for" not in fragment
    assert "wait=1" not in fragment
    assert "<html" not in fragment
    assert 'id="sidebar-entries" class="entries" hx-swap-oob="true"' in fragment
    assert len(mirakl.calls("M11")) == 2


# -- nobody's inbox -----------------------------------------------------------


def test_somebody_without_a_marketplace_finds_a_friendly_page_that_is_not_there(
    client: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    client.force_login(User.objects.create_user("otto"))

    response = client.get("/")

    assert response.status_code == 404
    assert "You don't have access to a marketplace yet" in text_of(response)
    assert "Maison Verte" not in text_of(response)
    assert asked(mirakl) == []


def test_an_admin_without_a_marketplace_is_shown_how_to_connect_one(
    client: Client, db: None
) -> None:
    client.force_login(User.objects.create_superuser("ada"))

    response = client.get("/")

    assert response.status_code == 200
    assert 'href="/connections/new/"' in text_of(response)
    assert "Connect" in text_of(response)

"""The thank-yous of all marketplaces, each with the link to end its clock."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from inbox.models import Marketplace, Thread, User
from inbox.sandbox.server import Running
from tests.builders import HTMX, text_of
from tests.reading import ago, message, page_of, thread_of
from tests.test_view_connections import fail
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db
THANKS = message("m2", "CUSTOMER", ago(hours=2), body="Merci beaucoup !")


@pytest.fixture
def agent(alice: User, client: Client, maison: Marketplace, mirakl: Mirakl) -> Client:
    Marketplace.objects.filter(pk=maison.pk).update(
        back_office_thread_url="https://maison.example/threads/{thread_id}"
    )
    mirakl.fails("M11", status=200, body=page_of(thread_of(THANKS)))
    client.force_login(alice)
    return client


def test_it_asks_and_leads_to_where_each_is_stopped(agent: Client, mirakl: Mirakl) -> None:
    page = text_of(agent.get("/thanks/"))

    assert "Merci beaucoup !" in page
    assert 'href="https://maison.example/threads/thread-1"' in page
    assert "Stop clock on Maison Verte" in page
    assert len(mirakl.calls("M11")) == 1


def test_what_asks_something_is_not_among_them(agent: Client, mirakl: Mirakl) -> None:
    question = message("m2", "CUSTOMER", ago(hours=2), body="Merci ! Et ma lampe ?")
    mirakl.fails("M11", status=200, body=page_of(thread_of(question)))

    assert "No thank-yous" in text_of(agent.get("/thanks/"))


def test_it_is_ticked_off_when_a_display_finds_its_clock_stopped(agent: Client) -> None:
    agent.get("/thanks/")
    Thread.objects.update(due_at=None)

    page = text_of(agent.get("/thanks/", headers=HTMX))

    assert "<html" not in page
    assert "No thank-yous" in page
    assert "Merci beaucoup !" in page
    assert "Stop clock on" not in page


def test_what_was_ticked_long_ago_is_gone(agent: Client) -> None:
    agent.get("/thanks/")
    Thread.objects.update(due_at=None, updated_at=timezone.now() - timedelta(days=30))

    assert "Merci beaucoup !" not in text_of(agent.get("/thanks/"))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "javascript://localhost/%0aalert(1)", "http://x.example", "x"]
)
def test_an_address_that_a_browser_would_run_is_refused(url: str, maison: Marketplace) -> None:
    maison.back_office_thread_url = url

    with pytest.raises(ValidationError):
        maison.full_clean()


def test_it_names_a_reply_where_nobody_can_declare_that_none_is_needed(
    agent: Client, sandbox: Running
) -> None:
    answer = page_of(thread_of(THANKS))
    fail(
        sandbox,
        {"operation": "M11", "status": 200, "body": answer},
        {"operation": "PC01", "status": 200, "body": {"features": {"no_reply_needed": False}}},
    )

    page = text_of(agent.get("/thanks/"))

    assert (
        "Maison Verte doesn't offer “No reply needed”. Send a short reply to stop the clock."
    ) in page
    assert "Stop clock on Maison Verte" not in page


def test_it_asks_for_the_platform_once_a_day(agent: Client, mirakl: Mirakl) -> None:
    for _ in range(3):
        agent.get("/thanks/")

    assert len(mirakl.calls("PC01")) == 1

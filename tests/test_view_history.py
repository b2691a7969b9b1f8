"""Loading a new marketplace's history: step by step, with breaks."""

import re

import pytest
from django.test import Client

from inbox.models import Marketplace, Thread, User
from tests.builders import HTMX, text_of, viewer_of
from tests.html import Page
from tests.writing import Mirakl

PATH = "/marketplaces/maison-verte/history/"
STEP = f'hx-post="{PATH}"'

pytestmark = pytest.mark.usefixtures("small_pages")


@pytest.fixture
def agent(alice: User, client: Client, mirakl: Mirakl) -> Client:
    """Alice, after a display of the inbox has read the newest page."""
    client.force_login(alice)
    client.get("/")
    return client


def loaded(page: str) -> int:
    found = re.search(r"(\d+) conversations? so far|All loaded: (\d+)", Page(page).text)
    assert found
    return int(found[1] or found[2])


def step(client: Client) -> str:
    return text_of(client.post(PATH, headers=HTMX))


def test_the_inbox_leads_there_while_there_is_more(agent: Client) -> None:
    page = text_of(agent.get("/"))

    assert f'href="{PATH}"' in page
    assert "5 conversations loaded" in page


def test_looking_at_it_reads_nothing(agent: Client, mirakl: Mirakl) -> None:
    before = len(mirakl.calls("M11"))

    page = text_of(agent.get(PATH))

    assert loaded(page) == 5
    assert STEP in page
    assert len(mirakl.calls("M11")) == before


def test_each_step_reads_one_page_and_asks_for_the_next(agent: Client, mirakl: Mirakl) -> None:
    before = len(mirakl.calls("M11"))

    fragment = step(agent)

    assert loaded(fragment) == 10
    assert STEP in fragment
    assert "<html" not in fragment
    assert len(mirakl.calls("M11")) == before + 1


def test_the_steps_end_when_everything_is_here(agent: Client, mirakl: Mirakl) -> None:
    everything = {one["id"] for one in mirakl.threads(limit="100")}

    fragment = step(agent)
    while STEP in fragment:
        fragment = step(agent)

    assert loaded(fragment) == len(everything)
    assert set(Thread.objects.values_list("mirakl_id", flat=True)) == everything
    assert PATH not in text_of(agent.get("/"))


def test_it_goes_on_where_it_was_left(agent: Client, mirakl: Mirakl) -> None:
    step(agent)

    later = text_of(agent.get(PATH))

    assert loaded(later) == 10
    assert loaded(step(agent)) == 15
    assert Thread.objects.count() == 15


def test_without_javascript_each_step_is_a_button(agent: Client) -> None:
    answer = agent.post(PATH)

    assert answer["Location"] == PATH
    assert loaded(text_of(agent.get(PATH))) == 10


def test_it_stops_and_says_why_when_mirakl_does_not_answer(agent: Client, mirakl: Mirakl) -> None:
    mirakl.fails("M11", status=500)

    fragment = step(agent)
    mirakl.recovers()

    assert "Maison Verte" in fragment
    assert STEP not in fragment
    assert "Load more" in fragment
    assert loaded(step(agent)) == 10


def test_a_viewer_sees_how_far_it_is_and_loads_nothing(
    agent: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    agent.force_login(viewer_of(maison))
    before = len(mirakl.calls("M11"))

    page, posted = text_of(agent.get(PATH)), agent.post(PATH, headers=HTMX)

    assert loaded(page) == 5
    assert "Agents of Maison Verte can load the rest." in page
    assert STEP not in page
    assert posted.status_code == 403
    assert len(mirakl.calls("M11")) == before


def test_the_inbox_of_a_viewer_does_not_lead_there(agent: Client, maison: Marketplace) -> None:
    agent.force_login(viewer_of(maison))

    page = text_of(agent.get("/"))

    assert "5 conversations loaded" in page
    assert PATH not in page


def test_it_is_not_there_for_an_outsider(
    client: Client, charlie: User, maison: Marketplace, mirakl: Mirakl
) -> None:
    client.force_login(charlie)

    answers = [client.get(PATH), client.post(PATH), client.post(PATH, headers=HTMX)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert mirakl.calls("M11") == []


def test_a_stranger_is_asked_to_log_in(client: Client, maison: Marketplace, mirakl: Mirakl) -> None:
    assert client.post(PATH)["Location"].startswith("/accounts/login/")
    assert mirakl.calls("M11") == []

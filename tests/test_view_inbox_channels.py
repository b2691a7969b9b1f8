from urllib.parse import parse_qs

import pytest
from django.test import Client

from inbox.models import Marketplace, Thread
from inbox.services.mirror import fetching
from tests.builders import text_of, threads_on
from tests.html import Page
from tests.writing import Mirakl

CHANNEL = {"marketplace": "maison-verte", "view": "all", "channel": "MV-FR"}


def shown(agent: Client, **query: str) -> set[str]:
    page = text_of(agent.get("/", CHANNEL | query))
    return set(threads_on(page))


def asked_channels(mirakl: Mirakl) -> list[str]:
    queries = [parse_qs(call["query"]) for call in mirakl.calls("M11")]
    return [query["channel_codes"][0] for query in queries if "channel_codes" in query]


def test_it_shows_the_threads_that_mirakl_gives_for_the_channel(
    agent: Client, mirakl: Mirakl
) -> None:
    there = {one["id"] for one in mirakl.threads(channel_codes="MV-FR", limit="100")}
    everywhere = {one["id"] for one in mirakl.threads(limit="100")}

    here = shown(agent)

    assert here
    assert here <= there < everywhere
    assert len(here) == min(len(there), 50)


def test_it_goes_on_within_the_channel(
    agent: Client, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inbox.services.search import thread_list

    monkeypatch.setattr(thread_list, "PAGE_SIZE", 3)
    page = text_of(agent.get("/", CHANNEL))
    more = [one for one in Page(page).get_all("hx-get") if one.startswith("?")][-1]

    following = text_of(agent.get(f"/{more}", headers={"HX-Request": "true"}))

    there = {one["id"] for one in mirakl.threads(channel_codes="MV-FR", limit="100")}
    ids = set(threads_on(following))
    assert len(ids) == 3
    assert ids <= there


def test_displays_a_moment_apart_share_the_answer(agent: Client, mirakl: Mirakl) -> None:
    shown(agent)
    shown(agent, view="needs-reply")

    assert asked_channels(mirakl) == ["MV-FR"]


def test_it_reads_every_page_of_the_channel(
    agent: Client, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PAGE_SIZE", 5)

    assert len(shown(agent)) > 5


def test_it_offers_channels_by_name_where_one_marketplace_is_shown(agent: Client) -> None:
    of_one = text_of(agent.get("/", {"marketplace": "maison-verte"}))
    of_all = text_of(agent.get("/"))

    france = "/?marketplace=maison-verte&channel=MV-FR"
    assert Page(of_one).texts("a", href=france) == ["France"]
    assert "channel=" not in of_all


def test_it_takes_a_channel_of_no_marketplace_for_none(agent: Client, mirakl: Mirakl) -> None:
    assert agent.get("/", {"channel": "MV-FR"}).status_code == 200
    assert asked_channels(mirakl) == []


def test_it_says_so_when_mirakl_does_not_tell(
    agent: Client, mirakl: Mirakl, maison: Marketplace
) -> None:
    agent.get("/")
    mirakl.fails("M11", status=500)

    page = text_of(agent.get("/", CHANNEL))

    assert "responded since" in page


def test_beside_a_conversation_the_list_stays_on_its_channel_and_nobody_is_asked(
    agent: Client, mirakl: Mirakl
) -> None:
    listed = shown(agent)
    asked = len(asked_channels(mirakl))
    one = sorted(listed)[0]

    page = text_of(agent.get(f"/threads/maison-verte/{one}/", CHANNEL))

    beside = set(threads_on(page))
    assert beside == listed
    assert len(asked_channels(mirakl)) == asked


@pytest.mark.usefixtures("contexts")
def test_its_queues_are_counted_within_the_channel(agent: Client, mirakl: Mirakl) -> None:
    there = {one["id"] for one in mirakl.threads(channel_codes="MV-FR", limit="100")}

    sidebar = agent.get("/", CHANNEL).context["sidebar"]

    counted = {str(one.label): one.count for one in sidebar.views}
    waiting = Thread.objects.filter(mirakl_id__in=there).needing_reply()
    assert counted["All conversations"] == len(there)
    assert counted["Needs reply"] == waiting.count() < Thread.objects.needing_reply().count()
    assert sidebar.marketplaces[0].count > len(there)

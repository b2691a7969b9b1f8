"""What a marketplace says of our shop on each of its channels."""

from urllib.parse import parse_qs

import pytest
from django.test import Client

from inbox.models import Marketplace
from inbox.services.marketplaces import accounts
from inbox.services.marketplaces.accounts import Channel
from tests.builders import text_of
from tests.html import Page
from tests.writing import Mirakl

COURSE = "/quality/maison-verte/"
DELAY = "order_messages_response_delay"


def delays(agent: Client) -> dict[str, str]:
    """The plain value of each channel."""
    page = Page(text_of(agent.get(COURSE)))
    found = page.find("span", data_metric=DELAY, data_by="channel")
    return {one["data-key"]: one["data-value"] for one in found}


def test_each_channel_has_its_own_figure(agent: Client, mirakl: Mirakl) -> None:
    found = delays(agent)

    assert found.keys() == {"MV-FR", "MV-BE"}
    assert found["MV-FR"] != found["MV-BE"]
    text = text_of(agent.get(COURSE))
    assert "Belgique" in text
    assert "By channel" in text


def test_each_is_asked_once_a_day(agent: Client, mirakl: Mirakl) -> None:
    for _ in range(3):
        delays(agent)

    asked = [parse_qs(call["query"]).get("channel_code", []) for call in mirakl.calls("A21")]
    assert sorted(asked) == [["MV-BE"], ["MV-FR"]]


def test_without_an_answer_there_is_no_table(agent: Client, mirakl: Mirakl) -> None:
    mirakl.fails("A21", status=403)

    page = text_of(agent.get(COURSE))

    assert "By channel" not in page
    assert len(mirakl.calls("A21")) <= 1


def test_a_marketplace_with_one_channel_has_none(
    agent: Client, maison: Marketplace, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "list_channels", lambda _one: [Channel("MV-FR", "France")])

    assert "By channel" not in text_of(agent.get(COURSE))
    assert mirakl.calls("A21") == []

"""A shop's figures (A21): read in the vendor's format, shown with their periods."""

import json
from typing import Any

import httpx
import pytest
from django.test import Client
from django.utils.html import escape

from inbox.mirakl import transport
from inbox.mirakl.decoding import decode
from inbox.mirakl.records import Statistics
from inbox.models import Marketplace, User
from inbox.sandbox.server import Running
from inbox.services.marketplaces import statistics
from tests.answering import over
from tests.builders import HTMX, text_of
from tests.mirakl_callers import seller
from tests.test_view_connections import fail

PATH = "/marketplaces/{}/figures/"
ROW = '<th scope="row">{}</th>'


def figures(client: Client, slug: str = "maison-verte") -> str:
    answer = client.get(PATH.format(slug), headers=HTMX)
    assert answer.status_code == 200
    return text_of(answer)


def test_every_figure_is_shown_for_each_of_its_periods(agent: Client) -> None:
    page = figures(agent)

    periods = ("Last month", "Last 3 months", "Last 6 months", "Last year", "Since the beginning")
    assert all(f'<th scope="col">{one}</th>' in page for one in periods)
    assert all(ROW.format(escape(label)) in page for _kind, label in statistics.LABELS.values())
    assert "<td>50m</td>" in page
    assert "<td>1h 30m</td>" in page
    assert "148,204.50 EUR" in page
    assert "Figures from the marketplace, " in page


def test_a_figure_that_a_marketplace_leaves_out_has_no_row(
    charlie: User, client: Client, nordhaus: Marketplace
) -> None:
    client.force_login(charlie)

    page = figures(client, "nordhaus")

    assert ROW.format("Incidents") in page
    assert ROW.format("Orders with valid tracking") not in page


def test_it_says_what_to_do_where_the_key_may_not_ask(agent: Client, sandbox: Running) -> None:
    fail(sandbox, {"operation": "A21", "status": 403})

    page = figures(agent)

    assert "Try again" in page
    assert "<table" not in page


def test_an_outsider_finds_no_figures(charlie: User, client: Client, maison: Marketplace) -> None:
    client.force_login(charlie)

    assert client.get(PATH.format("maison-verte")).status_code == 404


def test_a_period_is_found_by_its_name(alice: User, maison: Marketplace) -> None:
    found = statistics.get_statistics(maison)

    assert found
    assert found.value("approval_delay", "LAST_MONTH") == 3_000
    assert found.value("approval_delay", "LAST_WEEK") is None
    assert found.value("nothing", "LAST_MONTH") is None


@pytest.mark.parametrize("odd", [1e308, -1e15, 10**400, 2**63])
@pytest.mark.parametrize("page", ["figures", "account"])
def test_a_number_that_no_shop_has_is_no_figure(
    page: str, odd: float, agent: Client, maison: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "order_messages_response_delay"
    figures = {name: [{"period": "LAST_MONTH", "value": odd}]}
    others = {"grade": [{"period": "LAST_YEAR", "value": 4.5}]}
    told = {"A01": {"shop_id": 2001, "shop_name": "Lamps", name: odd}, "A21": figures | others}
    shared = transport.Transport(http=over(lambda asked: answer_of(told, asked)))
    monkeypatch.setattr(transport, "_shared", shared)

    answer = text_of(agent.get(f"/marketplaces/maison-verte/{page}/", headers=HTMX))

    assert ("Lamps" if page == "account" else "Last year") in answer


def answer_of(told: dict[str, Any], asked: httpx.Request) -> httpx.Response:
    body = told["A01" if asked.url.path.endswith("account") else "A21"]
    return httpx.Response(200, content=json.dumps(body))


@pytest.mark.parametrize("value", [None, "often", {}, [{"value": 3}], [{"period": None}]])
def test_one_odd_figure_costs_itself_only(value: Any) -> None:
    delay = [{"period": "LAST_MONTH", "value": 7200}]
    answer = {"order_messages_response_delay": delay, "incident_rate": value}

    told = decode(Statistics, json.dumps(answer).encode())

    assert told
    assert [one.value for one in told.order_messages_response_delay] == [7200]
    assert told.incident_rate == []


def test_the_sandbox_answers_for_the_periods_and_the_channel_that_are_named(
    sandbox: Running,
) -> None:
    query = {"periods": "LAST_MONTH,LAST_YEAR", "channel_code": "MV-FR"}

    told = seller(sandbox.url).ask("/api/account/statistics", **query)

    assert [one["period"] for one in told["grade"]] == ["LAST_MONTH", "LAST_YEAR"]
    assert told["channel"] == "MV-FR"
    assert "offers_count" not in told


@pytest.mark.parametrize("query", [{"periods": "LAST_WEEK"}, {"channel_code": "NOWHERE"}])
def test_the_sandbox_refuses_what_it_does_not_know(query: dict[str, str], sandbox: Running) -> None:
    answer = seller(sandbox.url).get("/api/account/statistics", **query)

    assert answer.status_code == 400

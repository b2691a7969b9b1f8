from datetime import timedelta

import httpx
import pytest
from django.contrib.auth.models import Group
from django.test import Client

from inbox.models import Access, Marketplace, User
from inbox.sandbox.server import Running
from inbox.services.marketplaces import clients
from inbox.templatetags.desk import lasting
from tests.builders import text_of

PATH = "/marketplaces/maison-verte/"
AS_FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def operator(maison_operator: Marketplace, client: Client) -> Client:
    group = Group.objects.create(name="Operators")
    Access.objects.create(group=group, marketplace=maison_operator, role=Access.Role.LEAD)
    person = User.objects.create_user("olga")
    person.groups.add(group)
    client.force_login(person)
    return client


def calls(sandbox: Running, operation: str) -> int:
    log = httpx.get(f"{sandbox.url}/_sandbox/log", trust_env=False).json()
    return sum(entry["operation"] == operation for entry in log)


def fail(sandbox: Running, *faults: dict[str, object]) -> None:
    url = f"{sandbox.url}/_sandbox/faults"
    httpx.put(url, json=list(faults), trust_env=False).raise_for_status()


def fragment(client: Client, path: str) -> str:
    answer = client.get(path, headers=AS_FRAGMENT)
    assert answer.status_code == 200
    return text_of(answer)


def reply_time(marketplace: Marketplace) -> str:
    """As the sandbox counts it, and as pages show it."""
    seconds = clients.build_client(marketplace).account().order_messages_response_delay
    assert seconds
    return str(lasting(timedelta(seconds=seconds)))


def test_it_shows_the_page_without_asking_mirakl(agent: Client, sandbox: Running) -> None:
    page = text_of(agent.get(PATH))

    assert f'hx-get="{PATH}account/"' in page
    assert f'hx-get="{PATH}channels/"' in page
    assert f'href="{PATH}history/"' in page
    assert 'href="/legacy/maison-verte/messages/"' in page
    assert httpx.get(f"{sandbox.url}/_sandbox/log", trust_env=False).json() == []


def test_it_shows_the_shop_and_its_average_reply_time(agent: Client, maison: Marketplace) -> None:
    shop = fragment(agent, f"{PATH}account/")

    assert "<html" not in shop
    assert "Open" in shop
    assert "Overall average reply time" in shop
    assert reply_time(maison) in shop
    assert "of 24 hours, alert after 20" in shop


def test_it_asks_once_a_day(agent: Client, sandbox: Running) -> None:
    for _ in range(3):
        fragment(agent, f"{PATH}account/")
        fragment(agent, f"{PATH}figures/")
        fragment(agent, f"{PATH}channels/")

    assert [calls(sandbox, operation) for operation in ("A01", "A21", "CH11")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("hours", "tone"), [((24, 20), "sent"), ((24, 1), "soon"), ((1, 1), "overdue")]
)
def test_it_measures_the_reply_time_against_alert_and_limit(
    hours: tuple[int, int], tone: str, agent: Client, maison: Marketplace
) -> None:
    limit, alert = hours
    Marketplace.objects.filter(pk=maison.pk).update(reply_limit_hours=limit, alert_hours=alert)

    shop = fragment(agent, f"{PATH}account/")

    assert f'data-state="{tone}"><svg' in shop


@pytest.mark.parametrize(
    ("shop_id", "words"),
    [(2202, "Customers are still waiting for replies"), (2203, "suspended the shop manually")],
)
def test_it_says_why_a_shop_is_not_open(
    shop_id: int, words: str, agent: Client, maison: Marketplace
) -> None:
    Marketplace.objects.filter(pk=maison.pk).update(shop_id=shop_id)
    clients.set_credential(maison, kind="key", key="sandbox-group-bright")

    assert words in fragment(agent, f"{PATH}account/")


def test_it_names_channels_and_links_to_their_conversations(agent: Client) -> None:
    channels = fragment(agent, f"{PATH}channels/")

    assert "?view=all&amp;marketplace=maison-verte&amp;channel=" in channels


def test_it_names_the_shops_of_an_operator(operator: Client, sandbox: Running) -> None:
    shops = fragment(operator, "/marketplaces/maison-verte-operator/shops/")

    names = httpx.get(f"{sandbox.url}/api/shops", headers=_bearer(sandbox), trust_env=False).json()[
        "shops"
    ]
    assert names
    assert all(str(shop["shop_id"]) in shops for shop in names)


def _bearer(sandbox: Running) -> dict[str, str]:
    form = {
        "grant_type": "client_credentials",
        "client_id": "sandbox-operator-maison",
        "client_secret": "sandbox-secret",
    }
    answer = httpx.post(f"{sandbox.url}/oauth/token", data=form, trust_env=False).json()
    return {"Authorization": f"Bearer {answer['access_token']}"}


def test_a_part_that_fails_says_so_and_leaves_the_others_alone(
    agent: Client, sandbox: Running, maison: Marketplace
) -> None:
    fail(sandbox, {"operation": "CH11", "status": 500})

    channels, shop = fragment(agent, f"{PATH}channels/"), fragment(agent, f"{PATH}account/")

    assert "Try again" in channels
    assert reply_time(maison) in shop


def test_a_part_is_a_whole_page_without_javascript(agent: Client, maison: Marketplace) -> None:
    page = text_of(agent.get(f"{PATH}account/"))

    assert "<html" in page
    assert reply_time(maison) in page


@pytest.mark.parametrize("path", [PATH, f"{PATH}account/", f"{PATH}channels/", f"{PATH}shops/"])
def test_it_is_not_there_for_an_outsider(
    path: str, client: Client, charlie: User, maison: Marketplace
) -> None:
    client.force_login(charlie)

    assert client.get(path).status_code == 404


def test_a_seller_has_no_shops_to_list(agent: Client) -> None:
    assert agent.get(f"{PATH}shops/").status_code == 404


def test_the_inbox_links_to_the_one_marketplace_it_shows(agent: Client) -> None:
    assert f'href="{PATH}"' in text_of(agent.get("/", {"marketplace": "maison-verte"}))


def test_channels_are_asked_for_in_the_language_of_each_reader(
    agent: Client, sandbox: Running
) -> None:
    for language in ("de", "fr", "de"):
        agent.get(f"{PATH}channels/", headers={**AS_FRAGMENT, "Accept-Language": language})

    log = httpx.get(f"{sandbox.url}/_sandbox/log", trust_env=False).json()
    asked = [entry["query"] for entry in log if entry["operation"] == "CH11"]
    assert [httpx.QueryParams(query)["locale"] for query in asked] == ["de", "fr"]

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inbox.models import Marketplace, Thread, User
from tests.builders import text_of
from tests.html import Page
from tests.storefront import Storefront, order_of

CHOOSE = "/customers/maison-verte-front/"
AS_FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def front(frida: User, client: Client) -> Client:
    client.force_login(frida)
    return client


def opened(front: Client, customer_id: str) -> str:
    return text_of(front.get(f"{CHOOSE}{customer_id}/"))


def thread_ids(page: str) -> set[str]:
    links = [one.split("/") for one in Page(page).get_all("href", "a")]
    return {one[3] for one in links if one[1:3] == ["threads", "maison-verte-front"]}


def written(**changes: Any) -> dict[str, Any]:
    token = {"token": str(uuid.uuid4()), "body": "Where is my lamp?", "to": "SHOP"}
    return token | {"files": SimpleUploadedFile("lamp.txt", b"bytes of a lamp")} | changes


def test_a_storefront_begins_with_the_choice_of_a_customer(
    front: Client, storefront: Storefront
) -> None:
    answer = front.get("/", follow=True)

    assert answer.redirect_chain == [(CHOOSE, 302)]
    assert "Choose customer" in text_of(answer)
    assert storefront.calls("M11") == []


def test_it_finds_the_customer_of_an_order(front: Client, storefront: Storefront) -> None:
    answer = front.get(CHOOSE, {"order": order_of(storefront.first)})

    assert answer.headers["Location"] == f"{CHOOSE}{storefront.mine}/"
    assert len(storefront.calls("OR11")) == 1


def test_it_opens_a_customer_by_id(front: Client, storefront: Storefront) -> None:
    answer = front.get(CHOOSE, {"customer": storefront.mine})

    assert answer.headers["Location"] == f"{CHOOSE}{storefront.mine}/"


def test_it_says_so_when_nobody_knows_the_order(front: Client, storefront: Storefront) -> None:
    page = text_of(front.get(CHOOSE, {"order": "MV-0-Z"}))

    assert "find this order" in page
    assert 'value="MV-0-Z"' in page


@pytest.mark.parametrize("odd", [".", ".."])
def test_it_takes_no_step_in_an_address_for_a_customer(
    odd: str, front: Client, storefront: Storefront
) -> None:
    assert front.get(CHOOSE, {"customer": odd}).status_code == 200


def test_it_asks_for_one_customer_and_shows_only_theirs(
    front: Client, storefront: Storefront
) -> None:
    mine = {one["id"] for one in storefront.threads(customer_id=storefront.mine)}
    storefront.forget_calls()

    page = opened(front, storefront.mine)

    assert thread_ids(page) == mine
    assert storefront.asked("M11") == [storefront.mine]
    assert "viewing this as the customer" in page


def test_another_customer_sees_nothing_of_the_one_before(
    front: Client, storefront: Storefront
) -> None:
    mine = thread_ids(opened(front, storefront.mine))

    theirs = thread_ids(opened(front, storefront.theirs))

    assert storefront.other["id"] in theirs
    assert not mine & theirs


def test_what_is_mirrored_shows_when_mirakl_fails_and_still_to_its_customer_only(
    front: Client, storefront: Storefront
) -> None:
    mine = thread_ids(opened(front, storefront.mine))
    storefront.fails("M11")

    assert thread_ids(opened(front, storefront.mine)) == mine
    assert thread_ids(opened(front, storefront.theirs)) == set()


def test_it_narrows_to_an_organization(front: Client, storefront: Storefront) -> None:
    front.get(f"{CHOOSE}{storefront.mine}/", {"organization": "ORG-1"})

    assert storefront.asked("M11", "customer_organization_id") == ["ORG-1"]


def test_it_lists_customers_read_before(front: Client, storefront: Storefront) -> None:
    opened(front, storefront.mine)

    page = text_of(front.get(CHOOSE))

    assert f'href="{CHOOSE}{storefront.mine}/"' in page
    assert f'href="{CHOOSE}{storefront.theirs}/"' not in page


# -- reading and writing as the customer ----------------------------------


def test_a_thread_is_read_as_its_customer_with_only_their_other_threads(
    front: Client, storefront: Storefront
) -> None:
    opened(front, storefront.theirs)
    mine = thread_ids(opened(front, storefront.mine))
    storefront.forget_calls()

    page = text_of(front.get(f"/threads/maison-verte-front/{storefront.first['id']}/"))

    assert storefront.asked("M10") == [storefront.mine]
    assert thread_ids(page) == mine
    assert "viewing this as the customer" in page
    assert f'href="{CHOOSE}{storefront.mine}/"' in page


def test_a_thread_of_nobody_known_is_not_asked_for(front: Client, storefront: Storefront) -> None:
    answer = front.get(f"/threads/maison-verte-front/{storefront.first['id']}/")

    assert answer.headers["Location"] == CHOOSE
    assert storefront.calls("M10") == []


def test_it_answers_with_a_file_as_the_customer(front: Client, storefront: Storefront) -> None:
    opened(front, storefront.mine)
    path = f"/threads/maison-verte-front/{storefront.first['id']}/reply/"

    answer = front.post(path, written())

    latest = storefront.messages(storefront.first["id"])[-1]
    assert answer.status_code == 302
    assert latest["from"]["type"] == "CUSTOMER_USER"
    assert [one["type"] for one in latest["to"]] == ["SHOP"]
    assert storefront.download(latest["attachments"][0]["id"]) == b"bytes of a lamp"


def test_it_starts_a_thread_on_an_order_and_opens_it(front: Client, storefront: Storefront) -> None:
    path = f"/orders/maison-verte-front/{order_of(storefront.first)}/threads/new/"

    page = front.post(path, written(topic="My lamp"), follow=True)

    thread_id = page.redirect_chain[-1][0].strip("/").split("/")[-1]
    row = Thread.objects.get(marketplace__slug="maison-verte-front", mirakl_id=thread_id)
    assert row.customer_id == storefront.mine
    assert storefront.messages(thread_id)[0]["from"]["type"] == "CUSTOMER_USER"
    assert "Where is my lamp?" in text_of(page)


def test_the_customers_page_leads_to_a_new_thread_on_their_order(
    front: Client, storefront: Storefront
) -> None:
    order_id = order_of(storefront.first)

    answer = front.get(f"{CHOOSE}{storefront.mine}/", {"order": order_id})

    new = f"/orders/maison-verte-front/{order_id}/threads/new/"
    assert answer.headers["Location"] == new
    form = text_of(front.get(new))
    assert "viewing this as the customer" in form
    (shop,) = Page(form).find("input", name="to", value="SHOP")
    assert "checked" in shop


def test_no_thread_begins_on_another_customers_order(front: Client, storefront: Storefront) -> None:
    order_id = order_of(storefront.other)

    page = text_of(front.get(f"{CHOOSE}{storefront.mine}/", {"order": order_id}))

    assert f"Order {order_id} belongs to another customer" in page


def test_an_order_is_read_as_its_owner(front: Client, storefront: Storefront) -> None:
    page = text_of(front.get(f"/orders/maison-verte-front/{order_of(storefront.first)}/"))

    assert storefront.asked("M11") == [storefront.mine]
    assert storefront.first["id"] in thread_ids(page)


def test_an_order_without_a_known_owner_is_not_read(front: Client, storefront: Storefront) -> None:
    storefront.fails("OR11")

    answer = front.get(f"/orders/maison-verte-front/{order_of(storefront.first)}/")

    assert answer.status_code == 503
    assert storefront.calls("M11") == []


# -- elsewhere on the desk ------------------------------------------------


def test_nothing_of_it_is_in_the_list_of_all_conversations(
    front: Client, frida: User, storefront: Storefront, alice: User
) -> None:
    frida.groups.add(*alice.groups.all())
    opened(front, storefront.mine)

    page = text_of(front.get("/", {"view": "all", "q": order_of(storefront.first)}))

    assert thread_ids(page) == set()
    assert f'href="{CHOOSE}"' in page


def test_its_older_messages_are_one_customers(front: Client, storefront: Storefront) -> None:
    path = "/legacy/maison-verte-front/messages/"

    unchosen = front.get(path)
    front.get(path, {"customer": storefront.mine})

    assert unchosen.headers["Location"] == CHOOSE
    assert storefront.asked("M01") == [storefront.mine]


def test_its_history_is_not_loaded(front: Client, storefront: Storefront) -> None:
    answer = front.post("/marketplaces/maison-verte-front/history/")

    assert answer.headers["Location"] == CHOOSE
    assert storefront.calls("M11") == []


def test_a_customers_threads_are_a_fragment_for_htmx(front: Client, storefront: Storefront) -> None:
    fragment = text_of(front.get(f"{CHOOSE}{storefront.mine}/", headers=AS_FRAGMENT))

    assert "<html" not in fragment
    assert storefront.first["id"] in thread_ids(fragment)


@pytest.mark.parametrize("path", [CHOOSE, f"{CHOOSE}MV-C-1/"])
def test_it_is_not_there_for_an_outsider(
    path: str, client: Client, alice: User, maison_front: Marketplace
) -> None:
    client.force_login(alice)

    assert client.get(path).status_code == 404


def test_a_seller_has_no_customers_to_choose(client: Client, alice: User) -> None:
    client.force_login(alice)

    assert client.get("/customers/maison-verte/").status_code == 404

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from playwright.sync_api import expect

from inbox.models import Access, Marketplace, NamedCustomer, Outgoing, Thread, User
from tests.builders import text_of
from tests.storefront import Storefront, order_of
from tests.writing import Mirakl

if TYPE_CHECKING:
    from playwright.sync_api import Page

ORDER = "MV-1016-A"
AT_ORDER = f"/orders/maison-verte/{ORDER}/"
PATH = f"{AT_ORDER}messages/new/"
OLDER = f"{AT_ORDER}older/"
AS_FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def old(maison: Marketplace) -> Marketplace:
    """Maison Verte as an instance without threads."""
    return without_threads(maison)


def without_threads(marketplace: Marketplace) -> Marketplace:
    Marketplace.objects.filter(pk=marketplace.pk).update(has_threads=False)
    marketplace.refresh_from_db()
    return marketplace


@pytest.fixture
def agent(alice: User, old: Marketplace, client: Client, mirakl: Mirakl) -> Client:
    client.force_login(alice)
    return client


def written(**changes: Any) -> dict[str, Any]:
    token = {"token": str(uuid.uuid4()), "to": "CUSTOMER"}
    return token | {"subject": "Your lamp", "body": "It left this morning."} | changes


def test_it_posts_and_shows_the_message_on_the_order(agent: Client, mirakl: Mirakl) -> None:
    answer = agent.post(PATH, written(to=["CUSTOMER", "OPERATOR"]), follow=True)

    latest = mirakl.old_messages(ORDER)[0]
    assert (latest["subject"], latest["body"]) == ("Your lamp", "It left this morning.")
    assert (latest["from_type"], latest["to_operator"]) == ("SHOP", True)
    page, token = text_of(answer), Outgoing.objects.get().token
    assert answer.redirect_chain == [(f"{AT_ORDER}?reply={token}#reply-{token}", 302)]
    assert 'data-state="sent"' in page
    assert "Your lamp" in page
    assert "It left this morning." in text_of(agent.get(OLDER))


def test_it_leads_htmx_to_the_order(agent: Client, mirakl: Mirakl) -> None:
    answer = agent.post(PATH, written(), headers=AS_FRAGMENT)

    assert answer.headers["HX-Redirect"].startswith(f"{AT_ORDER}?reply=")
    assert mirakl.old_messages(ORDER)[0]["subject"] == "Your lamp"


def test_a_form_that_comes_twice_is_one_message(agent: Client, mirakl: Mirakl) -> None:
    form = written()
    agent.post(PATH, form)

    agent.post(PATH, form)

    assert len(mirakl.calls("OR42")) == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"subject": ""}, "Enter a subject."),
        ({"subject": "Hm"}, "Subjects need at least 3 characters."),
        ({"subject": "x" * 201}, "Subjects can be up to 200 characters."),
        ({"body": "Hm"}, "Enter at least 3 characters."),
        ({"body": "x" * 50_001}, "This message is 1 characters too long."),
        ({"to": []}, "Choose at least one recipient."),
        ({"to": "SHOP"}, "is not one of the available choices"),
    ],
)
def test_it_refuses_before_anything_is_sent(
    agent: Client, mirakl: Mirakl, wrong: dict[str, Any], words: str
) -> None:
    answer = agent.post(PATH, written(**{"body": "It left.", **wrong}))

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert mirakl.calls("OR42") == []
    assert not Outgoing.objects.exists()


def test_a_refused_one_keeps_what_was_written(agent: Client) -> None:
    page = text_of(agent.post(PATH, written(subject="Hm")))

    assert 'value="Hm"' in page
    assert ">It left this morning.</textarea>" in page


def test_a_refused_one_is_a_fragment_for_htmx(agent: Client) -> None:
    answer = agent.post(PATH, written(subject="Hm"), headers=AS_FRAGMENT)

    page = text_of(answer)
    assert answer.status_code == 422
    assert "<html" not in page
    assert 'class="problems"' in page


def test_it_keeps_the_text_when_mirakl_refuses(agent: Client, mirakl: Mirakl) -> None:
    mirakl.fails("OR42", status=403)

    page = text_of(agent.post(PATH, written(), follow=True))

    assert 'data-state="failed"' in page
    assert "It left this morning." in page


# -- only where there are no threads --------------------------------------


def test_the_orders_page_offers_it_in_place_of_a_conversation(agent: Client) -> None:
    page = text_of(agent.get(AT_ORDER))

    assert f'href="{PATH}"' in page
    assert "Start a conversation" not in page
    assert f'hx-get="{OLDER}"' in page


def test_it_is_not_there_where_there_are_threads(
    client: Client, alice: User, maison: Marketplace, mirakl: Mirakl
) -> None:
    client.force_login(alice)

    assert client.get(PATH).status_code == 404
    assert client.post(PATH, written()).status_code == 404
    assert "Send order message" not in text_of(client.get(AT_ORDER))
    assert mirakl.calls("OR42") == []


def test_a_threads_details_offer_it_too(agent: Client, thread: Thread) -> None:
    page = text_of(agent.get(thread.get_absolute_url()))

    context = page.partition('id="context"')[2]
    assert f'href="/orders/maison-verte/{thread.entity_id}/messages/new/"' in context
    assert "Send order message" in context
    assert "Start a conversation" not in context


def test_who_would_start_a_conversation_is_led_there(agent: Client) -> None:
    assert agent.get(f"{AT_ORDER}threads/new/").headers["Location"] == PATH


def test_threads_are_never_asked_for_there(agent: Client, mirakl: Mirakl) -> None:
    agent.get(AT_ORDER)

    assert agent.get("/").headers["Location"] == "/legacy/maison-verte/messages/"
    assert mirakl.calls("M11") == []


def test_an_admin_says_where_there_are_none(
    admin_client: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    page = text_of(admin_client.get(f"/admin/inbox/marketplace/{maison.pk}/change/"))

    assert 'name="has_threads"' in page


def test_the_other_marketplaces_stay_in_the_inbox(
    agent: Client, alice: User, nordhaus: Marketplace
) -> None:
    group = alice.groups.get()
    Access.objects.create(group=group, marketplace=nordhaus, role=Access.Role.AGENT)

    page = text_of(agent.get("/"))

    assert "Nordhaus" in page
    assert 'href="/legacy/maison-verte/messages/"' in page
    assert "Maison Verte did not answer" not in page


# -- a storefront's -------------------------------------------------------


@pytest.fixture
def front(frida: User, maison_front: Marketplace, client: Client) -> Client:
    without_threads(maison_front)
    client.force_login(frida)
    return client


def front_path(storefront: Storefront) -> str:
    return f"/orders/maison-verte-front/{order_of(storefront.first)}/messages/new/"


def test_a_storefronts_form_knows_the_customer(front: Client, storefront: Storefront) -> None:
    page = text_of(front.get(front_path(storefront)))

    email = f"{storefront.mine.lower()}@customers.demo.invalid"
    assert f'name="email" type="email" required value="{email}"' in page
    assert f'value="{storefront.mine}" readonly' in page
    assert 'name="first_name" type="text" maxlength="255" required value=""' not in page
    assert 'name="locale" type="text" maxlength="8" placeholder="fr_FR" value="fr_FR"' in page


def test_a_storefront_writes_as_the_orders_customer(
    front: Client, storefront: Storefront, mirakl: Mirakl
) -> None:
    customer = {"email": "a@demo.example", "first_name": "Ana", "last_name": "Demo"}

    front.post(front_path(storefront), written(to="SHOP", locale="fr_FR", **customer))

    reply = Outgoing.objects.get()
    named = {"id": storefront.mine, "locale": "fr_FR", **customer}
    assert (reply.state, reply.details.customer) == (Outgoing.State.SENT, NamedCustomer(**named))
    latest = mirakl.old_messages(order_of(storefront.first))[0]
    assert (latest["from_type"], latest["from_id"]) == ("CUSTOMER", storefront.mine)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"first_name": ""}, "Enter the first name."),
        ({"last_name": ""}, "Enter the last name."),
        ({"locale": "French, please"}, "Enter the language code, such as fr_FR"),
    ],
)
def test_a_storefront_says_who_writes(
    front: Client, storefront: Storefront, wrong: dict[str, str], words: str
) -> None:
    customer = {"email": "a@demo.example", "first_name": "Ana", "last_name": "Demo"}

    answer = front.post(front_path(storefront), written(to="SHOP", **(customer | wrong)))

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert storefront.calls("OR42") == []


def test_nothing_is_written_on_an_order_of_nobody_known(
    front: Client, storefront: Storefront
) -> None:
    storefront.fails("OR11")

    assert front.get(front_path(storefront)).status_code == 503
    assert front.post(front_path(storefront), written(to="SHOP")).status_code == 503
    assert not Outgoing.objects.exists()


# -- who may --------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_is_not_there_for_an_outsider(
    client: Client, charlie: User, old: Marketplace, method: str
) -> None:
    client.force_login(charlie)

    assert getattr(client, method)(PATH).status_code == 404


def test_a_viewer_neither_posts_nor_is_asked_to(
    client: Client, old: Marketplace, mirakl: Mirakl
) -> None:
    group = Group.objects.create(name="Viewers")
    Access.objects.create(group=group, marketplace=old, role=Access.Role.VIEWER)
    victor = User.objects.create_user("victor")
    victor.groups.add(group)
    client.force_login(victor)

    assert client.get(PATH).status_code == 403
    assert client.post(PATH, written()).status_code == 403
    assert PATH not in text_of(client.get(AT_ORDER))
    assert mirakl.calls("OR42") == []


# -- in a browser ---------------------------------------------------------


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_agent_reads_an_older_message_and_answers_it(
    page: "Page",
    sign_in: Callable[[User], None],
    alice: User,
    old: Marketplace,
    mirakl: Mirakl,
) -> None:
    sign_in(alice)
    page.goto("/")
    page.locator(".bubble").first.get_by_role("link", name="MV-").click()
    order_id = page.url.rstrip("/").rpartition("/")[2]
    page.locator(".timeline .bubble").first.wait_for()

    page.get_by_role("link", name="Send order message").click()
    page.get_by_label("Subject").fill("About your order")
    page.get_by_label("Message").fill("It left this morning.")
    page.get_by_role("button", name="Send to customer").click()

    # Mirakl's message replaces its bubble as soon as the order messages are read.
    page.locator(".bubble", has_text="Legacy message").get_by_text("About your order").wait_for()
    expect(page.locator(".bubble", has_text="It left this morning.")).to_have_count(1)
    assert mirakl.old_messages(order_id)[0]["body"] == "It left this morning."


# -- documents that go with it ------------------------------------------------


def test_documents_of_the_order_go_with_it(agent: Client, mirakl: Mirakl) -> None:
    known = mirakl.documents("MV-1017-A")
    order = "/orders/maison-verte/MV-1017-A/"
    form = written(documents=[known[0]["id"]])

    page = text_of(agent.get(f"{order}messages/new/"))
    agent.post(f"{order}messages/new/", form)

    assert f'name="documents" value="{known[0]["id"]}"' in page
    posted = mirakl.old_messages("MV-1017-A")[0]
    assert [one["id"] for one in posted["documents"]] == [known[0]["id"]]
    assert Outgoing.objects.get().details.documents == {str(known[0]["id"]): known[0]["file_name"]}


def test_a_document_of_another_order_is_refused(agent: Client, mirakl: Mirakl) -> None:
    answer = agent.post(PATH, written(documents=["4711"]))

    assert answer.status_code == 422
    assert "Choose documents from this order." in text_of(answer)
    assert mirakl.calls("OR42") == []


def test_a_message_that_mirakl_shows_stands_there_once(agent: Client) -> None:
    agent.post(PATH, written())
    bubble = f"reply-{Outgoing.objects.get().token}"

    older = text_of(agent.get(OLDER, headers=AS_FRAGMENT))

    assert f'<div id="{bubble}" hx-swap-oob="delete"></div>' in older
    assert "hx-swap-oob" not in text_of(agent.get(OLDER))

"""Starting conversations: on services, with the operator, with a shop; with a reason or a topic."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from inbox.models import Access, Marketplace, NamedCustomer, Outgoing, Participant, Thread, User
from tests.builders import text_of, value_of
from tests.writing import Mirakl

HTMX = {"HX-Request": "true"}
WITH_OPERATOR = "/marketplaces/maison-verte/threads/new/"
WITH_SHOP = "/marketplaces/maison-verte-operator/threads/new/"
ABOUT_OURSELVES = "MMP_SELLER_MESSAGING_INVOICING"


@pytest.fixture
def alices(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def operators(maison_operator: Marketplace, alice: User) -> Client:
    return works_on(maison_operator, alice)


@pytest.fixture
def storefronts(maison_front: Marketplace, alice: User) -> Client:
    return works_on(maison_front, alice)


def works_on(marketplace: Marketplace, user: User, role: str = "agent") -> Client:
    group = Group.objects.create(name=str(marketplace))
    Access.objects.create(group=group, marketplace=marketplace, role=role)
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client


def form(**changes: Any) -> dict[str, Any]:
    asked = {"token": str(uuid.uuid4()), "to": ["OPERATOR"], "topic": "Our next invoice"}
    return {**asked, "body": "When is it due?", **changes}


def created(answer: Any) -> Outgoing:
    reply = Outgoing.objects.get()
    assert (reply.state, reply.error) == (Outgoing.State.SENT, "")
    assert answer.headers["Location"].endswith(f"/{reply.created_thread_id}/")
    return reply


def there(mirakl: Mirakl, reply: Outgoing) -> dict[str, Any]:
    return next(one for one in mirakl.threads() if one["id"] == reply.created_thread_id)


# -- shop and operator ----------------------------------------------------


def test_a_seller_writes_to_the_operator(alices: Client, mirakl: Mirakl) -> None:
    page = text_of(alices.get(WITH_OPERATOR))
    answer = alices.post(WITH_OPERATOR, form())

    opened = there(mirakl, created(answer))
    assert "New conversation with the operator" in page
    assert opened["entities"][0]["type"] == "SELLER_OPERATOR"
    assert opened["topic"] == {"type": "FREE_TEXT", "value": "Our next invoice"}


def test_a_topic_may_be_a_reason_of_the_marketplaces(alices: Client, mirakl: Mirakl) -> None:
    page = text_of(alices.get(WITH_OPERATOR))
    answer = alices.post(WITH_OPERATOR, form(reason=ABOUT_OURSELVES, topic=""))

    reply = created(answer)
    assert f'<option value="{ABOUT_OURSELVES}">Invoices and payments</option>' in page
    assert there(mirakl, reply)["topic"] == {"type": "REASON_CODE", "value": ABOUT_OURSELVES}
    assert reply.title == "Invoices and payments"


def test_a_reason_replaces_the_free_text_that_it_hides(alices: Client, mirakl: Mirakl) -> None:
    answer = alices.post(WITH_OPERATOR, form(reason=ABOUT_OURSELVES, topic="Our next invoice"))

    assert there(mirakl, created(answer))["topic"]["type"] == "REASON_CODE"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"topic": ""}, "Enter a topic."),
        ({"topic": "ab"}, "Enter 3 to 200 characters."),
        ({"reason": "27"}, "Choose one of the listed topics"),
        ({"body": "a"}, "Enter at least 3 characters."),
    ],
)
def test_it_says_what_is_missing_and_keeps_the_form(
    alices: Client, changes: dict[str, Any], words: str
) -> None:
    whole = alices.post(WITH_OPERATOR, form(**changes))
    part = alices.post(WITH_OPERATOR, form(**changes), headers=HTMX)

    assert (whole.status_code, part.status_code) == (422, 422)
    assert words in text_of(whole)
    assert words in text_of(part)
    assert "When is it due?" in text_of(whole) or changes.get("body")
    assert "<html" not in text_of(part)
    assert not Outgoing.objects.exists()


def test_it_offers_free_text_if_the_reasons_are_unknown(alices: Client, mirakl: Mirakl) -> None:
    mirakl.fails("RE01", status=500)

    page = text_of(alices.get(WITH_OPERATOR))
    answer = alices.post(WITH_OPERATOR, form())

    assert 'name="reason"' not in page
    created(answer)


def test_a_form_is_honoured_once(alices: Client, mirakl: Mirakl) -> None:
    same = form()

    first, second = alices.post(WITH_OPERATOR, same), alices.post(WITH_OPERATOR, same)

    assert first.headers["Location"] == second.headers["Location"]
    assert len(mirakl.calls("M14")) == 1


def test_what_was_not_sent_is_shown_where_it_was_written(alices: Client, mirakl: Mirakl) -> None:
    mirakl.fails("M14", status=400)

    answer = alices.post(WITH_OPERATOR, form())

    page = text_of(alices.get(answer.headers["Location"]))
    assert answer.headers["Location"] == WITH_OPERATOR
    assert "When is it due?" in page
    assert "Send again" in page


@pytest.mark.parametrize("shop", ["2002", "jardin exemple"])
def test_an_operator_writes_to_a_shop_by_number_or_name(
    operators: Client, mirakl: Mirakl, shop: str
) -> None:
    page = text_of(operators.get(WITH_SHOP))
    answer = operators.post(WITH_SHOP, form(shop=shop, to=["SHOP"]))

    reply = created(answer)
    assert '<option value="2002">Jardin Exemple</option>' in page
    assert reply.subject_id == "2002"
    assert reply.recipients == [Participant("SHOP", "2002", "Jardin Exemple")]


def test_an_operator_must_name_a_shop_that_is_there(operators: Client, mirakl: Mirakl) -> None:
    unnamed = operators.post(WITH_SHOP, form(to=["SHOP"]))
    unheard_of = operators.post(WITH_SHOP, form(to=["SHOP"], shop="No such shop"))

    assert (unnamed.status_code, unheard_of.status_code) == (422, 422)
    assert "Choose a shop." in text_of(unnamed)
    assert "enter its number" in text_of(unheard_of)


def test_a_shop_has_a_number_where_no_names_are_known(operators: Client, mirakl: Mirakl) -> None:
    mirakl.fails("S20", status=404)

    answer = operators.post(WITH_SHOP, form(shop="2001", to=["SHOP"]))

    assert created(answer).recipients[0].display_name == "2001"


def test_a_conversation_leads_to_its_shop(operators: Client) -> None:
    operators.get("/", {"view": "all"})
    thread = Thread.objects.filter(marketplace__slug="maison-verte-operator").first()
    assert thread is not None

    page = text_of(operators.get(thread.get_absolute_url()))

    assert f'href="{WITH_SHOP}?shop=200' in page


def test_a_storefront_has_no_such_conversation(storefronts: Client) -> None:
    assert storefronts.get("/marketplaces/maison-verte-front/threads/new/").status_code == 404


# -- where ----------------------------------------------------------------


def test_who_may_only_read_starts_nothing(maison: Marketplace) -> None:
    reader = works_on(maison, User.objects.create_user("reader"), role="viewer")

    assert "Ask your admin" in text_of(reader.get("/threads/new/"))
    assert reader.get(WITH_OPERATOR).status_code == 403
    assert reader.post(WITH_OPERATOR, form()).status_code == 403


def test_an_outsider_finds_nothing(maison: Marketplace, charlie: User) -> None:
    outsider = Client()
    outsider.force_login(charlie)
    pages = [WITH_OPERATOR, "/services/maison-verte/S1/threads/new/"]
    pages += ["/service-orders/maison-verte/S1/threads/new/"]

    assert {outsider.get(page).status_code for page in pages} == {404}
    assert {outsider.post(page, form()).status_code for page in pages} == {404}


# -- services -------------------------------------------------------------


def test_a_conversation_starts_on_a_service_order(alices: Client, mirakl: Mirakl) -> None:
    order_id = mirakl.service_order()["id"]
    url = f"/service-orders/maison-verte/{order_id}/threads/new/"

    page = text_of(alices.get(url))
    answer = alices.post(url, form(to=["CUSTOMER"], reason="MPS_20", topic=""))

    opened = there(mirakl, created(answer))
    assert "Start a conversation" in page
    assert opened["entities"][0] | {"label": ""} == {
        "type": "MPS_ORDER",
        "id": order_id,
        "label": "",
    }


def test_a_conversation_starts_on_a_service_without_its_customer(
    alices: Client, mirakl: Mirakl
) -> None:
    code = mirakl.service_order()["service"]["code"]
    url = f"/services/maison-verte/{code}/threads/new/"

    page = text_of(alices.get(url))
    answer = alices.post(url, form())

    assert 'value="CUSTOMER"' not in page
    assert there(mirakl, created(answer))["entities"][0]["type"] == "MPS_SERVICE"


def test_a_message_on_a_service_is_shorter(alices: Client, mirakl: Mirakl) -> None:
    code = mirakl.service_order()["service"]["code"]
    url = f"/services/maison-verte/{code}/threads/new/"

    answer = alices.post(url, form(body="a" * 10_001))

    assert answer.status_code == 422
    assert "1 characters too long" in text_of(answer)
    assert 'data-longest="10000"' in text_of(alices.get(url))


def test_a_service_thread_leads_to_another_one(alices: Client) -> None:
    alices.get("/", {"view": "all"})
    thread = Thread.objects.filter(entity_type="MPS_ORDER").first()
    assert thread is not None

    page = text_of(alices.get(thread.get_absolute_url()))

    assert f'href="/service-orders/maison-verte/{thread.entity_id}/threads/new/"' in page


def test_a_storefront_says_who_asks_about_a_service(
    storefronts: Client, maison_front: Marketplace, mirakl: Mirakl
) -> None:
    order = mirakl.service_order()
    customer, code = order["customer"]["id"], order["service"]["code"]
    url = f"/services/maison-verte-front/{code}/threads/new/?customer={customer}"
    named = {"email": "a@demo.example", "first_name": "Alma", "last_name": "Demo"}

    unnamed = storefronts.post(url, form(to=["SHOP"]))
    answer = storefronts.post(url, form(to=["SHOP"], **named))

    assert unnamed.status_code == 422
    assert created(answer).details.customer == NamedCustomer(customer, **named)
    assert storefronts.get(answer.headers["Location"]).status_code == 200


def test_a_storefront_chooses_its_customer_first(storefronts: Client) -> None:
    answer = storefronts.get("/services/maison-verte-front/S1/threads/new/")

    assert answer.headers["Location"] == "/customers/maison-verte-front/"


# -- another topic --------------------------------------------------------


@pytest.fixture
def read(alices: Client, thread: Thread) -> Thread:
    alices.get(thread.get_absolute_url())
    thread.refresh_from_db()
    return thread


def answered(client: Client, thread: Thread, **changes: Any) -> Any:
    asked = form(to=["CUSTOMER"], topic="") | changes
    return client.post(f"{thread.get_absolute_url()}reply/", asked, headers=HTMX)


def test_topics_are_offered_when_somebody_wants_another(
    alices: Client, read: Thread, mirakl: Mirakl
) -> None:
    url = f"{read.get_absolute_url()}topic/"

    part = text_of(alices.get(url, headers=HTMX))
    page = text_of(alices.get(url, follow=True))

    for shown in (part, page):
        assert '<option value="25">Return and refund</option>' in shown
        assert 'name="topic"' in shown
        assert '<option value="27"' not in shown


def test_a_reply_gives_the_conversation_another_topic(
    alices: Client, read: Thread, mirakl: Mirakl
) -> None:
    answer = answered(alices, read, reason="25")

    there = next(one for one in mirakl.threads() if one["id"] == read.mirakl_id)
    assert there["topic"] == {"type": "REASON_CODE", "value": "25"}
    assert "Return and refund" in text_of(answer)


def test_a_reply_without_one_leaves_the_topic(alices: Client, read: Thread, mirakl: Mirakl) -> None:
    answered(alices, read)

    there = next(one for one in mirakl.threads() if one["id"] == read.mirakl_id)
    assert there["topic"]["value"] == read.topic_value


def test_a_topic_that_is_too_short_sends_nothing(alices: Client, read: Thread) -> None:
    answer = answered(alices, read, topic="ab")

    assert answer.status_code == 422
    assert not Outgoing.objects.exists()


def test_a_refused_form_keeps_its_topic_without_javascript(alices: Client, read: Thread) -> None:
    asked = form(to=["CUSTOMER"], topic="", reason="25", body="a")

    page = text_of(alices.post(f"{read.get_absolute_url()}reply/", asked))

    assert '<option value="25" selected>' in page


# -- a second look --------------------------------------------------------


def test_what_sounds_internal_is_asked_about_before_a_customer_reads_it(
    alices: Client, mirakl: Mirakl
) -> None:
    order = "/orders/maison-verte/MV-1016-A/threads/new/"
    written = form(to=["CUSTOMER"], body="Can you refund him please?")

    held = alices.post(order, written, headers=HTMX)
    meant = value_of(held.text, "meant")

    assert held.status_code == 422
    assert "sounds like a note to a colleague" in held.text
    assert not Outgoing.objects.exists()
    created(alices.post(order, written | {"meant": meant}))


def test_a_missing_topic_is_asked_for_before_anything_else(alices: Client, mirakl: Mirakl) -> None:
    order = "/orders/maison-verte/MV-1016-A/threads/new/"
    written = form(to=["CUSTOMER"], body="Can you refund him please?", topic="")

    held = alices.post(order, written, headers=HTMX)

    assert "Enter a topic." in held.text
    assert "for a colleague" not in held.text


def test_the_operator_may_read_what_it_likes(alices: Client, mirakl: Mirakl) -> None:
    created(alices.post(WITH_OPERATOR, form(body="Can you refund him please?")))


def test_an_operators_conversation_leads_to_a_new_one_with_its_shop(
    maison_operator: Marketplace,
) -> None:
    stored = Marketplace.objects.get(pk=maison_operator.pk)
    shop = Participant(type="SHOP", id="2000", display_name="Maison")

    thread = Thread(marketplace=stored, current_participants=[shop])

    assert thread.operator_thread_url.endswith("?shop=2000")


def test_a_storefronts_conversation_leads_to_none_with_the_operator(
    maison_front: Marketplace,
) -> None:
    stored = Marketplace.objects.get(pk=maison_front.pk)

    assert Thread(marketplace=stored).operator_thread_url == ""

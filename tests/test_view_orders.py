"""An order's page, and a conversation that starts on it."""

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from inbox.models import Marketplace, Outgoing, Thread, User
from inbox.sandbox.server import Running
from tests.builders import HTMX, text_of, threads_on, value_of, viewer_of
from tests.html import Page
from tests.seeded import ORDER_WITHOUT_THREAD
from tests.writing import Mirakl

if TYPE_CHECKING:
    from playwright.sync_api import Page as BrowserPage

State = Outgoing.State


@pytest.fixture
def order(thread: Thread) -> str:
    """The URL of an order with a conversation."""
    return f"/orders/maison-verte/{thread.entity_id}/"


def begin(client: Client, order: str, *, htmx: bool = False, **changes: Any) -> Any:
    form = {
        "token": str(uuid.uuid4()),
        "to": "CUSTOMER",
        "topic": "Your delivery",
        "body": "It leaves today.",
    }
    return client.post(f"{order}threads/new/", form | changes, headers=HTMX if htmx else {})


# -- the order ----------------------------------------------------------------


def test_it_shows_the_orders_conversations(agent: Client, order: str, mirakl: Mirakl) -> None:
    order_id = order.split("/")[-2]
    there = {one["id"] for one in mirakl.threads(entity_type="MMP_ORDER", entity_id=order_id)}

    page, fragment = agent.get(order), agent.get(order, headers=HTMX)

    assert set(threads_on(text_of(page))) == there
    assert set(threads_on(text_of(fragment))) == there
    assert "<html" not in text_of(fragment)


def test_it_asks_for_this_orders_conversations_alone(
    agent: Client, order: str, thread: Thread, mirakl: Mirakl
) -> None:
    before = len(mirakl.calls("M11"))

    agent.get(order)

    (call,) = mirakl.calls("M11")[before:]
    assert thread.entity_id in call["query"]


def test_it_shows_what_is_known_when_mirakl_does_not_answer(
    agent: Client, order: str, thread: Thread, mirakl: Mirakl
) -> None:
    mirakl.fails("M11", status=500)

    page = text_of(agent.get(order))

    assert threads_on(page) == [thread.mirakl_id]
    (notice,) = Page(page).texts(data_tone="error")
    assert "Maison Verte" in notice


def test_an_order_without_a_conversation_offers_to_start_one(
    agent: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    page = text_of(agent.get(f"/orders/maison-verte/{ORDER_WITHOUT_THREAD}/"))

    assert mirakl.calls("OR11") == []
    assert "No conversations about this order" in page
    assert f'href="/orders/maison-verte/{ORDER_WITHOUT_THREAD}/threads/new/"' in page


def test_an_order_that_does_not_exist_is_one_message(
    agent: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    page = text_of(agent.get("/orders/maison-verte/NONE-1/"))
    (panel,) = Page(page).find(css_class="order-panel")

    answer = agent.get(panel["hx-get"], headers=HTMX)

    # It takes the place of all that the page shows.
    assert answer["HX-Retarget"] == "#main"
    message = Page(text_of(answer)).text
    assert "Maison Verte can't find this order. Check the order number." in message
    assert "Start a conversation" not in message


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_order_that_does_not_exist_leaves_no_other_text(
    page: "BrowserPage",
    sign_in: Callable[[User], None],
    alice: User,
    maison: Marketplace,
    sandbox: Running,
) -> None:
    sign_in(alice)
    page.goto("/orders/maison-verte/NONE-1/")

    page.get_by_text("Check the order number.").wait_for()

    assert page.get_by_role("link", name="Start a conversation").count() == 0
    assert page.get_by_text("No conversations about this order").count() == 0


def test_conversations_stay_where_their_order_is_unknown(
    agent: Client, order: str, mirakl: Mirakl
) -> None:
    mirakl.fails("OR11", status=200, body='{"orders": [], "total_count": 0}')
    (panel,) = Page(text_of(agent.get(order))).find(css_class="order-panel")

    answer = agent.get(panel["hx-get"], headers=HTMX)

    assert "HX-Retarget" not in answer
    assert "Maison Verte can&#x27;t find this order." in text_of(answer)


def test_an_order_that_cannot_be_looked_up_still_has_its_page(
    agent: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.fails("OR11", status=503)

    answer = agent.get("/orders/maison-verte/NONE-1/")

    assert answer.status_code == 200
    assert "No conversations about this order" in text_of(answer)


def test_a_viewer_sees_the_order_and_starts_nothing(
    client: Client, order: str, maison: Marketplace
) -> None:
    client.force_login(viewer_of(maison))

    page = client.get(order)

    assert page.status_code == 200
    assert f'href="{order}threads/new/"' not in text_of(page)
    assert begin(client, order).status_code == 403
    assert not Outgoing.objects.exists()


def test_an_outsider_finds_neither_order_nor_form(
    client: Client, charlie: User, order: str, mirakl: Mirakl
) -> None:
    asked = len(mirakl.calls("M11"))
    client.force_login(charlie)

    answers = [client.get(order), client.get(f"{order}threads/new/"), begin(client, order)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len(mirakl.calls("M11")) == asked
    assert not Outgoing.objects.exists()


def test_ten_conversations_cost_no_more_queries_than_one(
    agent: Client, order: str, thread: Thread, mirakl: Mirakl, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    mirakl.fails("M11", status=500)
    agent.get(order)
    with CaptureQueriesContext(connection) as one:
        agent.get(order)
    for number in range(9):
        thread.pk, thread.mirakl_id = None, f"copy-{number}"
        thread.save()

    with django_assert_num_queries(len(one)):
        page = text_of(agent.get(order))

    assert len(threads_on(page)) == 10


# -- a new conversation -------------------------------------------------------


def test_the_form_names_its_order_and_offers_whom_mirakl_lets_be_written_to(
    agent: Client, order: str, mirakl: Mirakl
) -> None:
    page = text_of(agent.get(f"{order}threads/new/"))

    assert order.split("/")[-2] in page
    boxes = {one["value"]: "checked" in one for one in Page(page).find("input", name="to")}
    assert boxes == {"CUSTOMER": True, "OPERATOR": False}
    assert mirakl.calls("OR43") == []


@pytest.mark.parametrize("htmx", [True, False])
def test_a_conversation_is_at_mirakl_and_its_page_comes_next(
    htmx: bool, agent: Client, order: str, mirakl: Mirakl
) -> None:
    file = SimpleUploadedFile("été.txt", b"for you")

    answer = begin(agent, order, htmx=htmx, files=file, to=["CUSTOMER", "OPERATOR"])

    begun = Outgoing.objects.get().created_thread_id
    there = mirakl.messages(begun)
    assert answer["HX-Redirect" if htmx else "Location"] == f"/threads/maison-verte/{begun}/"
    assert [one["body"] for one in there] == ["It leaves today."]
    assert {one["type"] for one in there[0]["to"]} == {"CUSTOMER", "OPERATOR"}
    assert there[0]["attachments"][0]["name"] == "été.txt"
    assert mirakl.download(there[0]["attachments"][0]["id"]) == b"for you"


def test_the_same_form_twice_begins_one_conversation(
    agent: Client, order: str, mirakl: Mirakl
) -> None:
    token = str(uuid.uuid4())

    first, second = (begin(agent, order, token=token) for _click in range(2))

    assert first["Location"] == second["Location"]
    assert len(mirakl.calls("OR43")) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"topic": ""}, "Enter a topic."),
        ({"topic": "x" * 201}, "Enter 3 to 200 characters."),
        ({"body": ""}, "Enter some text."),
        ({"to": []}, "Choose at least one recipient."),
        ({"token": "nonsense"}, "valid UUID"),
    ],
)
def test_it_says_what_is_missing_and_asks_mirakl_nothing(
    changes: dict[str, Any], words: str, agent: Client, order: str, mirakl: Mirakl
) -> None:
    whole, part = begin(agent, order, **changes), begin(agent, order, htmx=True, **changes)

    assert (whole.status_code, part.status_code) == (422, 422)
    assert words in text_of(whole)
    assert words in text_of(part)
    assert "<html" not in text_of(part)
    assert mirakl.calls("OR43") == []


def test_a_refused_form_keeps_all_that_was_typed(agent: Client, order: str) -> None:
    token = str(uuid.uuid4())

    page = text_of(begin(agent, order, token=token, to=[], body="Worth keeping <b>"))

    assert "Worth keeping &lt;b&gt;</textarea>" in page
    assert 'value="Your delivery"' in page
    assert value_of(page, "token") == token


def test_what_mirakl_refuses_waits_on_the_order_with_its_reason(
    agent: Client, order: str, mirakl: Mirakl
) -> None:
    mirakl.fails("OR43", status=400, body={"errors": [{"message": "Not on Sundays"}]})

    answer = begin(agent, order)
    page = text_of(agent.get(order))

    reply = Outgoing.objects.get()
    assert answer["Location"].startswith(order)
    assert reply.state == State.FAILED
    assert "Not on Sundays" in page
    assert "It leaves today." in page
    assert "Send again" in page


@pytest.mark.parametrize("htmx", [True, False])
def test_a_refused_conversation_that_is_sent_again_leads_to_its_page(
    htmx: bool, agent: Client, order: str, mirakl: Mirakl
) -> None:
    mirakl.fails("OR43", status=400, times=1)
    begin(agent, order)
    token = Outgoing.objects.get().token

    answer = agent.post(f"/replies/{token}/send-again/", headers=HTMX if htmx else {})

    begun = Outgoing.objects.get().created_thread_id
    assert answer["HX-Redirect" if htmx else "Location"] == f"/threads/maison-verte/{begun}/"
    assert text_of(agent.get(order)).count(f"reply-{token}") == 0


def test_a_lost_answer_begins_no_second_conversation(
    agent: Client, order: str, mirakl: Mirakl
) -> None:
    there = len(mirakl.threads(limit="100"))
    mirakl.fails("OR43", drop="after", times=1)
    begin(agent, order)

    answer = agent.get(f"/replies/{Outgoing.objects.get().token}/")

    reply = Outgoing.objects.get()
    assert reply.state == State.SENT
    assert answer["Location"] == f"/threads/maison-verte/{reply.created_thread_id}/"
    assert len(mirakl.threads(limit="100")) == there + 1
    assert len(mirakl.calls("OR43")) == 1


# -- odd numbers --------------------------------------------------------------


@pytest.mark.parametrize("number", ["2026/11/0042", "a b", "50%", "x?y#z", "é-ß"])
def test_an_order_may_have_any_number(number: str, agent: Client, mirakl: Mirakl) -> None:
    mirakl.fails("OR11", status=503)
    page = reverse("order", args=["maison-verte", number])
    others = [
        reverse(name, args=["maison-verte", number])
        for name in ("thread-new", "order-panel", "document-new", "order-older")
    ]

    assert [agent.get(url).status_code for url in [page, *others]] == [200] * 5
    asked = [call["query"] for call in mirakl.calls("M11")]
    assert parse_qs(asked[-1])["entity_id"] == [number]

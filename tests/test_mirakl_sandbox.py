"""The client against the sandbox: two implementations of one contract without shared code."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from inbox import mirakl
from tests.answering import upload

if TYPE_CHECKING:
    from inbox.sandbox.server import Running

Call = Callable[[mirakl.MiraklClient], object]
SHOPS = {"maison": 2001, "nordhaus": 2101, "bright": 2201}
TO_CUSTOMER = [mirakl.Recipient("CUSTOMER")]
FREE = mirakl.Topic("FREE_TEXT", "A demo topic")


@pytest.fixture
def transport() -> Iterator[mirakl.Transport]:
    """A transport of this test only: waits after a 429 affect no other test."""
    transport = mirakl.Transport()
    yield transport
    transport.close()


@pytest.fixture
def seller(sandbox: "Running", transport: mirakl.Transport) -> mirakl.MiraklClient:
    return connect(sandbox, transport, "maison")


@pytest.fixture
def operator(sandbox: "Running", transport: mirakl.Transport) -> mirakl.MiraklClient:
    auth = mirakl.ClientCredentialsAuth(
        f"{sandbox.url}/oauth/token", "sandbox-operator-maison", "sandbox-secret"
    )
    return mirakl.MiraklClient(sandbox.url, auth, role="operator", transport=transport)


@pytest.fixture
def front(sandbox: "Running", transport: mirakl.Transport) -> mirakl.MiraklClient:
    auth = mirakl.BearerAuth("sandbox-front-maison")
    return mirakl.MiraklClient(sandbox.url, auth, role="front", transport=transport)


def connect(sandbox: "Running", transport: mirakl.Transport, name: str) -> mirakl.MiraklClient:
    auth = mirakl.ShopKeyAuth(f"sandbox-shop-{name}")
    return mirakl.MiraklClient(sandbox.url, auth, shop_id=SHOPS[name], transport=transport)


def order_thread(calls: mirakl.MiraklClient) -> mirakl.Thread:
    """A thread in which every party can be a recipient."""
    threads = calls.list_threads(entity_type="MMP_ORDER", limit=100).threads
    return next(one for one in threads if len(one.authorized_participants) == 3)


def entity_id(thread: mirakl.Thread) -> str:
    found = thread.entities[0].id
    assert found is not None
    return found


def customer_id(thread: mirakl.Thread) -> str:
    found = {one.type: one.id for one in thread.authorized_participants}["CUSTOMER"]
    assert found is not None
    return found


def posted(result: mirakl.SendResult) -> str:
    assert result.thread_id is not None
    return result.thread_id


def content_of(opening: AbstractContextManager[mirakl.Download]) -> bytes:
    with opening as download:
        return b"".join(download.chunks)


NOWHERE: list[tuple[str, Call]] = [
    ("M10", lambda calls: calls.read_thread("nowhere")),
    ("M13", lambda calls: content_of(calls.download("nowhere"))),
    ("OR43", lambda calls: calls.start_order_thread("X", body="Hi!", to=["CUSTOMER"], topic=FREE)),
]


def faults(sandbox: "Running", **fault: Any) -> None:
    httpx.put(f"{sandbox.url}/_sandbox/faults", json=[fault], trust_env=False)


# -- reading --------------------------------------------------------------


@pytest.mark.parametrize("role", ["seller", "operator", "front"])
def test_every_role_reads_every_thread_to_the_end(
    role: str, request: pytest.FixtureRequest
) -> None:
    calls: mirakl.MiraklClient = request.getfixturevalue(role)

    pages = list(calls.iter_threads(with_messages=True, limit=10))

    threads = [thread for page in pages for thread in page.threads]
    assert len(pages) > 1
    assert len({thread.id for thread in threads}) == len(threads) > 10
    assert all(thread.messages for thread in threads)
    assert sum(page.skipped for page in pages) == 0


def test_it_is_told_what_has_changed_since(seller: mirakl.MiraklClient) -> None:
    newest = seller.list_threads(limit=10).threads[-1]
    assert newest.date_updated is not None

    changed = seller.list_threads(updated_since=newest.date_updated, limit=100)

    assert newest.id in {thread.id for thread in changed.threads}
    assert all(
        thread.date_updated and thread.date_updated >= newest.date_updated
        for thread in changed.threads
    )


def test_it_finds_the_threads_of_orders(seller: mirakl.MiraklClient) -> None:
    wanted = entity_id(order_thread(seller))

    found = seller.list_threads(entity_type="MMP_ORDER", entity_ids=[wanted])

    assert {entity_id(thread) for thread in found.threads} == {wanted}


def test_a_storefront_reads_as_one_customer(front: mirakl.MiraklClient) -> None:
    someone = customer_id(order_thread(front))

    found = front.list_threads(customer_id=someone).threads

    assert found
    assert {customer_id(thread) for thread in found} == {someone}
    assert front.read_thread(found[0].id, customer_id=someone).id == found[0].id


def test_many_threads_of_a_process_share_its_connections(
    sandbox: "Running", transport: mirakl.Transport
) -> None:
    names = list(SHOPS) * 20
    expected = {name: connect(sandbox, transport, name).account().shop_name for name in SHOPS}

    with ThreadPoolExecutor(20) as pool:
        found = pool.map(lambda name: connect(sandbox, transport, name).account(), names)

    assert [one.shop_name for one in found] == [expected[name] for name in names]
    assert len(set(expected.values())) == 3


# -- writing --------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "to"), [("seller", "CUSTOMER"), ("operator", "SHOP"), ("front", "SHOP")]
)
def test_every_role_answers(role: str, to: str, request: pytest.FixtureRequest) -> None:
    calls: mirakl.MiraklClient = request.getfixturevalue(role)
    thread = order_thread(calls)
    recipient = next(one for one in thread.authorized_participants if one.type == to)
    body = "Grüße, <b>été</b> & 🎉"

    result = calls.reply(thread.id, body=body, to=[mirakl.Recipient(to, recipient.id)])

    last = calls.read_thread(thread.id).messages[-1]
    assert (last.id, last.body) == (result.message_id, body)
    assert [one.type for one in last.to] == [to]


@pytest.mark.parametrize("name", ["plain.pdf", "Étiquette n° 7.pdf", 'a "b"\\c;d.pdf', "收据.pdf"])
def test_a_file_comes_back_as_it_was_sent(seller: mirakl.MiraklClient, name: str) -> None:
    thread = order_thread(seller)
    content = b"%PDF-1.4\r\n--demo\r\n\0\xff" * 10_000

    seller.reply(thread.id, body="See here", to=TO_CUSTOMER, files=[upload(name, content)])

    (attachment,) = seller.read_thread(thread.id).messages[-1].attachments
    with seller.download(attachment.id) as download:
        assert b"".join(download.chunks) == content
    assert (attachment.name, attachment.size) == (name, len(content))
    assert (download.name, download.size) == (name, len(content))


def test_a_reply_changes_the_topic(seller: mirakl.MiraklClient) -> None:
    thread = order_thread(seller)

    seller.reply(thread.id, body="About this", to=TO_CUSTOMER, topic=FREE)

    assert seller.read_thread(thread.id).topic == FREE


@pytest.mark.parametrize(
    ("role", "to"), [("seller", "CUSTOMER"), ("operator", "SHOP"), ("front", "SHOP")]
)
def test_every_role_opens_a_thread_on_an_order(
    role: str, to: str, request: pytest.FixtureRequest
) -> None:
    calls: mirakl.MiraklClient = request.getfixturevalue(role)
    order = entity_id(order_thread(calls))

    result = calls.start_order_thread(order, body="A new matter", to=[to], topic=FREE)

    thread = calls.read_thread(posted(result))
    assert (entity_id(thread), thread.topic) == (order, FREE)
    assert thread.messages[0].id == result.message_id


def test_shop_and_operator_write_to_each_other(
    seller: mirakl.MiraklClient, operator: mirakl.MiraklClient
) -> None:
    ours = seller.start_operator_thread(body="From the shop", topic=FREE)
    theirs = operator.start_operator_thread(body="From the operator", topic=FREE, shop_id="2001")

    assert operator.read_thread(posted(ours)).messages[0].body == "From the shop"
    assert seller.read_thread(posted(theirs)).messages[0].body == "From the operator"


def test_a_thread_is_opened_on_an_order_of_a_service(operator: mirakl.MiraklClient) -> None:
    order = entity_id(operator.list_threads(entity_type="MPS_ORDER").threads[0])

    result = operator.start_service_order_thread(order, body="Hello", to=["SHOP"], topic=FREE)

    assert entity_id(operator.read_thread(posted(result))) == order


def test_a_thread_is_opened_about_a_service(operator: mirakl.MiraklClient) -> None:
    service = entity_id(operator.list_threads(entity_type="MPS_SERVICE").threads[0])

    result = operator.start_service_thread(service, body="Hello", to=["SHOP"], topic=FREE)

    assert entity_id(operator.read_thread(posted(result))) == service


def test_a_refusal_arrives_with_mirakls_message(front: mirakl.MiraklClient) -> None:
    thread = order_thread(front)

    with pytest.raises(mirakl.Refused) as caught:
        front.reply(thread.id, body="To myself", to=TO_CUSTOMER)

    assert caught.value.status == 400
    assert caught.value.message


@pytest.mark.parametrize(("operation", "call"), NOWHERE)
def test_what_is_not_there_is_not_found(
    seller: mirakl.MiraklClient, operation: str, call: Call
) -> None:
    with pytest.raises(mirakl.NotFound) as caught:
        call(seller)

    assert caught.value.operation == operation


def test_a_lost_answer_is_uncertain_although_it_arrived(
    sandbox: "Running", seller: mirakl.MiraklClient
) -> None:
    thread = order_thread(seller)
    faults(sandbox, operation="M12", drop="after")

    with pytest.raises(mirakl.Uncertain):
        seller.reply(thread.id, body="Sent once", to=TO_CUSTOMER)

    messages = seller.read_thread(thread.id).messages
    assert [one.body for one in messages].count("Sent once") == 1


# -- orders, reasons, accounts --------------------------------------------


@pytest.mark.parametrize("role", ["seller", "operator", "front"])
def test_every_role_reads_orders(role: str, request: pytest.FixtureRequest) -> None:
    calls: mirakl.MiraklClient = request.getfixturevalue(role)
    wanted = entity_id(order_thread(calls))

    (order,) = calls.orders.fetch([wanted, "nowhere"])

    assert order.order_id == wanted
    assert order.created_date is not None
    assert order.currency_iso_code == "EUR"
    assert order.total_price
    assert order.customer.lastname
    assert order.order_lines[0].product_title


def test_a_document_is_sent_listed_and_fetched(seller: mirakl.MiraklClient) -> None:
    order = entity_id(order_thread(seller))
    before = {one.id for one in seller.documents.fetch([order])}

    seller.documents.upload(order, file=upload("bill.pdf", b"%PDF"), type_code="CUSTOMER_INVOICE")

    (document,) = [one for one in seller.documents.fetch([order]) if one.id not in before]
    assert (document.file_name, document.order_id) == ("bill.pdf", order)
    assert content_of(seller.documents.download(document_ids=[document.id])) == b"%PDF"


def test_a_document_of_a_type_that_is_none_is_refused(seller: mirakl.MiraklClient) -> None:
    order = entity_id(order_thread(seller))

    with pytest.raises(mirakl.Refused) as caught:
        seller.documents.upload(order, file=upload("bill.pdf"), type_code="NO_SUCH_TYPE")

    assert caught.value.message


@pytest.mark.parametrize("role", ["seller", "operator", "front"])
def test_every_role_reads_reasons(role: str, request: pytest.FixtureRequest) -> None:
    calls: mirakl.MiraklClient = request.getfixturevalue(role)

    reasons = calls.reasons("ORDER_MESSAGING")

    assert reasons
    assert {reason.type for reason in reasons} == {"ORDER_MESSAGING"}
    assert all(reason.code and reason.label for reason in reasons)
    codes = {reason.code for reason in reasons}
    assert codes == {reason.code for reason in calls.reasons_of_type("ORDER_MESSAGING")}
    assert calls.messaging_reasons()


def test_labels_come_in_the_language_asked_for(seller: mirakl.MiraklClient) -> None:
    french = {one.code: one.label for one in seller.reasons(locale="fr_FR")}
    english = {one.code: one.label for one in seller.reasons(locale="en_US")}

    assert french.keys() == english.keys()
    assert french != english


def test_a_seller_knows_its_shop(seller: mirakl.MiraklClient) -> None:
    account, statistics = seller.account(), seller.statistics()

    assert (account.shop_id, account.shop_state) == (2001, "OPEN")
    assert statistics.shop_id == 2001
    assert [one.period for one in statistics.order_messages_response_delay] == [
        *("LAST_MONTH", "LAST_THREE_MONTHS", "LAST_SIX_MONTHS", "LAST_YEAR"),
        "ALL_SINCE_BEGINNING",
    ]
    assert seller.version().version
    assert account.channels == [channel.code for channel in seller.channels()]


def test_an_operator_knows_its_shops(operator: mirakl.MiraklClient) -> None:
    page = operator.shops()

    assert page.total_count == len(page.shops)
    assert 2001 in {shop.shop_id for shop in page.shops}
    assert [shop.shop_id for shop in operator.shops(shop_ids=[2001]).shops] == [2001]


def test_what_is_not_for_a_role_is_refused(front: mirakl.MiraklClient) -> None:
    with pytest.raises(mirakl.Refused):
        front.account()


# -- before there were threads --------------------------------------------


@pytest.mark.parametrize("role", ["seller", "operator", "front"])
def test_older_messages_are_read_page_by_page(role: str, request: pytest.FixtureRequest) -> None:
    calls: mirakl.MiraklClient = request.getfixturevalue(role)

    first = calls.messages(received="ALL", page=mirakl.Paging(max=3))
    second = calls.messages(received="ALL", page=mirakl.Paging(max=3, offset=3))

    assert first.total_count == second.total_count
    assert first.total_count is not None
    assert first.total_count > 3
    assert len({one.id for one in first.messages + second.messages}) == min(6, first.total_count)


def test_an_older_message_is_written_and_found_on_its_order(seller: mirakl.MiraklClient) -> None:
    order = entity_id(order_thread(seller))

    result = seller.post_order_message(
        order, subject="An old way", body="Still works", to=["CUSTOMER"]
    )

    found = seller.order_messages(order, received="ALL").messages
    assert "An old way" in {one.subject for one in found if str(one.id) == result.message_id}


def test_a_storefront_writes_for_a_customer(front: mirakl.MiraklClient) -> None:
    thread = order_thread(front)
    customer = mirakl.Customer(customer_id(thread), "demo@demo.invalid", "Demo", "Person")
    order = entity_id(thread)

    result = front.post_order_message(
        order, subject="An old way", body="A question", to=["SHOP"], customer=customer
    )

    found = front.order_messages(order, received="ALL").messages
    assert result.message_id in {str(one.id) for one in found}

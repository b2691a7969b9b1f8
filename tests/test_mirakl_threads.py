"""Reading threads: the request, and the decoding of the answer."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from inbox import mirakl
from tests.answering import KEY, URL, answering, client, over

NOTHING: dict[str, Any] = {"data": []}
PARIS = timezone(timedelta(hours=2))
THREAD: dict[str, Any] = {
    "id": "t-1",
    "topic": {"type": "REASON_CODE", "value": "31"},
    "entities": [{"type": "MMP_ORDER", "id": "MV-1-A", "label": "MV-1-A"}],
    "authorized_participants": [
        {"type": "CUSTOMER", "id": "C-1", "display_name": "Demo Customer"},
        {"type": "OPERATOR", "display_name": "Maison Verte"},
    ],
    "current_participants": [{"type": "CUSTOMER", "id": "C-1", "display_name": "Demo Customer"}],
    "customer_organization": {"id": "O-1", "display_name": "Demo Ltd"},
    "date_created": "2026-03-01T08:00:00Z",
    "date_updated": "2026-03-02T08:00:00.5Z",
    "metadata": {
        "total_count": 2,
        "last_message_date": "2026-03-02T08:00:00Z",
        "last_sender": {"type": "CUSTOMER_USER", "display_name": "Demo Customer"},
        "shop_reply_needed_since": "2026-03-02T08:00:00Z",
    },
    "no_store_reply_needed": [{"date": "2026-03-01T09:00:00Z", "user_type": "OPERATOR"}],
    "messages": [
        {
            "id": "m-1",
            "body": "Where is it?",
            "date_created": "2026-03-02T08:00:00Z",
            "from": {
                "type": "SHOP_USER",
                "display_name": "Agent",
                "organization_details": {"type": "SHOP", "display_name": "Shop", "id": "2001"},
            },
            "to": [{"type": "CUSTOMER", "display_name": "Demo Customer", "id": "C-1"}],
            "attachments": [{"id": "a-1", "name": "lamp.jpg", "size": 12}],
        }
    ],
}


def test_it_lists_threads_of_the_shop_with_the_bare_key() -> None:
    peer = answering(NOTHING)

    client(peer, shop_id=2001).list_threads()

    assert str(peer.asked.url) == f"{URL}/api/inbox/threads?shop_id=2001"
    assert peer.asked.headers["Authorization"] == KEY
    assert peer.asked.headers["User-Agent"].startswith("helpdesk")


@pytest.mark.parametrize("role", ["operator", "front"])
def test_it_never_names_a_shop_for_others_than_sellers(role: str) -> None:
    peer = answering(NOTHING)

    client(peer, auth=mirakl.BearerAuth("demo-token"), role=role, shop_id=2001).list_threads()

    assert str(peer.asked.url) == f"{URL}/api/inbox/threads"
    assert peer.asked.headers["Authorization"] == "Bearer demo-token"


def test_it_leaves_the_shop_to_mirakl_where_none_is_given() -> None:
    peer = answering(NOTHING)

    client(peer).list_threads()

    assert peer.query == {}


def test_it_sends_every_filter() -> None:
    peer = answering(NOTHING)

    client(peer, role="front").list_threads(
        entity_type="MMP_ORDER",
        entity_ids=["MV-1-A", "MV-2,B"],
        updated_since=datetime(2026, 3, 2, 10, 30, 0, 123_456, PARIS),
        with_messages=True,
        channel_codes=("FR", "BE"),
        customer_id="C 1",
        customer_organization_id="O&1",
        limit=100,
    )

    assert peer.query == {
        "entity_type": "MMP_ORDER",
        "entity_id": "MV-1-A,MV-2,B",
        "updated_since": "2026-03-02T08:30:00.123Z",
        "with_messages": "true",
        "channel_codes": "FR,BE",
        "customer_id": "C 1",
        "customer_organization_id": "O&1",
        "limit": "100",
    }


def test_it_sends_a_page_token_alone_with_the_shop() -> None:
    peer = answering(NOTHING)

    client(peer, shop_id=2001).list_threads(
        entity_type="MMP_ORDER", limit=5, page_token="a+/=token"
    )

    assert peer.query == {"page_token": "a+/=token", "shop_id": "2001"}
    assert b"a%2B" in peer.asked.url.query


def test_it_reads_a_whole_thread() -> None:
    thread = client(answering(THREAD)).read_thread("t-1")

    assert thread.topic == mirakl.Topic("REASON_CODE", "31")
    assert thread.entities[0].id == "MV-1-A"
    assert [one.id for one in thread.authorized_participants] == ["C-1", None]
    assert thread.current_participants[0].display_name == "Demo Customer"
    assert thread.customer_organization == mirakl.Organization(id="O-1", display_name="Demo Ltd")
    assert thread.date_updated == datetime(2026, 3, 2, 8, 0, 0, 500_000, UTC)
    assert thread.metadata.total_count == 2
    assert thread.metadata.last_sender == mirakl.Sender(
        type="CUSTOMER_USER", display_name="Demo Customer"
    )
    assert thread.metadata.shop_reply_needed_since == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert thread.no_store_reply_needed[0].user_type == "OPERATOR"


def test_it_reads_a_whole_message() -> None:
    message = client(answering(THREAD)).read_thread("t-1").messages[0]

    assert (message.id, message.body) == ("m-1", "Where is it?")
    assert message.sender is not None
    assert message.sender.organization_details == mirakl.Participant(
        type="SHOP", id="2001", display_name="Shop"
    )
    assert message.to[0].type == "CUSTOMER"
    assert message.attachments == [mirakl.Attachment(id="a-1", name="lamp.jpg", size=12)]


def test_it_asks_for_a_thread_as_one_customer_sees_it() -> None:
    peer = answering(THREAD)

    client(peer, role="front").read_thread("t-1", customer_id="C-1")

    assert str(peer.asked.url) == f"{URL}/api/inbox/threads/t-1?customer_id=C-1"


@pytest.mark.parametrize(
    ("thread_id", "path"),
    [("t?x=1#y", "t%3Fx%3D1%23y"), ("50% é", "50%25%20%C3%A9"), ("..a", "..a")],
)
def test_it_keeps_an_id_within_its_place_in_the_address(thread_id: str, path: str) -> None:
    peer = answering(THREAD)

    client(peer).read_thread(thread_id)

    assert peer.asked.url.raw_path.decode() == f"/api/inbox/threads/{path}"


@pytest.mark.parametrize("thread_id", ["", ".", "..", "a/b", "../../account", "a\\b", "a\ufffdb"])
def test_it_asks_for_no_id_that_could_lead_elsewhere(thread_id: str) -> None:
    peer = answering(THREAD)

    with pytest.raises(mirakl.Invalid):
        client(peer).read_thread(thread_id)
    with pytest.raises(mirakl.Invalid), client(peer).download(thread_id):
        pass

    assert peer.requests == []


@pytest.mark.parametrize("order_id", [".", "..", "A/../../B", "A//B", "A\\..\\B", "/A"])
def test_it_writes_on_no_order_whose_number_walks_up_the_path(order_id: str) -> None:
    peer = answering(NOTHING)

    with pytest.raises(mirakl.Invalid):
        client(peer).order_messages(order_id)

    assert peer.requests == []


def test_it_takes_a_base_address_with_a_slash() -> None:
    peer = answering(NOTHING)
    transport = mirakl.Transport(http=over(peer))

    mirakl.MiraklClient(f"{URL}/", mirakl.ShopKeyAuth(KEY), transport=transport).list_threads()

    assert str(peer.asked.url) == f"{URL}/api/inbox/threads"


# -- pages ----------------------------------------------------------------


def test_it_follows_every_page() -> None:
    peer = answering(
        {"data": [THREAD], "next_page_token": "two"},
        {"data": [THREAD], "next_page_token": "three", "previous_page_token": "one"},
        {"data": [THREAD], "previous_page_token": "two"},
    )

    pages = list(client(peer, shop_id=2001).iter_threads(with_messages=True))

    assert [page.next_page_token for page in pages] == ["two", "three", None]
    assert [page.previous_page_token for page in pages] == [None, "one", "two"]
    asked = [dict(request.url.params) for request in peer.requests]
    assert asked[0] == {"with_messages": "true", "shop_id": "2001"}
    assert asked[1:] == [{"page_token": token, "shop_id": "2001"} for token in ("two", "three")]


def test_it_stops_where_pages_go_in_circles() -> None:
    circle: list[dict[str, Any]] = [
        {"data": [], "next_page_token": token} for token in ("two", "one", "two")
    ]
    peer = answering(*circle)

    pages = list(client(peer, shop_id=2001).iter_threads())

    assert len(pages) == len(peer.requests) == 3


def test_it_asks_for_a_page_only_when_it_is_wanted() -> None:
    peer = answering({"data": [], "next_page_token": "two"})

    next(iter(client(peer, shop_id=2001).iter_threads()))

    assert len(peer.requests) == 1


def test_it_skips_and_counts_what_cannot_be_read() -> None:
    data: list[Any] = [THREAD, {"topic": {}}, None, 3, "thread", [], {"id": None}, {"id": "t-2"}]

    page = client(answering({"data": data})).list_threads()

    assert [thread.id for thread in page.threads] == ["t-1", "t-2"]
    assert page.skipped == 6

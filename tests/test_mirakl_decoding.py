"""Any answer of Mirakl is decoded or refused as a whole, without a crash."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox import mirakl
from tests.answering import answering, client

FULL: dict[str, Any] = {
    "id": "t-1",
    "topic": {"type": "REASON_CODE", "value": "21"},
    "entities": [{"type": "MMP_ORDER", "id": "1-A", "label": "Order 1-A"}],
    "authorized_participants": [{"type": "OPERATOR", "display_name": "Demo"}],
    "current_participants": [{"type": "SHOP", "id": "7", "display_name": "Shop"}],
    "customer_organization": {"id": "o", "display_name": "Org"},
    "date_created": "2026-01-02T03:04:05Z",
    "date_updated": "2026-01-02T03:04:05.678+02:00",
    "metadata": {
        "total_count": 1,
        "last_message_date": "2026-01-02T03:04:05Z",
        "last_sender": {"type": "CUSTOMER_USER", "display_name": "Zoé"},
        "shop_reply_needed_since": None,
    },
    "no_store_reply_needed": [{"date": "2026-01-02T03:04:05Z", "user_type": "OPERATOR"}],
    "messages": [
        {
            "id": "m-1",
            "body": "Hello",
            "date_created": "2026-01-02T03:04:05Z",
            "from": {
                "type": "SHOP_USER",
                "display_name": "Sam",
                "organization_details": {"type": "SHOP", "id": "7", "display_name": "Shop"},
            },
            "to": [{"type": "CUSTOMER", "id": "c", "display_name": "Zoé"}],
            "attachments": [{"id": "a-1", "name": "photo.png", "size": 3}],
        }
    ],
}
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def read(thread: object) -> mirakl.Thread:
    return client(answering(json.dumps(thread).encode())).read_thread("t-1")


def listed(*threads: object, **beside: object) -> mirakl.ThreadPage:
    return client(answering({"data": list(threads), **beside})).list_threads()


def paths(value: object, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Returns every path in a thread but its id."""
    steps: list[Any] = []
    if isinstance(value, dict):
        steps = list(value)
    elif isinstance(value, list):
        steps = list(range(len(value)))
    below = [path for step in steps for path in paths(value[step], (*above, step))]  # type: ignore[index]
    return [*([above] if above and above != ("id",) else []), *below]


def changed(path: tuple[Any, ...], to: object) -> Any:
    thread = json.loads(json.dumps(FULL))
    *above, last = path
    place = thread
    for step in above:
        place = place[step]
    place[last] = to
    return thread


def test_it_reads_all_of_a_thread() -> None:
    thread = read(FULL)

    message = thread.messages[0]
    assert thread.topic == mirakl.Topic("REASON_CODE", "21")
    assert thread.date_created == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert thread.date_updated == datetime(2026, 1, 2, 1, 4, 5, 678000, tzinfo=UTC)
    assert message.sender is not None
    assert message.sender.organization_details == mirakl.Participant(
        type="SHOP", id="7", display_name="Shop"
    )
    assert message.attachments == [mirakl.Attachment(id="a-1", name="photo.png", size=3)]
    assert thread.no_store_reply_needed[0].user_type == "OPERATOR"


def test_an_id_is_all_that_a_thread_needs() -> None:
    assert read({"id": "t-1"}) == mirakl.Thread(id="t-1")


@pytest.mark.parametrize("surprise", [None, 5, "?", True, [], {}, [None], [[]], {"x": 1}])
@pytest.mark.parametrize("path", paths(FULL), ids=str)
def test_a_surprise_costs_itself_alone(path: tuple[Any, ...], surprise: object) -> None:
    page = listed(changed(path, surprise), FULL)

    assert (page.skipped, [thread.id for thread in page.threads]) == (0, ["t-1", "t-1"])
    assert page.threads[1].messages[0].body == "Hello"


def test_it_passes_over_what_it_does_not_know() -> None:
    thread = changed(("entities", 0, "type"), "MMP_HOLOGRAM") | {"mood": {"colour": "blue"}}

    assert read(thread).entities[0].type == "MMP_HOLOGRAM"


@pytest.mark.parametrize("bad", [{}, {"id": None}, {"id": []}, 5, None, "t-2", []])
def test_a_thread_without_id_is_skipped_and_counted(bad: object) -> None:
    page = listed(bad, FULL)

    assert (page.skipped, len(page.threads)) == (1, 1)


@pytest.mark.parametrize("bad", [b"\xff", b"\\ud83d", b"\\ude00", b"\\ud83d\\u0041"])
def test_broken_characters_cost_themselves_alone(bad: bytes) -> None:
    raw = b'{"data": [{"id": "t-1", "messages": [{"id": "m-1", "body": "Cut%s \\ud83d\\ude00"}]}]}'

    (thread,) = client(answering(raw % bad)).list_threads().threads

    body = thread.messages[0].body or ""
    assert (body[:4], body[-2:]) == ("Cut\ufffd", " \N{GRINNING FACE}")


def test_a_thread_nested_without_end_is_skipped() -> None:
    raw = b'{"data": [%s, {"id": "t-1"}]}' % (b"[" * 500 + b"]" * 500)

    page = client(answering(raw)).list_threads()

    assert (page.skipped, len(page.threads)) == (1, 1)


def test_a_message_without_id_costs_itself_alone() -> None:
    thread = FULL | {"messages": [{"body": "?"}, *FULL["messages"]]}

    assert [message.id for message in read(thread).messages] == ["m-1"]


def test_numbers_are_taken_for_ids() -> None:
    thread = read(FULL | {"id": 12, "entities": [{"type": "MMP_OFFER", "id": 2001}]})

    assert (thread.id, thread.entities[0].id) == ("12", "2001")


@pytest.mark.parametrize("moment", ["2026-01-02", "2026-01-02T03:04:05", "2026-01-02 03:04:05Z"])
def test_every_moment_has_a_zone(moment: str) -> None:
    created = read(FULL | {"date_created": moment}).date_created

    assert created is not None
    assert created.utcoffset() is not None


@pytest.mark.parametrize("tokens", [{}, {"next_page_token": None}, {"next_page_token": []}])
def test_no_token_is_no_next_page(tokens: dict[str, object]) -> None:
    assert listed(FULL, **tokens).next_page_token is None


def test_a_page_of_nothing_is_empty() -> None:
    page = client(answering({"data": None})).list_threads()

    assert (page.threads, page.skipped) == ([], 0)


GARBAGE = [
    b"",
    b"<html>Down for maintenance</html>",
    b"[]",
    b"null",
    b'"data"',
    b"{}",
    b'{"data": {}}',
    b'{"data": [',
    b'{"\xff": 1}',
    b"[" * 200_000,
    b"\x00\x01\x02",
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda raw: repr(raw[:20]))
def test_garbage_is_called_so(garbage: bytes) -> None:
    with pytest.raises(mirakl.Garbled) as caught:
        client(answering(garbage)).list_threads()

    assert caught.value.operation == "M11"


@pytest.mark.parametrize("garbage", [b"<html>", b"[]", b"{}", b'{"id": null}', b""])
def test_a_thread_that_is_none_is_garbage(garbage: bytes) -> None:
    with pytest.raises(mirakl.Garbled):
        client(answering(garbage)).read_thread("t-1")


def test_an_answer_without_end_is_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    # The real limit is 50 MB, too much for each run.
    monkeypatch.setattr("inbox.mirakl.bodies.LARGEST_ANSWER", 10_000)

    with pytest.raises(mirakl.Garbled):
        client(answering({"data": ["x" * 20_000]})).list_threads()


def test_an_answer_that_cannot_be_unpacked_is_garbage() -> None:
    packed = {"Content-Encoding": "gzip"}

    def peer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=packed, stream=httpx.ByteStream(b"not gzip"))

    with pytest.raises(mirakl.Garbled):
        client(peer).list_threads()


@given(place=st.sampled_from(paths(FULL)), value=ANYTHING)
def test_no_value_anywhere_breaks_a_page(place: tuple[Any, ...], value: object) -> None:
    page = listed(changed(place, value), FULL)

    assert (page.skipped, len(page.threads)) == (0, 2)


@given(ANYTHING)
def test_no_answer_breaks_the_client(answer: object) -> None:
    calls = client(answering(json.dumps(answer).encode()))

    for call in (calls.list_threads, calls.account, calls.version, calls.reasons, calls.messages):
        try:
            call()
        except mirakl.Garbled:
            continue


@given(st.binary(max_size=200))
def test_no_bytes_break_the_client(raw: bytes) -> None:
    try:
        client(answering(raw)).list_threads()
    except mirakl.Garbled:
        return


@pytest.mark.parametrize("length", [2_000, 2_001, 50_000])
def test_texts_that_pages_show_whole_are_cut_to_a_length(length: int) -> None:
    channels = [{"code": "fr", "label": "é" * length}, {"code": "de", "label": "Germany"}]

    first, second = client(answering({"channels": channels})).channels()

    assert (first.label or "").rstrip("…") == "é" * (2_000 if length == 2_000 else 1_999)
    assert second.label == "Germany"


def test_an_order_with_endless_texts_keeps_its_amounts_and_ids() -> None:
    line = {"order_line_id": "1-A-1", "product_title": "a" * 50_000, "price": 19.99}
    order = {"order_id": "1-A", "currency_iso_code": "b" * 50_000, "order_lines": [line]}

    (found,) = client(answering({"orders": [order]})).orders.fetch(["1-A"])

    assert (found.order_id, len(found.currency_iso_code or "")) == ("1-A", 2_000)
    assert (found.order_lines[0].order_line_id, found.order_lines[0].price) == (
        "1-A-1",
        Decimal("19.99"),
    )
    assert len(found.order_lines[0].product_title or "") == 2_000


@pytest.mark.parametrize("length", [10, 20_000])
def test_an_item_is_decoded_again_only_if_it_has_changed(length: int) -> None:
    one = {"id": "t-1", "topic": {"type": "FREE_TEXT", "value": "a" * length}}
    other = one | {"topic": {"type": "FREE_TEXT", "value": "b" * length}}

    (before,), (again, changed) = listed(one).threads, listed(one, other).threads

    assert before == again != changed
    # A large one would take too much memory.
    assert (before is again) is (length == 10)

"""M12: accepted and refused messages, and their effect on the clock."""

import json
from typing import Any

import pytest

from inbox.sandbox import server
from tests.mirakl_callers import (
    Caller,
    an_order_thread,
    front,
    operator,
    seller,
    write_as_customer,
)

MEGABYTE = 1024 * 1024


def message_path(thread: Any) -> str:
    return f"/api/inbox/threads/{thread['id']}/message"


def problems(answer: Any) -> set[str]:
    assert answer.status_code == 400, answer.text
    return {problem["field"] for problem in answer.json()["errors"]}


# -- M12 -------------------------------------------------------------------


def test_a_reply_arrives_with_its_files(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread = an_order_thread(caller)
    files = [("photo.png", b"\x89PNG\0demo"), ("Größe é.txt", bytes(range(256)))]

    answer = caller.reply(thread["id"], "CUSTOMER", files, body="<p>Hello &amp; 👋</p>\n")

    assert answer.status_code == 201
    last = front(sandbox.url).thread(thread["id"])["messages"][-1]
    assert last["id"] == answer.json()["message_id"]
    assert last["body"] == "<p>Hello &amp; 👋</p>\n"
    assert [file["name"] for file in last["attachments"]] == ["photo.png", "Größe é.txt"]
    for file, (_, content) in zip(last["attachments"], files, strict=True):
        given = caller.get(f"/api/inbox/threads/{file['id']}/download")
        assert (given.content, file["size"]) == (content, len(content))


@pytest.mark.parametrize(
    "part",
    [
        (None, "{}", "application/json"),
        (None, "{}", "application/json;charset=utf-8"),
        (None, "{}", "text/plain"),
        (None, "{}"),
        ("message.json", "{}", "application/json"),
    ],
    ids=["json", "with charset", "text", "untyped", "with a file name"],
)
def test_it_takes_the_json_part_however_it_is_spelled(sandbox: server.Running, part: Any) -> None:
    caller = seller(sandbox.url)
    thread = an_order_thread(caller)
    name, _, *kind = part
    text = json.dumps({"body": "Schöne Grüße", "to": [{"type": "CUSTOMER"}]}, ensure_ascii=False)

    answer = caller.request(
        "POST", message_path(thread), files=[("message_input", (name, text, *kind))]
    )

    assert answer.status_code == 201
    assert caller.thread(thread["id"])["messages"][-1]["body"] == "Schöne Grüße"


def test_it_takes_a_body_sent_in_chunks(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread = an_order_thread(caller)
    text = b'{"body": "In chunks", "to": [{"type": "CUSTOMER"}]}'
    parts = [
        b'--demo\r\nContent-Disposition: form-data; name="message_input"\r\n\r\n',
        text,
        b"\r\n--demo--\r\n",
    ]

    answer = caller.request(
        "POST",
        message_path(thread),
        content=iter(parts),
        headers={"Content-Type": "multipart/form-data; boundary=demo"},
    )

    assert answer.status_code == 201


def test_it_takes_multipart_only(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    data = {"body": "A demo reply", "to": [{"type": "CUSTOMER"}]}

    assert (
        caller.request("POST", message_path(an_order_thread(caller)), json=data).status_code == 415
    )


def test_it_misses_the_json_part(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    fields = {"message_input.body": (None, "flattened")}

    answer = caller.request("POST", message_path(an_order_thread(caller)), files=fields)

    assert answer.status_code == 400
    assert answer.json()["message"] == "Required part 'message_input' is not present"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"body": "ab"}, "body"),
        ({"body": "a" * 50_001}, "body"),
        ({"body": None}, "body"),
        ({"to": []}, "to"),
        ({"to": None}, "to"),
        ({"to": ["CUSTOMER"]}, "to"),
        ({"to": [{"type": "SHOP"}]}, "to"),
        ({"to": [{"type": "NOBODY"}]}, "to"),
        ({"to": [{"type": "CUSTOMER", "id": "somebody else"}]}, "to.id"),
        ({"topic": {"type": "FREE_TEXT", "value": "ab"}}, "topic.value"),
        ({"topic": {"type": "FREE_TEXT", "value": "a" * 201}}, "topic.value"),
        ({"topic": {"type": "OTHER", "value": "abc"}}, "topic.type"),
        ({"topic": {"type": "REASON_CODE", "value": "27"}}, "topic.value"),
    ],
    ids=str,
)
def test_it_names_the_field_that_is_wrong(
    sandbox: server.Running, data: dict[str, Any], field: str
) -> None:
    caller = seller(sandbox.url)
    thread = an_order_thread(caller)
    whole = {"body": "A demo reply", "to": [{"type": "CUSTOMER"}], **data}

    answer = caller.send(message_path(thread), "message_input", whole)

    assert problems(answer) == {field}
    after = caller.thread(thread["id"])["metadata"]["total_count"]
    assert after == thread["metadata"]["total_count"]


def test_it_takes_the_longest_body_there_is(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)

    answer = caller.reply(an_order_thread(caller)["id"], "CUSTOMER", body="😀" * 50_000)

    assert answer.status_code == 201


def test_it_refuses_who_is_not_authorized(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread = caller.threads(entity_type="SELLER_OPERATOR")[0]

    assert problems(caller.reply(thread["id"], "CUSTOMER")) == {"to"}


def test_a_reply_may_go_to_two(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread = an_order_thread(caller)

    caller.reply(thread["id"], [{"type": "CUSTOMER"}, {"type": "OPERATOR"}, {"type": "CUSTOMER"}])

    last = caller.thread(thread["id"])["messages"][-1]
    assert {recipient["type"] for recipient in last["to"]} == {"CUSTOMER", "OPERATOR"}


def test_a_new_topic_becomes_the_threads(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread = an_order_thread(caller)
    topic = {"type": "REASON_CODE", "value": "24"}

    data = {"body": "About the invoice", "to": [{"type": "CUSTOMER"}], "topic": topic}
    caller.send(message_path(thread), "message_input", data)

    assert caller.thread(thread["id"])["topic"] == topic


@pytest.mark.parametrize(
    ("caller", "sender"),
    [(seller, "SHOP_USER"), (operator, "OPERATOR_USER"), (front, "CUSTOMER_USER")],
    ids=["seller", "operator", "front"],
)
def test_each_role_writes_as_itself(sandbox: server.Running, caller: Any, sender: str) -> None:
    thread = an_order_thread(seller(sandbox.url))
    to = "CUSTOMER" if caller is not front else "SHOP"

    caller(sandbox.url).reply(thread["id"], to)

    last = operator(sandbox.url).thread(thread["id"])["messages"][-1]
    assert last["from"]["type"] == sender


def test_a_thread_takes_a_thousand_messages(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread = an_order_thread(caller)
    kept = sandbox.sandbox.state.world.marketplaces["maison-verte"].threads[thread["id"]]
    kept.messages.extend(kept.messages[:1] * (999 - len(kept.messages)))

    last_one = caller.reply(thread["id"], "CUSTOMER")
    too_many = caller.reply(thread["id"], "CUSTOMER")

    assert last_one.status_code == 201
    assert problems(too_many) == {"body"}


def test_an_order_takes_fifty_files_over_all_its_threads(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    first, second = two_threads_on_one_order(caller)
    files = [(f"{number}.txt", b"x") for number in range(30)]

    assert caller.reply(first, "CUSTOMER", files).status_code == 201
    assert problems(caller.reply(second, "CUSTOMER", files)) == {"files"}
    assert caller.reply(second, "CUSTOMER", files[:20]).status_code == 201


def two_threads_on_one_order(caller: Caller) -> list[str]:
    thread = an_order_thread(caller)
    order_id = thread["entities"][0]["id"]
    return [thread["id"], write_as_customer(caller, order_id=order_id)["thread_id"]]


def test_shop_and_operator_have_room_for_a_thousand(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread = caller.threads(entity_type="SELLER_OPERATOR")[0]
    files = [(f"{number}.txt", b"x") for number in range(60)]

    assert caller.reply(thread["id"], "OPERATOR", files).status_code == 201


def test_it_refuses_more_than_thirty_megabytes(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread = an_order_thread(caller)
    content = bytes(MEGABYTE)

    fits = caller.reply(thread["id"], "CUSTOMER", [(f"{n}.bin", content) for n in range(29)])
    over = caller.reply(thread["id"], "CUSTOMER", [("31.bin", content * 31)])
    far_over = caller.reply(thread["id"], "CUSTOMER", [("40.bin", content * 40)])

    assert [fits.status_code, over.status_code, far_over.status_code] == [201, 413, 413]


# -- the clock -------------------------------------------------------------


def clock(caller: Caller, thread_id: str) -> str | None:
    since: str | None = caller.thread(thread_id)["metadata"]["shop_reply_needed_since"]
    return since


def test_the_clock_runs_from_the_first_unanswered_message(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread_id = an_order_thread(caller)["id"]
    caller.reply(thread_id, "CUSTOMER")
    stopped = clock(caller, thread_id)

    write_as_customer(caller, thread_id=thread_id)
    started = caller.thread(thread_id)["messages"][-1]["date_created"]
    write_as_customer(caller, thread_id=thread_id)

    assert stopped is None
    assert clock(caller, thread_id) == started


def test_the_operator_starts_the_clock_too(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread_id = an_order_thread(caller)["id"]
    caller.reply(thread_id, "CUSTOMER")

    operator(sandbox.url).reply(thread_id, "SHOP")

    assert clock(caller, thread_id)


def test_what_is_not_for_the_shop_does_not_start_its_clock(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread_id = an_order_thread(caller)["id"]
    caller.reply(thread_id, "CUSTOMER")

    write_as_customer(caller, thread_id=thread_id, to=["OPERATOR"])

    assert clock(caller, thread_id) is None


def test_a_reply_moves_the_thread_to_the_front(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    last = caller.threads(limit=100)[-1]
    side = next(p["type"] for p in last["current_participants"] if p["type"] != "SHOP")

    caller.reply(last["id"], side)

    assert caller.threads(limit=1)[0]["id"] == last["id"]

"""M10 and M13: a thread as each role sees it, and its files."""

import hashlib

import pytest

from inbox.sandbox import server
from inbox.sandbox.world import CUSTOMER, SHOP, Attachment, Message, Thread
from tests.mirakl_callers import an_order_thread, front, operator, seller


def threads_of(sandbox: server.Running) -> list[Thread]:
    return list(sandbox.sandbox.state.world.marketplaces["maison-verte"].threads.values())


def with_talk_behind_the_shop(sandbox: server.Running) -> Thread:
    return next(
        thread
        for thread in threads_of(sandbox)
        if thread.shop.id == 2001
        and any(not message.involves(SHOP) for message in thread.messages)
        and any(message.involves(SHOP) for message in thread.messages)
    )


def files_of(sandbox: server.Running) -> list[Attachment]:
    return [
        attachment
        for thread in threads_of(sandbox)
        if thread.shop.id == 2001
        for message in thread.messages
        for attachment in message.attachments
    ]


def named(sandbox: server.Running, part: str) -> Attachment:
    return next(file for file in files_of(sandbox) if part in file.name)


def test_it_reads_a_thread_whole_and_oldest_first(sandbox: server.Running) -> None:
    long = max(threads_of(sandbox), key=lambda thread: len(thread.messages))

    shown = seller(sandbox.url).thread(long.id)

    assert [message["id"] for message in shown["messages"]] == [m.id for m in long.messages]
    assert shown["metadata"]["total_count"] == 300


def test_an_unknown_thread_is_not_found(sandbox: server.Running) -> None:
    answer = seller(sandbox.url).get("/api/inbox/threads/no-such-thread")

    assert answer.status_code == 404
    assert answer.json()["status"] == 404


def test_another_shops_thread_is_not_found(sandbox: server.Running) -> None:
    other = next(thread for thread in threads_of(sandbox) if thread.shop.id == 2002)

    path = f"/api/inbox/threads/{other.id}"

    assert seller(sandbox.url).get(path).status_code == 404
    assert operator(sandbox.url).get(path).status_code == 200


def test_another_marketplaces_thread_is_not_found(sandbox: server.Running) -> None:
    thread = an_order_thread(seller(sandbox.url))

    caller = seller(sandbox.url, "sandbox-shop-nordhaus")

    assert caller.get(f"/api/inbox/threads/{thread['id']}").status_code == 404


def test_a_shop_does_not_read_what_was_said_behind_its_back(sandbox: server.Running) -> None:
    thread = with_talk_behind_the_shop(sandbox)

    seen = seller(sandbox.url).thread(thread.id)
    all_of_it = operator(sandbox.url).thread(thread.id)

    shops = [m.id for m in thread.messages if m.involves(SHOP)]
    assert [message["id"] for message in seen["messages"]] == shops
    assert seen["metadata"]["total_count"] == len(shops)
    assert len(all_of_it["messages"]) == len(thread.messages) > len(shops)


def test_a_customer_does_not_read_what_shop_and_operator_say(sandbox: server.Running) -> None:
    thread = with_talk_behind_the_shop(sandbox)
    assert thread.customer

    seen = front(sandbox.url).thread(thread.id, customer_id=thread.customer.id)

    customers = [m.id for m in thread.messages if m.involves(CUSTOMER)]
    assert [message["id"] for message in seen["messages"]] == customers
    assert len(customers) < len(thread.messages)


def test_a_customer_does_not_read_somebody_elses_thread(sandbox: server.Running) -> None:
    thread = an_order_thread(seller(sandbox.url))

    answer = front(sandbox.url).get(f"/api/inbox/threads/{thread['id']}", customer_id="MV-C-0")

    assert answer.status_code == 404


def test_senders_and_participants_are_told_in_two_vocabularies(sandbox: server.Running) -> None:
    thread = seller(sandbox.url).thread(with_talk_behind_the_shop(sandbox).id)

    senders = {message["from"]["type"] for message in thread["messages"]}
    operators = [p for p in thread["authorized_participants"] if p["type"] == "OPERATOR"]
    assert senders == {"SHOP_USER", "OPERATOR_USER"}
    assert all("id" not in message["from"] for message in thread["messages"])
    assert operators == [{"type": "OPERATOR", "display_name": "Maison Verte"}]


def test_a_customer_has_no_organization_details_and_a_shop_does(sandbox: server.Running) -> None:
    long = max(threads_of(sandbox), key=lambda thread: len(thread.messages))

    customer, shop = (m["from"] for m in seller(sandbox.url).thread(long.id)["messages"][:2])

    assert "organization_details" not in customer
    assert shop["organization_details"]["id"] == "2001"


def test_what_is_empty_is_left_out_but_the_clock_is_null(sandbox: server.Running) -> None:
    long = max(threads_of(sandbox), key=lambda thread: len(thread.messages))

    thread = seller(sandbox.url).thread(long.id)

    assert all("attachments" not in message for message in thread["messages"])
    assert thread["metadata"]["shop_reply_needed_since"] is None


def test_dates_come_with_and_without_milliseconds(sandbox: server.Running) -> None:
    dates = {thread["date_updated"] for thread in seller(sandbox.url).threads(limit=100)}

    assert all(date.endswith("Z") for date in dates)
    assert {"." in date for date in dates} == {True, False}


@pytest.mark.parametrize("kind", ["photo", "facture", "scan", "pièce"])
def test_it_gives_files_back_byte_for_byte(sandbox: server.Running, kind: str) -> None:
    file = named(sandbox, kind)

    answer = seller(sandbox.url).get(f"/api/inbox/threads/{file.id}/download")

    expected = hashlib.sha256(b"".join(file.chunks())).hexdigest()
    assert hashlib.sha256(answer.content).hexdigest() == expected
    assert int(answer.headers["Content-Length"]) == file.size
    assert answer.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("photo", "attachment; filename=photo.png"),
        ("scan", 'attachment; filename="scan 0001.bmp"'),
        ("pièce", "attachment; filename*=UTF-8''pi%C3%A8ce"),
    ],
)
def test_file_names_come_in_three_forms(sandbox: server.Running, kind: str, header: str) -> None:
    file = named(sandbox, kind)

    answer = seller(sandbox.url).get(f"/api/inbox/threads/{file.id}/download")

    assert answer.headers["Content-Disposition"].startswith(header)


def test_the_big_file_is_twenty_megabytes(sandbox: server.Running) -> None:
    assert named(sandbox, "scan").size > 20_000_000


@pytest.mark.parametrize("accept", ["application/json", "text/html", "image/png"])
def test_a_download_takes_any_accept(sandbox: server.Running, accept: str) -> None:
    file = named(sandbox, "photo")

    answer = seller(sandbox.url).request(
        "GET", f"/api/inbox/threads/{file.id}/download", headers={"Accept": accept}
    )

    assert (answer.status_code, len(answer.content)) == (200, file.size)


@pytest.mark.parametrize(
    ("span", "status", "told"),
    [
        ("bytes=10-20", 206, "bytes 10-20/1773"),
        ("bytes=-3", 206, "bytes 1770-1772/1773"),
        ("bytes=1773-", 416, None),
    ],
)
def test_a_download_comes_in_parts(
    sandbox: server.Running, span: str, status: int, told: str | None
) -> None:
    file = named(sandbox, "photo")

    answer = seller(sandbox.url).request(
        "GET", f"/api/inbox/threads/{file.id}/download", headers={"Range": span}
    )

    assert (answer.status_code, answer.headers.get("Content-Range")) == (status, told)


def test_another_shops_file_is_not_found(sandbox: server.Running) -> None:
    file = named(sandbox, "photo")

    caller = seller(sandbox.url, "sandbox-shop-nordhaus")

    assert caller.get(f"/api/inbox/threads/{file.id}/download").status_code == 404


def test_a_file_of_a_message_one_may_not_read_is_not_found(sandbox: server.Running) -> None:
    market = sandbox.sandbox.state.world.marketplaces["maison-verte"]
    thread = with_talk_behind_the_shop(sandbox)
    hidden = next(m for m in thread.messages if not m.involves(SHOP))
    secret = sandbox.sandbox.state.world.attachment("secret.txt", b"not for shops")
    message = Message("m", "with a file", hidden.sent_at, hidden.sender, hidden.to, (secret,))
    thread.messages.insert(0, message)
    market.attachments[secret.id] = (thread, message, secret)

    path = f"/api/inbox/threads/{secret.id}/download"

    assert seller(sandbox.url).get(path).status_code == 404
    assert operator(sandbox.url).get(path).content == b"not for shops"

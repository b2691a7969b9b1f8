"""A Mirakl that answers at once: M10, M11, M12, RE01, OR11. The key `key-3` is marketplace 3.

    python -m benchmarks.desk.stub --port 8900 --newest 2026-01-01T00:00:00+00:00

M11 always answers the newest 50 conversations with all their messages. A message of M12 is kept in
memory: M10 shows it afterwards.
"""

import argparse
import asyncio
import json
import re
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.desk import world

PAGE = 50
MESSAGE = re.compile(rb'name="message_input".*?\r\n\r\n(.*?)\r\n--', re.S)
REASONS = [
    {"code": code, "label": f"Topic {code}", "type": "ORDER_MESSAGING", "is_shop_right": True}
    for code in world.TOPICS
]


class Mirakl:
    def __init__(self, newest_at: datetime, per_thread: int) -> None:
        self._newest_at, self._per_thread = newest_at, per_thread
        self._changed: dict[str, dict[str, Any]] = {}
        self._pages: dict[int, bytes] = {}

    def answer(self, method: str, target: str, key: str, body: bytes) -> tuple[int, bytes]:
        m = int(key.rpartition("-")[2])
        address = urlsplit(target)
        match address.path.strip("/").split("/"):
            case ["api", "inbox", "threads"]:
                return 200, self._page(m)
            case ["api", "inbox", "threads", id] if method == "GET":
                return 200, json.dumps(self._thread(id)).encode()
            case ["api", "inbox", "threads", id, "message"]:
                return 201, self._write(id, body)
            case ["api", "reasons", *_]:
                return 200, json.dumps({"reasons": REASONS}).encode()
            case ["api", "orders"]:
                ids = parse_qs(address.query).get("order_ids", [""])[0].split(",")
                return 200, json.dumps({"orders": [order(id) for id in ids]}).encode()
        return 404, b'{"status": 404, "message": "Not here"}'

    def _page(self, m: int) -> bytes:
        if m not in self._pages:
            threads = [self._thread(world.thread_id(m, n)) for n in range(PAGE)]
            self._pages[m] = json.dumps({"data": threads}).encode()
        return self._pages[m]

    def _thread(self, id: str) -> dict[str, Any]:
        m, n = world.numbers_of(id)
        return self._changed.get(id) or world.thread(m, n, self._newest_at, self._per_thread)

    def _write(self, id: str, body: bytes) -> bytes:
        said = MESSAGE.search(body)
        assert said is not None
        thread, now = self._thread(id), datetime.now(UTC)
        customer = thread["authorized_participants"][0]
        message = json.loads(said[1])
        new = world.written(str(uuid.uuid4()), message["body"], world.SHOP, customer, now)
        thread["messages"].append(new)
        thread["date_updated"] = new["date_created"]
        thread["metadata"] |= {
            "total_count": len(thread["messages"]),
            "last_message_date": new["date_created"],
            "last_sender": new["from"],
            "shop_reply_needed_since": None,
        }
        self._changed[id] = thread
        self._pages.clear()
        return json.dumps({"message_id": new["id"], "thread_id": id}).encode()


def order(id: str) -> dict[str, Any]:
    line = {"order_line_id": f"{id}-1", "order_line_index": 1, "order_line_state": "SHIPPED"}
    product = {"product_title": "Lamp", "offer_sku": "L-1", "quantity": 1, "total_price": 104.0}
    return {
        "order_id": id,
        "commercial_id": id[:-2],
        "order_state": "SHIPPED",
        "created_date": "2026-01-01T09:00:00Z",
        "currency_iso_code": "EUR",
        "total_price": 104.0,
        "shipping_company": "Colissimo",
        "customer": {"customer_id": "C-1", "firstname": "Camille", "lastname": "Martin"},
        "order_lines": [line | product],
    }


async def serve(newest_at: datetime, per_thread: int, port: int) -> None:
    mirakl = Mirakl(newest_at, per_thread)

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await read_request(reader)
                status, body = mirakl.answer(*request)
                head = f"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\n"
                writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    # Built now: the first page must not wait for them.
    world.bodies(), world.names()
    server = await asyncio.start_server(converse, "127.0.0.1", port)
    await server.serve_forever()


async def read_request(reader: asyncio.StreamReader) -> tuple[str, str, str, bytes]:
    """Method, target, key, body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *fields = head.strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in fields)}
    if headers.get("transfer-encoding") == "chunked":
        body = await read_chunks(reader)
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    method, target, _version = line.split(" ")
    return method, target, headers.get("authorization", "key-0"), body


async def read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return body


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--newest", type=datetime.fromisoformat, required=True)
    parser.add_argument("--per-thread", type=int, default=world.PER_THREAD)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.newest, options.per_thread, options.port))


if __name__ == "__main__":
    main()

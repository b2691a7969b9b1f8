"""Measures inbox displays while one of three marketplaces misbehaves.

    python -m benchmarks.deadlines

The other two are the sandbox's. Each display is the whole page as Django answers it. It should come
within INBOX_DEADLINE_SECONDS and 200 ms, whatever the third marketplace does.
"""

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import msgspec

from benchmarks.environment import set_environment
from benchmarks.inbox import KEYS, connect, forget_answers, made_up_page, sandbox

RUNS = 3
MARGIN_SECONDS = 0.2
UNRESOLVED = "nowhere.example"
Conversation = Callable[[socket.socket], None]


def main() -> int:
    from helpdesk import embedded

    with ExitStack() as services:
        redis_url = services.enter_context(embedded.redis_server())
        set_environment(services, REDIS_URL=redis_url, LOG_LEVEL="CRITICAL")
        import django
        from django.conf import settings
        from django.core.management import call_command

        settings.STORAGES["staticfiles"] = {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
        django.setup()
        call_command("migrate", verbosity=0)
        url = services.enter_context(sandbox())
        for slug, key in zip(("good", "better"), KEYS, strict=False):
            connect(slug, url, key)
        limit = settings.INBOX_DEADLINE_SECONDS + MARGIN_SECONDS
        return max([measure(name, limit) for name in BAD])


def measure(name: str, limit: float) -> int:
    """Returns 0 if every display was in time."""
    from inbox.models import Marketplace

    took = []
    with BAD[name]() as url:
        display()
        for run in range(RUNS):
            Marketplace.objects.filter(slug__startswith="bad").delete()
            connect(f"bad-{run}", url, KEYS[2])
            forget_answers()
            took.append(display())
    worst = max(took)
    print(f"{name:45} {worst * 1000:7.0f} ms {'' if worst <= limit else '  too late'}", flush=True)
    return int(worst > limit)


def display() -> float:
    from django.test import Client

    from inbox.models import User

    browser = Client()
    user, _ = User.objects.get_or_create(username="admin", is_superuser=True, is_staff=True)
    browser.force_login(user)
    began = time.perf_counter()
    answer = browser.get("/", headers={"host": "localhost"})
    took = time.perf_counter() - began
    assert answer.status_code == 200, answer.status_code
    return took


# -- bad marketplaces -------------------------------------------------------


@contextmanager
def peer(converse: Conversation, scheme: str = "http") -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        threading.Thread(target=accept, args=(listening, converse), daemon=True).start()
        yield f"{scheme}://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def accept(listening: socket.socket, converse: Conversation) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=talk, args=(connection, converse), daemon=True).start()


def talk(connection: socket.socket, converse: Conversation) -> None:
    with connection, suppress(OSError):
        converse(connection)


def never(connection: socket.socket) -> None:
    time.sleep(30)


def read_head(connection: socket.socket) -> None:
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(65_536)


def drips(head: bytes) -> Conversation:
    """Sends `head`, then a byte a second."""

    def converse(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(head)
        for _ in range(30):
            time.sleep(1)
            connection.sendall(b" ")

    return converse


def answers(*bodies: bytes) -> Conversation:
    def converse(connection: socket.socket) -> None:
        while True:
            read_head(connection)
            body = bodies[0]
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)

    return converse


@contextmanager
def never_accepts() -> Iterator[str]:
    """A listener with a full queue: our connection waits."""
    with socket.socket() as listening, ExitStack() as crowd:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(4):
            one = crowd.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def never_resolves() -> Iterator[str]:
    usual = socket.getaddrinfo

    def resolve(host: Any, *args: Any, **more: Any) -> Any:
        if host in (UNRESOLVED, UNRESOLVED.encode()):
            time.sleep(12)
            raise socket.gaierror("Nobody knows it.")
        return usual(host, *args, **more)

    socket.getaddrinfo = resolve
    try:
        yield f"http://{UNRESOLVED}"
    finally:
        socket.getaddrinfo = usual


def page(threads: int, messages: int, size: int) -> bytes:
    """Returns M11's answer with the given numbers of threads, messages and bytes."""
    body = "A lamp that has not come yet. " * (size // 30 + 1)
    shape = msgspec.json.decode(msgspec.json.encode(made_up_page(0, messages)[0]))
    data = [
        shape
        | {"id": f"large-{number}"}
        | {
            "messages": [
                one | {"id": f"{number}-{one['id']}", "body": body[:size]}
                for one in shape["messages"]
            ]
        }
        for number in range(threads)
    ]
    return msgspec.json.encode({"data": data})


BAD: dict[str, Callable[[], Any]] = {
    "answers": lambda: peer(answers(b'{"data": []}')),
    "accepts and never answers": lambda: peer(never),
    "never accepts": never_accepts,
    "never ends its TLS handshake": lambda: peer(never, "https"),
    "its name never resolves": never_resolves,
    "a head at a byte a second": lambda: peer(drips(b"HTTP/1.1 200 OK\r\nX: ")),
    "a body at a byte a second": lambda: peer(
        drips(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n[")
    ),
    "a page of 10 MB, 100 messages of 100 kB": lambda: peer(answers(page(100, 1, 100_000))),
    "a page of 10,000 messages of 500 bytes": lambda: peer(answers(page(100, 100, 500))),
    "a page of 10,000 messages of 3 kB": lambda: peer(answers(page(100, 100, 3_000))),
}


if __name__ == "__main__":
    sys.exit(main())

"""Measures an inbox display without its template: fetching, and storing the answers.

    python -m benchmarks.inbox

1. Threads and messages that `store_threads` writes a second, new and unchanged: Mirakl's pages
   of 100 threads, into the PostgreSQL of the tests.
2. The duration of `refresh` for ten marketplaces that each answer after 150 ms: the first
   display, one without changes, one with a changed thread on each, and one that shares an
   answer.
Medians of several runs.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from benchmarks.environment import set_environment

if TYPE_CHECKING:
    from inbox.models import Marketplace

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5
MARKETPLACES = 10
LATENCY_MS = 150
KEYS = ["sandbox-shop-maison", "sandbox-shop-nordhaus", "sandbox-shop-bright"]


def main() -> None:
    with ExitStack() as services:
        set_environment(services)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        measure_storing()
        measure_refreshing(services.enter_context(sandbox()))


@contextmanager
def sandbox() -> Iterator[str]:
    """Yields the URL of a sandbox in another process, so that it does not share our interpreter
    lock."""
    command = [sys.executable, str(ROOT / "manage.py"), "sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            words = process.stdout.readline().split()
            yield next(word for word in words if word.startswith("http"))
        finally:
            process.terminate()


def measure_storing() -> None:
    """Stores pages of 100 threads with 5 messages of a few hundred characters."""
    from inbox.services.mirror.upsert import store_threads

    marketplace = connect("storing", "https://storing.example", KEYS[0])
    new, unchanged, touched = [], [], []
    for run in range(RUNS):
        page, later = made_up_page(run), made_up_page(run, messages=6)
        new.append(seconds(partial(store_threads, marketplace, page)))
        unchanged.append(seconds(partial(store_threads, marketplace, page)))
        touched.append(seconds(partial(store_threads, marketplace, later)))
    say("a page of 100 new threads, 500 messages", new, rows=600)
    say("the same page again, nothing new", unchanged, rows=600)
    say("the same threads, one new message in each", touched, rows=700)


def made_up_page(run: int, messages: int = 5) -> list[Any]:
    from datetime import UTC, datetime, timedelta

    from inbox import mirakl

    start = datetime.now(UTC) - timedelta(days=1)
    body = "<p>Good morning, my lamp has not come yet. Where is it?<br>Kind regards</p>" * 4
    customer = mirakl.Participant(type="CUSTOMER", id="C-1", display_name="Camille Demo")
    return [
        mirakl.Thread(
            id=f"{run}-{number}",
            topic=mirakl.Topic("FREE_TEXT", "Late delivery"),
            entities=[mirakl.Entity(type="MMP_ORDER", id=f"MV-{number}-A", label="Order")],
            authorized_participants=[customer],
            date_updated=start + timedelta(minutes=messages),
            metadata=mirakl.Metadata(total_count=messages),
            messages=[
                mirakl.Message(
                    id=f"{run}-{number}-{part}",
                    body=body,
                    date_created=start + timedelta(minutes=part),
                    sender=mirakl.Sender(type="CUSTOMER_USER", display_name="Camille Demo"),
                )
                for part in range(messages)
            ],
        )
        for number in range(100)
    ]


def measure_refreshing(url: str) -> None:
    from inbox.models import Marketplace
    from inbox.services.mirror import sync

    http = httpx.Client(base_url=url, trust_env=False)
    faults = [{"operation": "M11", "latency_ms": LATENCY_MS}]
    http.put("/_sandbox/faults", json=faults).raise_for_status()
    figures: dict[str, list[float]] = {}

    def display(name: str) -> None:
        marketplaces = list(Marketplace.objects.filter(slug__startswith="refreshing"))
        took = seconds(partial(sync.refresh, marketplaces, deadline=30))
        figures.setdefault(name, []).append(took)

    for _ in range(RUNS):
        Marketplace.objects.all().delete()
        for number in range(MARKETPLACES):
            connect(f"refreshing-{number}", url, KEYS[number % len(KEYS)])
        display("the first display")
        forget_answers()
        display("nothing has changed")
        customers_write(http)
        forget_answers()
        display("a thread has changed on each")
        display("another display has just asked")
    print(f"\n{MARKETPLACES} marketplaces that answer after {LATENCY_MS} ms:")
    for name, values in figures.items():
        say(name, values)


def customers_write(http: httpx.Client) -> None:
    from inbox.models import Thread

    for number, slug in enumerate(("maison-verte", "nordhaus", "bright-street")):
        threads = Thread.objects.filter(marketplace__slug=f"refreshing-{number}")
        thread = threads.filter(entity_type="MMP_ORDER")[0]
        wanted = {"marketplace": slug, "thread_id": thread.mirakl_id, "body": "Any news?"}
        http.post("/_sandbox/customer-message", json=wanted).raise_for_status()


def forget_answers() -> None:
    """Makes stored answers older than `INBOX_FRESH_SECONDS`."""
    from inbox.models import MirrorState

    MirrorState.objects.update(refreshed_at=None)


def connect(slug: str, url: str, key: str) -> "Marketplace":
    from inbox.models import Marketplace
    from inbox.services.marketplaces import clients

    marketplace = Marketplace.objects.create(name=slug, slug=slug, base_url=url)
    clients.set_credential(marketplace, kind="key", key=key)
    return marketplace


def seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def say(name: str, values: list[float], rows: int = 0) -> None:
    median = statistics.median(values)
    pace = f"  {rows / median:8,.0f} rows/s" if rows else ""
    print(f"{name:45} {median * 1000:7.0f} ms{pace}")


if __name__ == "__main__":
    main()

"""Random histories at the sandbox, read over HTTP with crashes: the mirror is an exact copy."""

from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from inbox.management.commands import demo_data
from inbox.models import Marketplace, Message, MirrorState, Span, Thread
from inbox.sandbox import server
from inbox.services.mirror import delta, fetching, sync
from inbox.services.mirror.delta import DeltaRead
from inbox.services.mirror.history import load_history_step
from tests.reading import at_once
from tests.recounting import recount_thread

pytestmark = pytest.mark.django_db(transaction=True)

# An eighth of the profile's examples: each is a whole history.
EXAMPLES = (settings.default.max_examples if settings.default else 100) // 8
THREADS = 12
ASKERS = ["CUSTOMER", "OPERATOR"]
FAULTS: list[dict[str, Any]] = [
    {"status": 500},
    {"drop": "after"},
    {"truncate": 300},
    {"status": 200, "body": "<html>Be right back</html>"},
    {"status": 400},  # for a page token: start over
]
# Our clock minus Mirakl's, in seconds.
SKEWS = [-3600, -90, 0, 90, 3600]

steps = st.lists(
    st.one_of(
        st.builds(lambda numbers: ("customers write", numbers), st.sets(st.integers(0, 40))),
        st.builds(lambda number: ("the shop answers", number), st.integers(0, 40)),
        st.builds(lambda number: ("a new thread", number), st.integers(0, 40)),
        # Pages within the display's deadline; with 0 it ends before the first.
        st.builds(lambda pages: ("display", pages), st.integers(0, 4)),
        st.builds(lambda number: ("open", number), st.integers(0, 40)),
        st.builds(lambda skew: ("clock", skew), st.sampled_from(SKEWS)),
        st.builds(lambda size: ("page size", size), st.integers(1, 7)),
        st.builds(lambda fault: ("fault", fault), st.sampled_from(FAULTS)),
        st.sampled_from([(name, None) for name in ("history", "crash", "restart", "two at once")]),
    ),
    max_size=25,
)


class World:
    """Maison Verte at the sandbox, over plain HTTP, and our local clock."""

    def __init__(self, sandbox: server.Running, patch: pytest.MonkeyPatch) -> None:
        sandbox.reset()
        self.patch = patch
        self.http = httpx.Client(
            base_url=sandbox.url,
            headers={"Authorization": "sandbox-shop-maison"},
            timeout=60,
            trust_env=False,
        )
        self.orders = [one["order_id"] for one in self.ask("/api/orders", max="40")["orders"]]
        listed = self.ask("/api/inbox/threads", limit="100")["data"]
        self.threads: list[str] = [one["id"] for one in listed]
        self.real_now, self.skew = timezone.now, timedelta()
        patch.setattr(timezone, "now", lambda: self.real_now() + self.skew)

    def ask(self, path: str, **params: str) -> Any:
        return self.http.get(path, params=params).raise_for_status().json()

    def thread(self, number: int) -> str:
        return self.threads[number % len(self.threads)]

    def customer_writes(self, **where: str) -> None:
        wanted = {"marketplace": "maison-verte", "body": f"Any news of {where}?", **where}
        # Refused if no customer takes part, or if the order is another shop's.
        answer = self.http.post("/_sandbox/customer-message", json=wanted)
        if answer.is_success and (thread_id := answer.json()["thread_id"]) not in self.threads:
            self.threads.append(thread_id)

    def shop_answers(self, thread_id: str) -> None:
        parts = {"message_input": (None, '{"body": "It left.", "to": [{"type": "OPERATOR"}]}')}
        self.http.post(f"/api/inbox/threads/{thread_id}/message", files=parts)

    def fails(self, fault: dict[str, Any]) -> None:
        once = {"operation": "M11", "times": 1, **fault}
        self.http.put("/_sandbox/faults", json=[once]).raise_for_status()

    def recovers(self) -> None:
        self.http.delete("/_sandbox/faults")
        self.skew = timedelta()

    def waits(self) -> dict[str, Any]:
        """Returns the waits of every thread, by their askers."""
        whole = [self.ask(f"/api/inbox/threads/{thread_id}") for thread_id in self.threads]
        return {one["id"]: {asker: recount_thread(one, asker) for asker in ASKERS} for one in whole}

    def as_it_is(self) -> dict[str, Any]:
        """Returns every thread with its topic and the text of its messages."""
        whole = [self.ask(f"/api/inbox/threads/{thread_id}") for thread_id in self.threads]
        return {
            one["id"]: (
                one["topic"]["value"],
                {message["id"]: message["body"] for message in one["messages"]},
            )
            for one in whole
        }


@pytest.fixture(scope="module")
def small_sandbox() -> Iterator[server.Running]:
    with server.running(threads=THREADS) as sandbox:
        yield sandbox


@given(history=steps)
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@pytest.mark.usefixtures("every_display_asks")
def test_the_mirror_becomes_what_the_marketplace_is(
    history: list[tuple[str, Any]], small_sandbox: server.Running, db: None
) -> None:
    Marketplace.objects.all().delete()
    fetching._under_way.clear()
    row = demo_data.connect("maison-verte", small_sandbox.url)
    with pytest.MonkeyPatch.context() as patch:
        world = World(small_sandbox, patch)
        patch.setattr(fetching, "PAGE_SIZE", 3)
        for step, what in history:
            before = Marketplace.objects.get(pk=row.pk).mirror.high_water_at
            play(world, row.pk, step, what)
            assert_not_back(before, Marketplace.objects.get(pk=row.pk).mirror.high_water_at)
        finish(world, row.pk)

        assert mirrored() == world.as_it_is()
        assert spans() == world.waits()
        world.http.close()


def assert_not_back(before: Any, after: Any) -> None:
    assert before is None or after >= before, f"the mark went back from {before} to {after}"


def play(world: World, pk: int, step: str, what: Any) -> None:
    row = Marketplace.objects.get(pk=pk)
    match step:
        case "customers write":
            for number in what:
                world.customer_writes(thread_id=world.thread(number))
        case "the shop answers":
            world.shop_answers(world.thread(what))
        case "a new thread":
            world.customer_writes(order_id=world.orders[what % len(world.orders)])
        case "display":
            display(row, pages=what)
        case "open":
            sync.open_thread(row, world.thread(what), force=True)
        case "clock":
            world.skew = timedelta(seconds=what)
        case "page size":
            world.patch.setattr(fetching, "PAGE_SIZE", what)
        case "fault":
            world.fails(what)
        case "history":
            load_history_step(row)
        case "crash":
            crash(row)
        case "restart":
            # Another process cannot join this one's pending fetches.
            fetching._under_way.clear()
        case "two at once":
            at_once(2, lambda: display(Marketplace.objects.get(pk=pk), pages=3))


def display(row: Marketplace, pages: int) -> bool:
    """Runs a display with time for this many pages. Returns whether that was enough."""
    begun = DeltaRead(row)
    for _ in range(pages):
        wait([begun.pending.answer])
        if freshness := begun.advance():
            return freshness.state == "fresh"
    return False


def crash(row: Marketplace) -> None:
    """The process dies after writing the rows and before the commit."""
    with pytest.MonkeyPatch.context() as patch, suppress(ZeroDivisionError):
        patch.setattr(delta, "move_marks", lambda *_, **__: 1 / 0)
        display(row, pages=1)


def finish(world: World, pk: int) -> None:
    """Ends all faults and shows the inbox."""
    world.recovers()
    MirrorState.objects.update(retry_at=None, lease_until=None)
    fetching._under_way.clear()
    for _ in range(100):
        if load_history_step(Marketplace.objects.get(pk=pk)).done:
            break
    for _ in range(2):
        assert display(Marketplace.objects.get(pk=pk), pages=200)
    # M11 shows the last hundred messages of a thread; M10 shows all.
    for thread in Thread.objects.filter(message_count__gt=100):
        sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)


def spans() -> dict[str, Any]:
    """Returns the spans in the form of `World.waits`."""
    found: dict[str, Any] = {
        one.mirakl_id: {asker: [] for asker in ASKERS} for one in Thread.objects.all()
    }
    for span in Span.objects.select_related("thread").order_by("asked_at"):
        found[span.thread.mirakl_id][span.asker].append((span.asked_at, span.ended_at))
    return found


def mirrored() -> dict[str, Any]:
    """Returns the mirror in the form of `World.as_it_is`, extra rows included."""
    found: dict[str, Any] = {
        thread.mirakl_id: (thread.topic_value, {}) for thread in Thread.objects.all()
    }
    assert len(found) == Thread.objects.count()
    for message in Message.objects.select_related("thread"):
        found[message.thread.mirakl_id][1][message.mirakl_id] = message.body
    assert sum(len(messages) for _topic, messages in found.values()) == Message.objects.count()
    return found

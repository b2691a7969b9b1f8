"""For any order of pages, cuts and clock jumps, the mirror misses nothing."""

from collections.abc import Callable, Iterable
from concurrent.futures import wait
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbox import mirakl
from inbox.models import Marketplace, Thread
from inbox.services.marketplaces import clients
from inbox.services.mirror import fetching
from inbox.services.mirror.delta import DeltaRead
from inbox.services.mirror.fetching import PageRequest
from inbox.services.mirror.history import load_history_step

pytestmark = pytest.mark.django_db

# A share of the active profile's examples.
EXAMPLES = (settings.default.max_examples if settings.default else 100) * 2 // 5
THREADS = 9
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
Key = Callable[[mirakl.Thread], Any]
ORDERS: dict[str, Key] = {
    "newest first": lambda one: (-one.date_updated.timestamp(), one.id),  # type: ignore[union-attr]
    "oldest first": lambda one: (one.date_updated, one.id),
    "by id": lambda one: one.id,
}


class AnyMirakl:
    """M11 with only the guarantees of the contract: pages continue after the last key, in some
    order.

    The sandbox has one order. Here a thousand different orders are played.
    """

    def __init__(self, order: Key, page_size: int) -> None:
        self.order, self.page_size = order, page_size
        self.now = LONG_AGO
        self.threads: dict[str, mirakl.Thread] = {}
        self.tokens: list[tuple[PageRequest, Any]] = []
        self.change(range(THREADS))

    def change(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.now += timedelta(seconds=1)
            version = mirakl.Topic("FREE_TEXT", self.now.isoformat())
            name = f"thread-{number}"
            self.threads[name] = mirakl.Thread(id=name, topic=version, date_updated=self.now)

    def read_page(self, client: Any, question: PageRequest, codes: Any) -> mirakl.ThreadPage:
        after: Any = None
        if question.page_token:
            question, after = self.tokens[int(question.page_token)]
        since = question.updated_since or LONG_AGO
        found = [one for one in self.threads.values() if one.date_updated >= since]  # type: ignore[operator]
        rest = [one for one in found if after is None or self.order(one) > after]
        page = sorted(rest, key=self.order)[: self.page_size]
        token = None
        if len(rest) > len(page):
            self.tokens.append((question, self.order(page[-1])))
            token = str(len(self.tokens) - 1)
        return mirakl.ThreadPage(threads=page, next_page_token=token)

    def versions(self) -> dict[str, str]:
        return {one.id: one.topic.value for one in self.threads.values() if one.topic}


def display(marketplace: Marketplace, pages: int) -> bool:
    """Runs a display with time for this many pages. Returns whether that was enough."""
    reading = DeltaRead(marketplace)
    for _ in range(pages):
        wait([reading.pending.answer])
        if freshness := reading.advance():
            return freshness.state == "fresh"
    return False


changes = st.lists(st.integers(0, THREADS - 1), min_size=1, max_size=THREADS)
steps = st.lists(
    st.one_of(
        st.builds(lambda numbers: ("change", numbers), changes),
        # Pages within the display's deadline; with 0 it ends before the first.
        st.builds(lambda pages: ("display", pages), st.integers(0, 4)),
        st.sampled_from([("history", None), ("another process", None)]),
    ),
    max_size=20,
)


@given(steps=steps, order=st.sampled_from(sorted(ORDERS)), page_size=st.integers(1, 3))
@settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@pytest.mark.usefixtures("every_display_asks")
def test_it_misses_nothing_in_any_order(
    steps: list[tuple[str, Any]],
    order: str,
    page_size: int,
    settings: Any,
) -> None:
    settings.INBOX_OVERLAP_SECONDS = 0
    world = AnyMirakl(ORDERS[order], page_size)
    marketplace = connected()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetching, "fetch_page", world.read_page)
        for step, what in steps:
            play(world, marketplace, step, what)

        finish(marketplace)

    mirrored = Thread.objects.filter(marketplace=marketplace)
    assert dict(mirrored.values_list("mirakl_id", "topic_value")) == world.versions()


def connected() -> Marketplace:
    Marketplace.objects.all().delete()
    marketplace = Marketplace.objects.create(name="Any", slug="any", base_url="https://any.example")
    clients.set_credential(marketplace, kind="key", key="key")
    return marketplace


def play(world: AnyMirakl, marketplace: Marketplace, step: str, what: Any) -> None:
    if step == "change":
        world.change(what)
    elif step == "display":
        display(marketplace, what)
    elif step == "history":
        load_history_step(marketplace)
    else:
        # It cannot join this process's pending fetches.
        fetching._under_way.clear()


def finish(marketplace: Marketplace) -> None:
    while not load_history_step(marketplace).done:
        pass
    # The first display may join an earlier display's pending fetch.
    for _ in range(3):
        assert display(marketplace, pages=200)

"""The panel beside a thread: blocks that load by themselves, with a constant number of queries."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Event, Marketplace, Thread, User
from tests.builders import HTMX, text_of


def thread_of(marketplace: Marketplace, mirakl_id: str, **values: Any) -> Thread:
    return Thread.objects.create(
        marketplace=marketplace,
        mirakl_id=mirakl_id,
        topic_value=f"About {mirakl_id}",
        last_message_at=timezone.now(),
        **values,
    )


def block(client: Client, thread: Thread, name: str, **extra: Any) -> Any:
    return client.get(f"{thread.get_absolute_url()}related/{name}/", **extra)


def test_the_other_threads_on_the_order_are_named(agent: Client, maison: Marketplace) -> None:
    order = {"entity_type": "MMP_ORDER", "entity_id": "MV-1-A"}
    current = thread_of(maison, "T1", **order)
    thread_of(maison, "T2", **order)
    thread_of(maison, "T3", **order | {"entity_id": "MV-2-A"})

    text = text_of(block(agent, current, "order", headers=HTMX))

    assert "About T2" in text
    assert "About T1" not in text
    assert "About T3" not in text
    assert "<html" not in text


def test_a_customer_is_known_by_their_id(agent: Client, maison: Marketplace) -> None:
    current = thread_of(maison, "T1", customer_name="Sam Sample", customer_id="C1")
    thread_of(maison, "T2", customer_name="S. Sample", customer_id="C1")
    thread_of(maison, "T3", customer_name="Sam Sample", customer_id="C2")

    text = text_of(block(agent, current, "customer", headers=HTMX))

    assert "About T2" in text
    assert "About T3" not in text


def test_where_mirakl_gives_no_id_a_name_is_enough(
    agent: Client, maison: Marketplace, nordhaus: Marketplace
) -> None:
    current = thread_of(maison, "T1", customer_name="Sam Sample")
    thread_of(maison, "T2", customer_name="Sam Sample")
    thread_of(nordhaus, "T3", customer_name="Sam Sample")

    text = text_of(block(agent, current, "customer", headers=HTMX))

    assert "About T2" in text
    assert "About T3" not in text


def test_nobody_in_particular_has_no_earlier_threads(agent: Client, maison: Marketplace) -> None:
    current = thread_of(maison, "T1")
    thread_of(maison, "T2")

    text = text_of(block(agent, current, "customer", headers=HTMX))

    assert "About T2" not in text
    assert "None" in text


def test_the_latest_activity_stands_first(agent: Client, alice: User, maison: Marketplace) -> None:
    current = thread_of(maison, "T1")
    for verb in (Event.Verb.QUEUED, Event.Verb.SENT, Event.Verb.CLOSED):
        Event.record(verb, marketplace=maison, thread=current, by=alice)

    text = text_of(block(agent, current, "activity", headers=HTMX))

    assert text.index("closed this") < text.index("wrote a reply")
    assert "alice: wrote a reply" in text


def test_each_block_is_a_page_without_javascript(agent: Client, maison: Marketplace) -> None:
    current = thread_of(maison, "T1")

    response = block(agent, current, "activity")

    assert response.status_code == 200
    assert "<html" in text_of(response)
    assert current.get_absolute_url() in text_of(response)


@pytest.mark.parametrize("name", ["nothing", "order"])
def test_what_there_is_none_of_is_not_found(agent: Client, maison: Marketplace, name: str) -> None:
    current = thread_of(maison, "T1")

    assert block(agent, current, name).status_code == 404


def test_many_are_cut_short_and_cost_no_more(
    agent: Client, maison: Marketplace, django_assert_max_num_queries: Any
) -> None:
    current = thread_of(maison, "T0", customer_name="Sam Sample")
    for number in range(1, 14):
        thread_of(maison, f"T{number}", customer_name="Sam Sample")

    with django_assert_max_num_queries(8):
        text = text_of(block(agent, current, "customer", headers=HTMX))

    assert text.count("About T") == 10
    assert "from%3A%22Sam%20Sample%22%20marketplace%3Amaison-verte" in text

"""Pages are bounded for any amount of data; the rest is a click away."""

import json
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Candidate, Note, Outgoing, Thread, User
from tests.builders import HTMX, post_reply, text_of
from tests.html import Element, Page
from tests.weighing import SMALL, customer_writes, shown_on
from tests.writing import Mirakl

pytestmark = pytest.mark.usefixtures("mirror_is_fresh")

ORDER = "/orders/maison-verte/MV-BIG-A/"


def page_of(client: Client, address: str) -> str:
    page = text_of(client.get(address))
    assert len(page.encode()) < SMALL
    return page


def fragment(client: Client, address: str) -> str:
    answer = client.get(address, headers=HTMX)
    assert answer.status_code == 200
    assert len(answer.content) < SMALL
    return text_of(answer)


def says(mirakl: Mirakl, operation: str, answer: Any) -> None:
    mirakl.fails(operation, status=200, body=json.dumps(answer))


# -- a conversation -------------------------------------------------------


def add_notes(thread: Thread, by: User, bodies: list[str]) -> list[Note]:
    notes = Note.objects.bulk_create(
        Note(thread=thread, author=by, token=uuid.uuid4(), body=body) for body in bodies
    )
    for place, note in enumerate(notes):
        note.created_at = timezone.now() + timedelta(seconds=place)
    Note.objects.bulk_update(notes, ["created_at"])
    return notes


def add_replies(thread: Thread, by: User, times: int, **fields: Any) -> list[Outgoing]:
    wanted = {"body": "word " * 10_000, "state": Outgoing.State.FAILED, **fields}
    now = timezone.now()
    if wanted["state"] == Outgoing.State.FAILED:
        wanted["settled_at"] = now
    else:
        wanted |= {"lease_until": now, "sending_at": now}
    return Outgoing.objects.bulk_create(
        Outgoing(marketplace=thread.marketplace, thread=thread, author=by, **wanted)
        for _time in range(times)
    )


def ids_on(page: str, kind: str) -> list[str]:
    ids = Page(page).get_all("id", "section")
    return [one.removeprefix(f"{kind}-") for one in ids if one.startswith(f"{kind}-")]


def unfold_all(client: Client, page: str, kind: str) -> list[str]:
    found = ids_on(page, kind)
    while fold := next(Page(page).find("a", css_class="fold"), None):
        page = fragment(client, fold["hx-get"])
        found += ids_on(page, kind)
    return found


def test_three_thousand_notes_leave_room_for_the_customer(
    agent: Client, bob: User, talk: Thread
) -> None:
    customer_writes(talk, "Hello?", times=5)
    notes = add_notes(talk, bob, ["note " * 2_000] * 3_000)

    page = page_of(agent, talk.get_absolute_url())

    assert len(shown_on(page)) == 5
    assert ids_on(page, "note")[-1] == str(notes[-1].pk)
    assert f"Show {3_000 - len(ids_on(page, 'note'))} earlier notes" in page


def test_folded_notes_come_back_each_once(agent: Client, bob: User, talk: Thread) -> None:
    customer_writes(talk, "Hello?", times=5)
    notes = add_notes(talk, bob, ["note " * 2_000] * 120)

    found = unfold_all(agent, text_of(agent.get(talk.get_absolute_url())), "note")

    assert sorted(found) == sorted(str(note.pk) for note in notes)


@pytest.mark.parametrize("text", ["'" * 10_000, "aa.com " * 1_400, "\n" * 10_000])
def test_no_note_is_much_larger_than_itself(
    text: str, agent: Client, bob: User, talk: Thread
) -> None:
    add_notes(talk, bob, [text] * 100)

    assert page_of(agent, talk.get_absolute_url())


def test_a_link_to_a_folded_note_shows_it(agent: Client, bob: User, talk: Thread) -> None:
    customer_writes(talk, "Hello?", times=5)
    wanted, *_others, latest = add_notes(talk, bob, ["note " * 2_000] * 100)

    page = page_of(agent, wanted.get_absolute_url())

    assert ids_on(page, "note")[0] == str(wanted.pk)
    assert ids_on(page, "note")[-1] == str(latest.pk)


def test_a_hundred_replies_on_their_way_are_a_small_page(
    agent: Client, alice: User, talk: Thread
) -> None:
    customer_writes(talk, "Hello?", times=5)
    replies = add_replies(talk, alice, 100)

    page = page_of(agent, talk.get_absolute_url())

    assert len(shown_on(page)) == 5
    assert f"Show {100 - len(ids_on(page, 'reply'))} earlier replies" in page
    assert sorted(unfold_all(agent, page, "reply")) == sorted(str(one.token) for one in replies)


def test_a_link_to_a_folded_reply_shows_it(agent: Client, alice: User, talk: Thread) -> None:
    customer_writes(talk, "Hello?", times=5)
    first, *_others = add_replies(talk, alice, 20)

    page = page_of(agent, f"{talk.get_absolute_url()}?reply={first.token}")

    assert str(first.token) in ids_on(page, "reply")


def test_the_list_of_what_failed_is_small_and_goes_on(
    agent: Client, alice: User, talk: Thread
) -> None:
    replies = add_replies(talk, alice, 24, body="'" * 50_000)
    page = page_of(agent, "/outbox/")
    found = ids_on(page, "reply")

    while more := [one for one in Page(page).get_all("href", "a") if one.startswith("?after=")]:
        page = page_of(agent, f"/outbox/{more[0]}")
        found += ids_on(page, "reply")

    assert sorted(found) == sorted(str(one.token) for one in replies)


def test_what_may_be_a_reply_is_compared_a_few_at_a_time(
    agent: Client, alice: User, talk: Thread
) -> None:
    (reply,) = add_replies(
        talk, alice, 1, state=Outgoing.State.UNCONFIRMED, asked_at=timezone.now()
    )
    Candidate.objects.bulk_create(
        Candidate(outgoing=reply, mirakl_id=f"m{place}", body="other " * 8_000)
        for place in range(40)
    )

    page = page_of(agent, talk.get_absolute_url())

    assert page.count("Yes, this is it") == 3
    assert "37 more messages to compare." in page


def test_what_holds_a_reply_back_is_small_and_says_that_there_is_more(
    agent: Client, bob: User, talk: Thread
) -> None:
    add_notes(talk, bob, ["note " * 2_000] * 300)
    add_replies(talk, bob, 50, state=Outgoing.State.UNCONFIRMED)

    answer = post_reply(agent, talk, noted=0)

    assert answer.status_code == 409
    assert len(answer.content) < SMALL
    assert "new items. Reload the page to read them." in text_of(answer)


# -- an order -------------------------------------------------------------


def big_order(**more: Any) -> dict[str, Any]:
    order = {"order_id": "MV-BIG-A", "order_state": "SHIPPED", "currency_iso_code": "EUR", **more}
    return {"orders": [order], "total_count": 1}


def rows_of(client: Client, page: str, list_name: str, mark: str) -> list[str]:
    """Returns the rows of a list, part by part."""
    found = re.findall(mark, Page(page).text)
    while more := next(_links_to_more(page, list_name), None):
        page = fragment(client, more["hx-get"])
        found += re.findall(mark, Page(page).text)
    return found


def _links_to_more(page: str, list_name: str) -> Iterator[Element]:
    for place in Page(page).find(css_class="more"):
        yield from (one for one in place.find("a") if f"={list_name}]" in one["hx-select"])


def test_a_thousand_lines_come_a_stretch_at_a_time(agent: Client, mirakl: Mirakl) -> None:
    lines = [
        {"order_line_id": str(n), "product_title": f"Lamp {n}.", "price": 2, "quantity": 1}
        for n in range(1_000)
    ]
    says(mirakl, "OR11", big_order(order_lines=lines, price=10_000, total_price=10_000))

    page = fragment(agent, f"{ORDER}panel/")

    assert "Show 900 more" in page
    assert "10,000.00" in page
    assert rows_of(agent, page, "lines", r"Lamp (\d+)\.") == [str(n) for n in range(1_000)]


def test_without_javascript_the_next_lines_are_a_page(agent: Client, mirakl: Mirakl) -> None:
    lines = [{"order_line_id": str(n), "product_title": f"Lamp {n}."} for n in range(150)]
    says(mirakl, "OR11", big_order(order_lines=lines))

    page = page_of(agent, f"{ORDER}panel/?lines=100")

    assert re.findall(r"Lamp (\d+)\.", Page(page).text) == [str(n) for n in range(100, 150)]


@pytest.mark.parametrize("start", ["-1", "x", "9" * 30, "٣", "200000"])
def test_a_start_that_is_none_is_no_failure(start: str, agent: Client, mirakl: Mirakl) -> None:
    says(mirakl, "OR11", big_order(order_lines=[{"order_line_id": "1"}]))

    assert fragment(agent, f"{ORDER}panel/?lines={start}&fields={start}&documents={start}")


def test_what_a_line_holds_by_the_thousand_is_counted(agent: Client, mirakl: Mirakl) -> None:
    def line(times: int) -> dict[str, Any]:
        return {
            "order_line_id": "1",
            "refunds": [{"id": str(n), "amount": 1} for n in range(times)],
            "cancelations": [{"id": str(n), "amount": 1} for n in range(times)],
            "order_line_additional_fields": [{"code": f"f{n}", "value": "x"} for n in range(times)],
        }

    says(mirakl, "OR11", big_order(order_lines=[line(3_000)] * 5 + [line(30)] * 45))

    page = fragment(agent, f"{ORDER}panel/")

    assert page.count("and 2980 more") == 3 * 5
    assert page.count("and 10 more") == 3 * (page.count('class="what"><span') - 5)


def test_what_a_marketplace_adds_to_a_line_is_shown(agent: Client, mirakl: Mirakl) -> None:
    field = {"code": "gift-card-text", "type": "STRING", "value": "For <Ada>"}
    line = {"order_line_id": "1", "order_line_additional_fields": [field]}
    says(mirakl, "OR11", big_order(order_lines=[line]))

    page = fragment(agent, f"{ORDER}panel/")

    assert "More about this product" in page
    assert '<dt>Gift card text</dt><dd dir="auto">For &lt;Ada&gt;</dd>' in page


@pytest.mark.parametrize("value", ["x" * 300_000, ["x" * 1_000] * 300, {"a": "x" * 300_000}])
def test_a_very_long_field_is_shown_as_far_as_somebody_wants(
    value: Any, agent: Client, mirakl: Mirakl
) -> None:
    fields = [{"code": "care", "value": value}]
    line = {"order_line_id": "1", "order_line_additional_fields": fields}
    says(mirakl, "OR11", big_order(order_additional_fields=fields, order_lines=[line]))

    page = fragment(agent, f"{ORDER}panel/")
    links = [one for one in Page(page).get_all("hx-get") if "whole=" in one]
    whole = [fragment(agent, link) for link in links]

    assert len(page) < 40_000
    assert len(links) == 2
    assert all("Read the rest in the marketplace" in one for one in whole)


def test_fields_by_the_thousand_come_a_stretch_at_a_time(agent: Client, mirakl: Mirakl) -> None:
    fields = [{"code": f"f{n}.", "value": "text " * 300} for n in range(1_000)]
    says(mirakl, "OR11", big_order(order_additional_fields=fields))

    page = fragment(agent, f"{ORDER}panel/")

    found = rows_of(agent, page, "fields", r"F(\d+)\.")
    assert found == [str(n) for n in range(1_000)]


def test_documents_by_the_thousand_come_a_stretch_at_a_time(agent: Client, mirakl: Mirakl) -> None:
    documents = [{"id": n, "file_name": f"bill-{n}.pdf", "type": "T"} for n in range(1_000)]
    answer = big_order() | {"order_documents": documents}
    mirakl.fails("OR11", "OR72", status=200, body=json.dumps(answer))

    page = fragment(agent, f"{ORDER}panel/")

    assert "Show 900 more" in page


def test_an_evaluation_of_a_megabyte_is_shown_as_far_as_somebody_wants(
    agent: Client, mirakl: Mirakl
) -> None:
    says(mirakl, "OR51", {"grade": 1, "comment": "bad " * 250_000, "reply": {"comment": "sorry"}})

    page = fragment(agent, f"{ORDER}evaluation/")
    whole = fragment(agent, f"{ORDER}evaluation/?whole=comment")

    assert len(page) < 10_000
    assert "Show full text" in page
    assert Page(whole).text.count("bad") == 12_500
    assert "Read the rest in the marketplace" in whole


def test_older_messages_of_a_megabyte_are_shown_as_far_as_somebody_wants(
    agent: Client, mirakl: Mirakl
) -> None:
    messages = [
        {"id": n, "body": f"<p>{n}." + "old " * 20_000, "from_type": "CUSTOMER"} for n in range(25)
    ]
    says(mirakl, "M01", {"messages": messages, "total_count": 25})

    page = page_of(agent, "/legacy/maison-verte/messages/")
    whole = page_of(agent, "/legacy/maison-verte/messages/?whole=7")

    assert page.count("Show full message") == 25
    assert whole.count("Show full message") == 24
    assert len(whole) > len(page) + 20_000


def test_more_older_messages_than_were_asked_for_come_a_stretch_at_a_time(
    agent: Client, mirakl: Mirakl
) -> None:
    messages = [{"id": n, "body": f"No. {n}!", "from_type": "CUSTOMER"} for n in range(1_000)]
    says(mirakl, "OR41", {"messages": messages})

    page = fragment(agent, f"{ORDER}older/")

    assert rows_of(agent, page, "from", r"No\. (\d+)!") == [str(n) for n in range(1_000)]


# -- a marketplace --------------------------------------------------------


def test_channels_by_the_thousand_are_bounded_wherever_they_stand(
    agent: Client, mirakl: Mirakl
) -> None:
    channels = [{"code": f"C{n}", "label": f"Channel {n}."} for n in range(3_000)]
    says(mirakl, "CH11", {"channels": channels})

    part = fragment(agent, "/marketplaces/maison-verte/channels/")
    inbox = page_of(agent, "/?view=all&marketplace=maison-verte")

    assert "Show 2900 more" in part
    assert "and 2500 more" in inbox


def test_figures_by_the_thousand_are_bounded(agent: Client, mirakl: Mirakl) -> None:
    values = [{"period": f"PERIOD_{n}", "value": n} for n in range(3_000)]
    says(mirakl, "A21", {"shop_id": 1, "grade": values, "orders_count": values})

    page = fragment(agent, "/marketplaces/maison-verte/figures/")

    assert page.count('<th scope="col">') < 50

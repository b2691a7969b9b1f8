"""From Mirakl's records to rows: no loss, no old data over new, correct clocks."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox import mirakl
from inbox.models import Attachment, Marketplace, Message, Thread
from inbox.services.mirror import sync
from inbox.services.mirror.upsert import store_threads
from inbox.services.reply_clock import reset_deadlines
from tests.reading import ago, as_moment, at_once, message, thread_of
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(db: None) -> Marketplace:
    return Marketplace.objects.create(name="Nord", slug="nord", base_url="https://nord.example")


def store(marketplace: Marketplace, *threads: dict[str, Any], **how: Any) -> list[Thread]:
    records = [msgspec.convert(thread, mirakl.Thread) for thread in threads]
    store_threads(marketplace, records, **how)
    return list(Thread.objects.order_by("pk"))


def test_a_page_brings_news_if_a_conversation_is_new_or_newer(seller: Marketplace) -> None:
    """Without news for too long, a list of pages is taken for one without an end."""

    times = {hours: ago(hours=hours) for hours in (2, 3, 4)}

    def is_news(hours: int) -> bool:
        wrote = message("m1", "CUSTOMER", times[hours])
        return store_threads(seller, [msgspec.convert(thread_of(wrote), mirakl.Thread)])

    assert is_news(hours=3)
    assert not is_news(hours=3)
    assert is_news(hours=2)
    assert not is_news(hours=4)


# -- what a row says ------------------------------------------------------


def test_it_says_who_writes_about_what(seller: Marketplace) -> None:
    wrote = message("m1", "CUSTOMER", ago(hours=3), body="<p>Where is <b>it</b>?</p>")

    (thread,) = store(
        seller, thread_of(wrote, customer_organization={"id": "7", "display_name": "Demo AG"})
    )

    assert (thread.customer_name, thread.customer_id) == ("Élise", "C-1")
    assert (thread.organization_name, thread.order_id) == ("Demo AG", "MV-1-A")
    assert (thread.topic_type, thread.topic_value) == ("FREE_TEXT", "The lamp")
    assert (thread.last_sender_type, thread.last_sender_is_ours) == ("CUSTOMER_USER", False)
    assert (thread.preview, thread.message_count) == ("Where is it?", 1)
    assert thread.last_message_at == as_moment(wrote["date_created"])


def test_it_names_the_customer_who_wrote_where_no_participant_does(seller: Marketplace) -> None:
    wrote = message("m1", "CUSTOMER", ago(hours=3))

    (thread,) = store(seller, thread_of(wrote, authorized_participants=[]))

    assert thread.customer_name == "Customer Demo"


def test_it_previews_the_last_message_without_its_quote(seller: Marketplace) -> None:
    body = "<div>Thank you!</div><blockquote type='cite'>On Monday you wrote: late</blockquote>"

    (thread,) = store(seller, thread_of(message("m1", "CUSTOMER", ago(hours=3), body=body)))

    assert thread.preview == "Thank you!"


def test_it_puts_messages_in_order(seller: Marketplace) -> None:
    late, early = (
        message("m2", "SHOP", ago(hours=1), body="Sorry!"),
        message("m1", "CUSTOMER", ago(hours=2)),
    )

    (thread,) = store(seller, thread_of(late, early))

    assert [one.mirakl_id for one in thread.messages.all()] == ["m1", "m2"]
    assert thread.preview == "Sorry!"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"current_participants": [{"type": "OPERATOR", "display_name": "Nord"}]}, True),
        ({"entities": [{"type": "SELLER_OPERATOR", "id": "1", "label": "1"}]}, True),
        ({"authorized_participants": [{"type": "OPERATOR", "display_name": "Nord"}]}, False),
    ],
)
def test_it_knows_where_the_operator_takes_part(
    changes: dict[str, Any], expected: bool, seller: Marketplace
) -> None:
    (thread,) = store(seller, thread_of(message("m1", "CUSTOMER", ago(hours=1)), **changes))

    assert thread.with_operator is expected


def test_it_dates_a_thread_by_what_there_is(seller: Marketplace) -> None:
    undated = thread_of(id="undated", date_updated=None, date_created=ago(days=2), metadata={})
    dateless = {"id": "dateless"}

    first, second = store(seller, undated, dateless)

    assert first.last_message_at == as_moment(undated["date_created"])
    assert timezone.now() - second.last_message_at < timedelta(minutes=1)


# -- newer and older answers ----------------------------------------------


def test_an_older_answer_does_not_overwrite_a_newer_one(seller: Marketplace) -> None:
    first, second = message("m1", "CUSTOMER", ago(hours=2)), message("m2", "SHOP", ago(hours=1))
    store(seller, thread_of(first, second))

    (thread,) = store(seller, thread_of(first))

    assert (thread.preview, thread.message_count) == ("Words of m2", 2)
    assert thread.due_at is None


def test_of_a_thread_twice_on_a_page_the_newer_one_is_kept(seller: Marketplace) -> None:
    first, second = message("m1", "CUSTOMER", ago(hours=2)), message("m2", "SHOP", ago(hours=1))

    (thread,) = store(seller, thread_of(first, second), thread_of(first))

    assert thread.preview == "Words of m2"


def test_it_never_deletes_a_message(seller: Marketplace) -> None:
    first, second = message("m1", "CUSTOMER", ago(hours=2)), message("m2", "SHOP", ago(hours=1))
    store(seller, thread_of(first, second))

    (thread,) = store(seller, thread_of(second))

    assert thread.messages.count() == 2


def test_it_writes_a_text_that_was_changed_at_mirakl(seller: Marketplace) -> None:
    sent = message("m1", "CUSTOMER", ago(hours=2))
    (thread,) = store(seller, thread_of(sent))
    key = thread.messages.get().pk

    store(seller, thread_of(sent | {"body": "Removed by the marketplace"}))

    changed = thread.messages.get()
    assert (changed.pk, changed.body) == (key, "Removed by the marketplace")
    assert changed.search_text == "removed by the marketplace"


def test_it_keeps_apart_the_same_thread_of_two_connections(seller: Marketplace) -> None:
    operator = Marketplace.objects.create(
        name="Nord operator", slug="op", role="operator", base_url="https://nord.example"
    )
    sent = thread_of(message("m1", "CUSTOMER", ago(hours=2)))
    store(seller, sent)

    store(operator, sent)

    assert Thread.objects.count() == Message.objects.count() == 2


def test_messages_and_files_are_on_their_threads_marketplace(seller: Marketplace) -> None:
    other = Marketplace.objects.create(name="Sud", slug="sud", base_url="https://sud.example")
    files = [{"id": "a1", "name": "a", "size": 1}]

    for marketplace in (seller, other):
        store(marketplace, thread_of(message("m1", "CUSTOMER", ago(hours=2), attachments=files)))

    for place in (seller, other):
        assert Message.objects.get(thread__marketplace=place).marketplace == place
        assert Attachment.objects.get(message__thread__marketplace=place).marketplace == place


@pytest.mark.django_db(transaction=True)
def test_answers_written_at_once_leave_the_newest(seller: Marketplace) -> None:
    sent = [message(f"m{number}", "CUSTOMER", ago(hours=20 - number)) for number in range(10)]
    answers = [thread_of(*sent[: number + 1]) for number in range(10)]

    at_once(10, lambda: store(seller, answers.pop()))

    thread = Thread.objects.get()
    assert (thread.preview, thread.messages.count()) == ("Words of m9", 10)


def test_a_page_takes_a_few_queries_whatever_its_size(seller: Marketplace) -> None:
    def page(size: int) -> list[dict[str, Any]]:
        return [
            thread_of(
                *[
                    message(
                        f"m{number}-{part}",
                        "CUSTOMER",
                        ago(hours=part + 1),
                        attachments=[{"id": f"a{number}-{part}", "name": "a", "size": 1}],
                    )
                    for part in range(3)
                ],
                id=f"thread-{number}",
            )
            for number in range(size)
        ]

    with CaptureQueriesContext(connection) as queries:
        store(seller, *page(60))

    assert (Thread.objects.count(), Attachment.objects.count()) == (60, 180)
    statements = [query for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 11


# -- the clock ------------------------------------------------------------


def test_the_clock_starts_with_the_first_unanswered_message(seller: Marketplace) -> None:
    answered = message("m1", "CUSTOMER", ago(hours=9)), message("m2", "SHOP", ago(hours=8))
    waiting = message("m3", "CUSTOMER", ago(hours=7)), message("m4", "CUSTOMER", ago(hours=1))

    (thread,) = store(seller, thread_of(*answered, *waiting))

    assert thread.waiting_since == as_moment(waiting[0]["date_created"])
    assert thread.shop_reply_needed_since == as_moment(waiting[1]["date_created"])
    assert thread.due_at == thread.waiting_since + timedelta(hours=24)


def test_no_reply_is_due_where_mirakl_says_so(seller: Marketplace) -> None:
    record = thread_of(message("m1", "CUSTOMER", ago(hours=7)))
    record["metadata"]["shop_reply_needed_since"] = None

    (thread,) = store(seller, record)

    assert (thread.due_at, thread.waiting_since is None) == (None, False)


def test_mirakls_start_counts_where_it_is_the_earlier_one(seller: Marketplace) -> None:
    record = thread_of(message("m1", "CUSTOMER", ago(hours=7)))
    record["metadata"]["shop_reply_needed_since"] = since = ago(hours=11)

    (thread,) = store(seller, record)

    assert thread.due_at == as_moment(since) + timedelta(hours=24)


def test_a_message_to_somebody_else_starts_no_clock(seller: Marketplace) -> None:
    to_operator = message("m1", "CUSTOMER", ago(hours=7), to=[{"type": "OPERATOR"}])
    to_shop = message("m2", "CUSTOMER", ago(hours=2))

    (thread,) = store(seller, thread_of(to_operator, to_shop))

    assert thread.waiting_since == as_moment(to_shop["date_created"])


def test_a_long_threads_clock_reaches_back_behind_what_m11_shows(seller: Marketplace) -> None:
    waiting = [message(f"m{number}", "CUSTOMER", ago(minutes=200 - number)) for number in range(9)]
    store(seller, thread_of(message("m-", "SHOP", ago(hours=9)), *waiting[:5]))

    (thread,) = store(
        seller,
        thread_of(*waiting[5:], metadata={"total_count": 10, "shop_reply_needed_since": ago()}),
    )

    assert thread.waiting_since == as_moment(waiting[0]["date_created"])


def test_an_operators_clock_is_ours_alone(db: None) -> None:
    marketplace = Marketplace.objects.create(
        name="N", slug="n", role="operator", base_url="https://n.example", reply_limit_hours=48
    )
    asked = message("m1", "SHOP", ago(hours=5), to=[{"type": "OPERATOR", "display_name": "us"}])

    (thread,) = store(marketplace, thread_of(asked))

    assert thread.due_at == as_moment(asked["date_created"]) + timedelta(hours=48)


def test_a_customer_owes_nobody_a_reply(db: None) -> None:
    marketplace = Marketplace.objects.create(
        name="N", slug="n", role="front", base_url="https://n.example"
    )
    asked = message("m1", "SHOP", ago(hours=5))

    (thread,) = store(marketplace, thread_of(asked))
    reset_deadlines(marketplace)

    assert Thread.objects.get(pk=thread.pk).due_at is None


@pytest.mark.parametrize("role", ["seller", "operator"])
def test_a_new_reply_limit_moves_every_deadline(role: str, seller: Marketplace) -> None:
    seller.role = role
    seller.save(update_fields=["role"])
    store(
        seller,
        thread_of(message("m1", "CUSTOMER", ago(hours=5), to=[]), id="waits"),
        thread_of(message("m2", seller.our_side, ago(hours=4)), id="answered"),
    )
    before = Thread.objects.get(mirakl_id="waits").due_at
    seller.reply_limit_hours = 48

    reset_deadlines(seller)

    assert before is not None
    assert Thread.objects.get(mirakl_id="waits").due_at == before + timedelta(hours=24)
    assert Thread.objects.get(mirakl_id="answered").due_at is None


@pytest.mark.django_db(transaction=True)
def test_the_clocks_of_a_whole_marketplace_are_mirakls(maison: Marketplace, mirakl: Mirakl) -> None:
    sync.refresh([maison])

    truth = {
        thread["id"]: thread["metadata"]["shop_reply_needed_since"]
        for thread in mirakl.threads(limit="100")
    }
    for thread in Thread.objects.all():
        since = truth[thread.mirakl_id]
        assert thread.shop_reply_needed_since == (as_moment(since) if since else None)
        assert (thread.due_at is None) == (since is None)


def test_what_was_declared_to_need_no_reply_keeps_nobody_waiting(maison: Marketplace) -> None:
    thanks = message("thanks", "CUSTOMER", ago(hours=30))
    question = message("question", "CUSTOMER", ago(hours=2))
    declared = [{"date": ago(hours=29), "user_type": "SHOP"}]

    (thread,) = store(maison, thread_of(thanks, question, no_store_reply_needed=declared))

    assert thread.waiting_since == as_moment(question["date_created"])
    assert thread.due_at == thread.waiting_since + timedelta(hours=24)


def test_a_declaration_at_the_very_moment_of_a_message_is_about_it(maison: Marketplace) -> None:
    """Mirakl's dates may be whole seconds."""
    thanks = message("thanks", "CUSTOMER", ago(hours=30))
    declared = [{"date": thanks["date_created"], "user_type": "SHOP"}]

    (thread,) = store(maison, thread_of(thanks, no_store_reply_needed=declared))

    assert thread.waiting_since is None

"""The waits of a thread: each example is a conversation, read from its messages."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.services.insight.waits import NO_REPLY_NEEDED, REPLY, SentMessage, Wait, find_waits
from tests.recounting import recount

NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def sent(side: str, moment: datetime, *to: str, id_: str = "") -> SentMessage:
    return SentMessage(moment, side, frozenset(to), id_ or f"{side}-{moment.isoformat()}")


def waits_of(
    messages: Iterable[SentMessage], *declared: datetime, has_beginning: bool = True
) -> list[Wait]:
    return find_waits(list(messages), declared, "SHOP", has_beginning=has_beginning)


def seconds(wait: Wait) -> float | None:
    return (wait.ended_at - wait.asked_at).total_seconds() if wait.ended_at else None


def test_a_wait_begins_with_the_first_message_and_ends_with_our_answer() -> None:
    messages = [
        sent("CUSTOMER", at(2, 9)),
        sent("CUSTOMER", at(2, 10)),
        sent("SHOP", at(2, 12), id_="ours"),
        sent("SHOP", at(2, 13)),
    ]

    (wait,) = waits_of(messages)

    assert (wait.asked_at, wait.last_asked_at, wait.messages_in) == (at(2, 9), at(2, 10), 2)
    assert (wait.ended_at, wait.ended_by, wait.answer_id) == (at(2, 12), REPLY, "ours")
    assert (wait.ordinal, wait.is_first_reply) == (1, True)


def test_each_side_waits_by_itself() -> None:
    messages = [
        sent("CUSTOMER", at(2, 9), "SHOP"),
        sent("OPERATOR", at(2, 10), "SHOP"),
        sent("SHOP", at(2, 11), "OPERATOR"),
        sent("SHOP", at(2, 16), "CUSTOMER"),
    ]

    customer, operator = waits_of(messages)

    assert (customer.asker, seconds(customer)) == ("CUSTOMER", 25_200)
    assert (operator.asker, seconds(operator)) == ("OPERATOR", 3_600)


def test_an_answer_without_recipients_ends_all_waits() -> None:
    messages = [
        sent("CUSTOMER", at(2, 9)),
        sent("OPERATOR", at(2, 10)),
        sent("SHOP", at(2, 11)),
    ]

    assert [one.ended_at for one in waits_of(messages)] == [at(2, 11), at(2, 11)]


def test_a_message_to_the_operator_alone_is_no_wait_of_ours() -> None:
    assert not waits_of([sent("CUSTOMER", at(2, 9), "OPERATOR")])


def test_no_reply_needed_ends_one_wait_and_keeps_the_earlier_ones() -> None:
    messages = [
        sent("CUSTOMER", at(1, 9)),
        sent("SHOP", at(1, 11)),
        sent("CUSTOMER", at(3, 9)),
        sent("CUSTOMER", at(5, 10)),
    ]

    first, declared, waiting = waits_of(messages, at(3, 12))

    assert (first.ended_by, seconds(first)) == (REPLY, 7_200)
    assert (declared.ended_by, seconds(declared)) == (NO_REPLY_NEEDED, 10_800)
    assert (waiting.asked_at, waiting.ended_at) == (at(5, 10), None)


def test_a_declaration_without_a_wait_does_nothing() -> None:
    messages = [sent("CUSTOMER", at(2, 9)), sent("SHOP", at(2, 10))]

    assert waits_of(messages) == waits_of(messages, at(1, 9), at(2, 11))


def test_a_thread_that_we_began_has_no_first_reply() -> None:
    messages = [
        sent("SHOP", at(10, 9)),
        sent("CUSTOMER", at(10, 9, 30)),
        sent("SHOP", at(10, 10)),
    ]

    (wait,) = waits_of(messages)

    assert (seconds(wait), wait.ordinal, wait.is_first_reply) == (1_800, 2, False)


def test_the_first_reply_may_be_to_a_later_wait() -> None:
    messages = [
        sent("CUSTOMER", at(9, 9)),
        sent("CUSTOMER", at(13, 14)),
        sent("SHOP", at(13, 14, 10)),
    ]

    declared, replied = waits_of(messages, at(9, 9, 5))

    assert not declared.is_first_reply
    assert (replied.ordinal, replied.is_first_reply, seconds(replied)) == (2, True, 600)


def test_of_messages_of_the_same_time_the_other_sides_comes_first() -> None:
    messages = [sent("SHOP", at(2, 10)), sent("CUSTOMER", at(2, 10))]

    (wait,) = waits_of(messages)
    assert (seconds(wait), wait.ordinal) == (0, 1)
    assert waits_of(messages) == waits_of(reversed(messages))


def test_waits_have_no_number_while_the_beginning_is_unread() -> None:
    messages = [sent("CUSTOMER", at(2, 9)), sent("SHOP", at(2, 10))]

    (wait,) = waits_of(messages, has_beginning=False)

    assert (wait.ordinal, wait.is_first_reply) == (None, False)


def test_a_side_without_a_known_name_waits_as_a_customer() -> None:
    (wait,) = waits_of([sent("", at(2, 9))])

    assert wait.asker == "CUSTOMER"


moments = st.integers(0, 40).map(lambda hours: NOVEMBER + timedelta(hours=hours))
histories = st.lists(
    st.tuples(
        st.sampled_from(["CUSTOMER", "OPERATOR", "SHOP"]),
        moments,
        st.sets(st.sampled_from(["CUSTOMER", "OPERATOR", "SHOP"])),
    ),
    max_size=14,
)


@pytest.mark.parametrize("asker", ["CUSTOMER", "OPERATOR"])
@given(history=histories, declared=st.lists(moments, max_size=3))
def test_waits_equal_a_recount(
    history: list[tuple[str, datetime, set[str]]], declared: list[datetime], asker: str
) -> None:
    messages = [
        sent(side, moment, *to, id_=str(number))
        for number, (side, moment, to) in enumerate(history)
    ]

    waits = [one for one in waits_of(messages, *declared) if one.asker == asker]

    raw = [(one.side, one.at, one.to) for one in messages]
    assert [(one.asked_at, one.ended_at) for one in waits] == recount(raw, declared, asker)
    assert sum(one.messages_in for one in waits) == sum(
        one.side == asker and (not one.to or "SHOP" in one.to) for one in messages
    )

"""Default recipients of a reply, and the cleaning of typed text."""

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from msgspec.structs import replace

from inbox.forms.replies import ReplyForm, default_recipients, offered_recipients
from inbox.models import Destination, Marketplace, Message, Participant, Thread

CUSTOMER = Participant("CUSTOMER", "C-1", "Camille")
SHOP = Participant("SHOP", "2001", "Atelier")
OPERATOR = Participant("OPERATOR", display_name="Maison Verte")
ABOUT = Destination(Marketplace(), "reply")
Parties = list[Participant]


def thread_with(*parties: Participant, role: str = "seller", copies: bool = False) -> Thread:
    marketplace = Marketplace(name="Maison Verte", role=role, copies_operator=copies)
    return Thread(marketplace=marketplace, authorized_participants=list(parties))


def message_from(side: str, *to: Participant) -> Message:
    return Message(sender_type=f"{side}_USER", recipients=list(to))


# -- whom it may go to --------------------------------------------------------


def test_everybody_that_mirakl_names_is_offered_but_ourselves() -> None:
    thread = thread_with(SHOP, OPERATOR, CUSTOMER)

    assert offered_recipients(thread) == [CUSTOMER, OPERATOR]


def test_one_of_each_kind_is_offered() -> None:
    thread = thread_with(CUSTOMER, replace(CUSTOMER, id="C-2"))

    assert offered_recipients(thread) == [CUSTOMER]


def test_nobody_is_offered_whom_mirakl_does_not_name() -> None:
    assert offered_recipients(thread_with(SHOP)) == []
    assert offered_recipients(thread_with(Participant(display_name="Nobody"))) == []


def test_a_kind_that_is_new_is_offered_too() -> None:
    carrier = Participant("CARRIER", "D-1")

    assert carrier in offered_recipients(thread_with(CUSTOMER, carrier))


# -- whom it goes to at first -------------------------------------------------


@pytest.mark.parametrize(
    ("last", "to", "expected"),
    [
        ("CUSTOMER", [SHOP], ["CUSTOMER"]),
        ("CUSTOMER", [SHOP, OPERATOR], ["CUSTOMER"]),
        ("OPERATOR", [SHOP], ["OPERATOR"]),
        ("OPERATOR", [SHOP, CUSTOMER], ["CUSTOMER", "OPERATOR"]),
    ],
)
def test_a_reply_goes_to_who_wrote_last_and_to_a_customer_who_was_copied(
    last: str, to: Parties, expected: list[str]
) -> None:
    thread = thread_with(CUSTOMER, OPERATOR, SHOP)

    assert default_recipients(thread, message_from(last, *to)) == expected


def test_the_operator_is_copied_where_the_marketplace_wants_that() -> None:
    thread = thread_with(CUSTOMER, OPERATOR, SHOP, copies=True)

    chosen = default_recipients(thread, message_from("CUSTOMER", SHOP))
    internal = default_recipients(thread, message_from("OPERATOR", SHOP))

    assert chosen == ["CUSTOMER", "OPERATOR"]
    assert internal == ["OPERATOR"]


@pytest.mark.parametrize(
    ("parties", "expected"),
    [
        ([CUSTOMER, OPERATOR], ["CUSTOMER"]),
        ([OPERATOR], ["OPERATOR"]),
        ([], []),
    ],
)
def test_where_nobody_has_written_to_us_the_customer_comes_first(
    parties: Parties, expected: list[str]
) -> None:
    assert default_recipients(thread_with(*parties), None) == expected


def test_a_customer_who_may_not_be_written_to_is_not_chosen() -> None:
    thread = thread_with(OPERATOR, SHOP)

    assert default_recipients(thread, message_from("CUSTOMER", SHOP)) == ["OPERATOR"]


def test_an_operator_answers_the_shop_that_wrote() -> None:
    thread = thread_with(CUSTOMER, SHOP, OPERATOR, role="operator")

    assert default_recipients(thread, message_from("SHOP", OPERATOR)) == ["SHOP"]


def test_a_storefront_answers_the_shop() -> None:
    thread = thread_with(CUSTOMER, SHOP, OPERATOR, role="front")

    assert default_recipients(thread, message_from("SHOP", CUSTOMER)) == ["SHOP"]


# -- what was typed -----------------------------------------------------------


def form(files: tuple[SimpleUploadedFile, ...] = (), **changes: Any) -> ReplyForm:
    data: MultiValueDict[str, Any] = MultiValueDict(
        {"token": [str(uuid.uuid4())], "body": ["Hello there"], "to": ["CUSTOMER"]}
    )
    for name, value in changes.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    uploads: MultiValueDict[str, Any] = MultiValueDict({"files": list(files)})
    return ReplyForm(data, uploads, recipients=[CUSTOMER, OPERATOR])


def test_what_surrounds_a_text_is_dropped_and_what_is_in_it_is_not() -> None:
    filled = form(body="\n  Hello,\n\n  it left.  \n")

    assert filled.is_valid()
    assert filled.cleaned_data["body"] == "Hello,\n\n  it left."


@pytest.mark.parametrize("body", ["", "   ", "ab", "\n\n\n"])
def test_a_text_that_says_nothing_is_refused(body: str) -> None:
    assert set(form(body=body).errors) == {"body"}


@pytest.mark.parametrize(
    ("body", "fits"),
    [
        ("x" * 50_000, True),
        ("x" * 50_001, False),
        ("&" * 10_000, True),  # each is encoded as five characters
        ("&" * 10_001, False),
        (
            "a" + "\r\n" * 8_333 + "b",
            True,
        ),  # a line's end is encoded as six, however a browser ends it
        ("a" + "\r\n" * 8_334 + "b", False),
    ],
)
def test_the_length_is_that_of_what_travels(body: str, fits: bool) -> None:
    assert form(body=body).is_valid() == fits


def test_recipients_are_whole_parties() -> None:
    filled = form(to=["OPERATOR", "CUSTOMER"])

    assert filled.is_valid()
    assert filled.outgoing(ABOUT).recipients == [CUSTOMER, OPERATOR]


def test_several_files_keep_their_order() -> None:
    files = tuple(SimpleUploadedFile(f"{name}.txt", b"x") for name in ("b", "a", "c"))

    filled = form(files)

    assert filled.is_valid()
    assert [one.name for one in filled.outgoing(ABOUT).files] == ["b.txt", "a.txt", "c.txt"]


def test_a_file_that_is_refused_leaves_the_text_alone() -> None:
    filled = form((SimpleUploadedFile("empty.txt", b""),))

    assert set(filled.errors) == {"files"}
    assert filled["body"].value() == "Hello there"


def test_a_form_without_a_topic_changes_none() -> None:
    filled = form()

    assert filled.is_valid()
    assert (filled.outgoing(ABOUT).topic_type, filled.outgoing(ABOUT).topic_value) == ("", "")

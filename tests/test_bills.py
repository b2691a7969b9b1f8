"""Amounts of an order, and its refunds."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from inbox import mirakl, money
from inbox.models.codes import order_state
from inbox.services.marketplaces.order_amounts import (
    Bill,
    Refunded,
    ServiceBill,
    build_bill,
    build_service_bill,
)
from tests.answering import answering, client

# Amounts of the vendor's example of OR11.
TAXES = [{"code": "tax1", "amount": 10}, {"code": "tax2", "amount": 10}]
REFUND = {
    "amount": 6.82,
    "shipping_amount": 1.79,
    "taxes": [{"amount": 0.41}, {"amount": 0.41}],
    "shipping_taxes": [{"amount": 2.24}, {"amount": 2.24}],
    "quantity": 0,
    "reason_code": "19",
    "state": "WAITING_REFUND_PAYMENT",
}
CANCELATION = {
    "amount": 12.34,
    "shipping_amount": 1.23,
    "taxes": [{"amount": 0.75}, {"amount": 0.75}],
    "shipping_taxes": [{"amount": 1.54}, {"amount": 1.54}],
    "quantity": 0,
    "reason_code": "34",
}
LINE = {
    "price": 165,
    "quantity": 3,
    "taxes": TAXES,
    "shipping_taxes": TAXES,
    "refunds": [REFUND],
    "cancelations": [CANCELATION],
}
ORDER = {
    "order_id": "Order_00010-A",
    "order_tax_mode": "TAX_EXCLUDED",
    "currency_iso_code": "USD",
    "price": 165,
    "shipping_price": 8,
    "total_price": 173,
    "order_lines": [LINE],
}


def billed(**changes: Any) -> Bill:
    (order,) = client(answering({"orders": [ORDER | changes]})).orders.fetch(["Order_00010-A"])
    return build_bill(order, lambda type_, code: f"{type_} {code}")


def refunded(**changes: Any) -> Refunded:
    bill = billed(order_lines=[LINE | {"refunds": [changes]}])
    return bill.lines[0].refunds[0]


def test_taxes_come_on_top_of_prices_without_tax() -> None:
    bill = billed()

    assert (bill.taxes, bill.total) == (Decimal(40), Decimal(213))
    assert bill.refunded == Decimal("13.91")
    assert bill.canceled == Decimal("18.15")


def test_prices_that_include_taxes_are_the_amounts() -> None:
    bill = billed(order_tax_mode="TAX_INCLUDED")

    assert (bill.taxes, bill.total) == (Decimal(40), Decimal(173))
    assert bill.refunded == Decimal("8.61")
    assert bill.canceled == Decimal("13.57")


def test_a_total_is_reckoned_where_it_is_not_told() -> None:
    assert billed(total_price=None).total == Decimal(213)
    assert billed(total_price=None, price=None, shipping_price=None, order_lines=[]).total is None


def test_fees_are_the_rest_of_the_total() -> None:
    assert billed(total_price=174.5).fees == Decimal("1.5")
    assert billed(price=None).fees is None


def test_a_refund_of_shipping_alone_has_its_amount() -> None:
    assert refunded(amount=0, shipping_amount=4.9).amount == Decimal("4.9")


def test_a_refund_by_quantity_has_no_amount() -> None:
    refund = refunded(quantity=2)

    assert (refund.amount, refund.quantity) == (None, 2)


def test_the_newer_state_of_a_refund_goes_first() -> None:
    assert refunded(state="WAITING_REFUND").state == "WAITING_REFUND"
    assert refunded(state="WAITING_REFUND", refund_state="REFUNDED").state == "REFUNDED"


def test_what_is_given_back_says_why() -> None:
    (line,) = billed().lines

    assert line.refunds[0].reason == "REFUND 19"
    assert line.cancelations[0].reason == "CANCELATION 34"


@pytest.mark.parametrize("odd", ["NaN", "Infinity", 1e300, "1e999999", [], {}, True])
def test_an_odd_amount_is_no_amount(odd: object) -> None:
    bill = billed(order_lines=[LINE | {"refunds": [REFUND | {"amount": odd}]}], total_price=odd)

    assert bill.refunded == Decimal("7.09")
    assert bill.total == Decimal(213)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("1234.5", "EUR", "1,234.50 EUR"),
        ("1234.5", "KWD", "1,234.500 KWD"),
        ("1234", "JPY", "1,234 JPY"),
        ("1234.4", "jpy", "1,234 jpy"),
        ("0.12345", "CLF", "0.1235 CLF"),
        ("0.125", "EUR", "0.13 EUR"),
        ("-3", None, "-3.00"),
        ("NaN", "EUR", "–"),
        ("1E+40", "EUR", "–"),
    ],
)
def test_an_amount_is_written_with_the_decimals_of_its_currency(
    amount: str, currency: str | None, written: str
) -> None:
    assert money.format_amount(Decimal(amount), currency) == written


def test_an_amount_is_written_as_its_reader_writes_it() -> None:
    with translation.override("de"):
        assert money.format_amount(Decimal("1234.5"), "EUR") == "1.234,50 EUR"


def test_an_order_of_nothing_has_a_bill() -> None:
    bill = build_bill(mirakl.Order(order_id="1"), lambda _type, _code: "")

    assert (bill.total, bill.taxes, bill.refunded, bill.lines) == (None, None, None, [])


# -- service orders ----------------------------------------------------------

# As in the vendor's examples of SOR11.
DINNER = {
    "id": "ZWXUBOH3-2",
    "price": {
        "type": "FIXED_PRICE",
        "amount": 32.95,
        "quantity": 1,
        "options": [{"code": "TRANSPORT", "type": "BOOLEAN", "value": True, "amount": 2.95}],
    },
    "refunds": [
        {
            "amount": 2.34,
            "options": [{"code": "TRANSPORT", "type": "BOOLEAN", "amount": 1.05}],
            "taxes": [{"amount": 0.42}, {"amount": 0.24}],
            "reason_code": "AGREEMENT_FOUND",
            "state": "OK",
        }
    ],
}
UNITS = [
    {
        "code": "STATUS",
        "values": [
            {"code": "MEMBER", "amount": 20, "ordered_quantity": 1},
            {"code": "NORMAL", "amount": 40, "ordered_quantity": 2},
        ],
    }
]


def service_billed(**changes: Any) -> ServiceBill:
    answer = answering({"data": [DINNER | changes]})
    (order,) = client(answer).orders.fetch_service_orders("ZWXUBOH3-2")
    return build_service_bill(order, lambda type_, code: f"{type_} {code}")


def test_a_service_costs_its_units_and_its_options() -> None:
    bill = service_billed()

    assert bill.total == Decimal("35.90")
    assert bill.refunds[0].amount == Decimal("4.05")
    assert bill.refunds[0].reason == "MPS_REFUND AGREEMENT_FOUND"


@pytest.mark.parametrize(
    ("state", "words"),
    [("OK", "Refunded"), ("WAITING", "Refund pending"), ("REJECTED_LATER", "Rejected later")],
)
def test_each_state_of_a_services_refund_has_a_label(state: str, words: str) -> None:
    bill = service_billed(refunds=[{"amount": 1, "state": state}])

    assert str(order_state(bill.refunds[0].state)) == words


def test_a_services_refund_without_a_state_has_none() -> None:
    assert service_billed(refunds=[{"amount": 1}]).refunds[0].state == ""


def test_a_service_costs_as_many_units_as_were_ordered() -> None:
    three = service_billed(price={"amount": 10, "quantity": 3, "taxes": [{"amount": 6}]})
    kinds = service_billed(price={"type": "FIXED_PRICE_MULTI", "ordered_service_units": UNITS})

    assert (three.total, kinds.total) == (Decimal(36), Decimal(100))


def test_a_service_without_a_price_has_no_total() -> None:
    assert service_billed(price=None).total is None

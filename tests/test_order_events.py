"""An order's events on one timeline."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from inbox import mirakl
from inbox.services.marketplaces import order_amounts, order_events
from inbox.services.marketplaces.order_events import OrderEvent
from inbox.services.marketplaces.order_parts import Part, Returned


def order(**fields: Any) -> mirakl.Order:
    raw = msgspec.json.encode({"order_id": "1-A", "currency_iso_code": "EUR", **fields})
    return msgspec.json.decode(raw, type=mirakl.Order)


def events(told: mirakl.Order, *returns: mirakl.Return) -> list[OrderEvent]:
    bill = order_amounts.build_bill(told, lambda _kind, code: f"reason {code}")
    part = Part([Returned(one, [], "Too small", "") for one in returns])
    return order_events.build_timeline(told, bill, part).events


def test_they_stand_in_the_order_they_happened() -> None:
    told = order(
        created_date="2026-11-01T08:00:00Z",
        acceptance_decision_date="2026-11-01T10:00:00Z",
        customer_debited_date="2026-11-01T09:00:00Z",
        order_lines=[
            {
                "shipped_date": "2026-11-02T08:00:00Z",
                "received_date": "2026-11-04T08:00:00Z",
                "refunds": [
                    {"amount": 12.5, "reason_code": "7", "created_date": "2026-11-06T08:00:00Z"}
                ],
            }
        ],
    )
    came_back = mirakl.Return(id="R", date_created=datetime(2026, 11, 5, tzinfo=UTC))

    found = [(event.words, event.detail) for event in events(told, came_back)]

    assert found == [
        ("Ordered", ""),
        ("Paid", ""),
        ("Accepted", ""),
        ("Shipped", ""),
        ("Received", ""),
        ("Return opened", "Too small"),
        ("Refunded", "reason 7"),
    ]


def test_items_that_leave_apart_are_counted() -> None:
    days = ["2026-11-02T08:00:00Z", "2026-11-02T08:00:00Z", "2026-11-03T08:00:00Z"]
    told = order(order_lines=[{"shipped_date": day} for day in days])

    assert [event.detail for event in events(told)] == ["2 of 3 items", "1 of 3 items"]


def test_what_is_due_comes_last_until_it_has_happened() -> None:
    dates = {"shipping_deadline": "2026-11-03T08:00:00Z", "created_date": "2026-11-05T08:00:00Z"}
    delivery = {"delivery_date": {"latest": "2026-11-09T08:00:00Z"}}
    waiting = events(order(**dates, **delivery))
    sent = events(order(**dates, order_lines=[{"shipped_date": "2026-11-02T08:00:00Z"}]))
    canceled = events(order(**dates, **delivery, order_state="CANCELED"))

    assert [one.words for one in waiting] == ["Ordered", "Ship by", "Delivery expected by"]
    assert [one.is_due for one in waiting] == [False, True, True]
    assert [one.words for one in sent] == ["Shipped", "Ordered"]
    assert [one.words for one in canceled] == ["Ordered"]


def test_of_very_many_the_latest_are_shown() -> None:
    lines = [{"shipped_date": f"2026-11-02T08:{minute:02}:00Z"} for minute in range(60)]
    lines += [{"received_date": f"2026-11-03T08:{minute:02}:00Z"} for minute in range(40)]
    found = events(order(order_lines=lines))

    assert len(found) == order_events.MOST_EVENTS
    assert found[-1].words == "Received"

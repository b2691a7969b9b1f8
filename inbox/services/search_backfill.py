"""Fills the search texts of rows that were mirrored before there were any."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from inbox.models import Message, Thread
from inbox.services import rows

STEP = 500


def fill() -> None:
    """Afterwards a search finds every row.

    It can be stopped at any step, run again, and run while the desk is used.
    """
    for step in (fill_messages, fill_threads):
        last: int | None = 0
        while last is not None:
            last = step(last)


def fill_messages(after: int) -> int | None:
    """The last of the next messages that were filled; None when none was left."""
    return _fill_step(_unfilled_messages(), after, _fill_message, ["search_text"])


def fill_threads(after: int) -> int | None:
    """The last of the next threads that were filled; None when none was left."""
    return _fill_step(_unfilled_threads(), after, rows.fill_search, ["search_text", "search_names"])


# Only these columns: a migration runs this, and later ones may add others.


def _unfilled_messages() -> QuerySet[Message]:
    return Message.objects.filter(search_text="").exclude(body="").only("body")


def _unfilled_threads() -> QuerySet[Thread]:
    unnamed = Q(search_names="") & ~Q(customer_name="", organization_name="")
    names = ("customer_name", "organization_name", "shop_name", "marketplace__role")
    found = Thread.objects.filter(Q(search_text="") | unnamed).select_related("marketplace")
    return found.only(*names, "topic_type", "topic_value", "entities")


def _fill_message(message: Message) -> None:
    message.search_text = rows.searchable(message.body)


@transaction.atomic
def _fill_step(
    unfilled: QuerySet[Any], after: int, fill_row: Callable[[Any], None], fields: list[str]
) -> int | None:
    """Locks its few rows: a display that erases a message meanwhile comes before or after."""
    found = unfilled.filter(pk__gt=after).order_by("pk").select_for_update(of=("self",))
    filled = list(found[:STEP])
    for row in filled:
        fill_row(row)
    unfilled.model._default_manager.bulk_update(filled, fields)
    return filled[-1].pk if filled else None

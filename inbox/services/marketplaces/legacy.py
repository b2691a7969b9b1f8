"""Legacy order messages, without threads: M01 and OR41, and the data for posting one."""

from dataclasses import dataclass, field
from datetime import datetime

from inbox import mirakl
from inbox.mirakl.wire import Paging
from inbox.models import Marketplace
from inbox.services import error_texts
from inbox.services.marketplaces import clients, erasure_marks, orders

PAGE_SIZE = 25
PATIENCE_SECONDS = 5


@dataclass(frozen=True)
class OrderMessages:
    """One page of messages; if Mirakl does not answer, `words` say why."""

    messages: list[mirakl.LegacyMessage] = field(default_factory=list)
    total_count: int = 0
    words: str = ""


@dataclass(frozen=True)
class MessageQuery:
    """The filters of the page. `received` is TRUE, FALSE or ALL, as in Mirakl."""

    received: str = "ALL"
    order_id: str = ""
    offer_id: int | None = None
    customer_id: str = ""  # for a storefront, which reads as one customer
    start_date: datetime | None = None
    end_date: datetime | None = None
    is_oldest_first: bool = False
    number: int = 1  # of the page, from 1


def fetch_messages(marketplace: Marketplace, question: MessageQuery) -> OrderMessages:
    """One page from M01."""
    page = Paging(
        max=PAGE_SIZE,
        offset=(question.number - 1) * PAGE_SIZE,
        sort="dateCreated",
        order="asc" if question.is_oldest_first else "desc",
        paginate=True,
    )
    try:
        found = clients.build_client(marketplace).messages(
            received=question.received,
            order_id=question.order_id or None,
            offer_id=question.offer_id,
            customer_id=question.customer_id or None,
            start_date=question.start_date,
            end_date=question.end_date,
            page=page,
            timeout=PATIENCE_SECONDS,
        )
    except mirakl.MiraklError as error:
        return OrderMessages(words=error_texts.not_shown(error, marketplace))
    shown = erasure_marks.drop_messages(marketplace, found.messages)
    return OrderMessages(shown, found.total_count or len(shown))


def name_senders(marketplace: Marketplace, order_id: str) -> dict[str, str]:
    """An order's customer from OR11, to prefill a form; empty if the call fails."""
    try:
        order = orders.fetch_order(marketplace, order_id)
    except mirakl.MiraklError:
        return {}
    if order is None:
        return {}
    return {
        "email": order.customer.email or order.customer_notification_email or "",
        "first_name": order.customer.firstname or "",
        "last_name": order.customer.lastname or "",
        "locale": order.customer.locale or "",
    }


def fetch_order_messages(
    marketplace: Marketplace, order_id: str, *, customer_id: str = ""
) -> OrderMessages:
    """An order's messages (OR41), the first hundred.

    With a customer, only messages that customer wrote or received: OR41 itself has no such filter.
    """
    try:
        client = clients.build_client(marketplace)
        found = client.order_messages(
            order_id, received="ALL", page=Paging(max=100), timeout=PATIENCE_SECONDS
        )
    except mirakl.MiraklError as error:
        return OrderMessages(words=error_texts.not_shown(error, marketplace))
    shown = erasure_marks.drop_messages(marketplace, found.messages)
    if customer_id:
        theirs = [one for one in shown if customer_id in (one.from_id, one.to_customer_id)]
        return OrderMessages(theirs, len(theirs))
    return OrderMessages(shown, found.total_count or len(shown))

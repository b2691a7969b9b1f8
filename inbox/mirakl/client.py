"""Mirakl's messaging API, one method per operation."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import httpx

from inbox.mirakl import ranges, records, wire
from inbox.mirakl.calls import Calls, Downloading
from inbox.mirakl.deadlines import Deadline
from inbox.mirakl.decoding import Json, decode
from inbox.mirakl.documents import Documents
from inbox.mirakl.orders import Orders
from inbox.mirakl.records import SendResult, Thread, ThreadPage, Topic
from inbox.mirakl.transport import Transport
from inbox.mirakl.watching import Observe
from inbox.mirakl.wire import (
    Customer,
    Paging,
    Progress,
    Recipient,
    Upload,
    id_segment,
    query,
    segment,
)


class MiraklClient:
    """One account: an instance, credentials, and for a seller the shop.

    Every method raises a MiraklError; `timeout` is seconds for the whole call. `observe` is called
    with each call when it has ended. Every write takes `send_before`: if that deadline is over when
    the connection stands, TooLate is raised and nothing has left, not even on a second connection.
    """

    def __init__(
        self,
        base_url: str,
        auth: httpx.Auth,
        *,
        role: str = "seller",
        shop_id: int | None = None,
        transport: Transport | None = None,
        observe: Observe | None = None,
    ) -> None:
        self.role = role
        shop_id = shop_id if role == "seller" else None
        self._calls = Calls(base_url.rstrip("/"), auth, shop_id, transport, observe)
        self.orders = Orders(self._calls)
        self.documents = Documents(self._calls, role)

    # -- threads ---------------------------------------------------------

    def list_threads(
        self,
        *,
        entity_type: str | None = None,
        entity_ids: Sequence[str] = (),
        updated_since: datetime | None = None,
        with_messages: bool = False,
        channel_codes: Sequence[str] = (),
        customer_id: str | None = None,
        customer_organization_id: str | None = None,
        limit: int | None = None,
        page_token: str | None = None,
        timeout: float | None = None,
    ) -> ThreadPage:
        """M11. A page token contains all the other parameters and is sent without them."""
        params = query(
            entity_type=entity_type,
            entity_id=entity_ids,
            updated_since=updated_since,
            with_messages=with_messages or None,
            channel_codes=channel_codes,
            customer_id=customer_id,
            customer_organization_id=customer_organization_id,
            limit=limit,
        )
        if page_token:
            params = {"page_token": page_token}
        path = "/api/inbox/threads"
        listed = self._calls.records(Thread, "data", "M11", path, params, timeout)
        return ThreadPage(
            threads=listed.items,
            next_page_token=listed.text("next_page_token"),
            previous_page_token=listed.text("previous_page_token"),
            skipped=listed.skipped,
        )

    def iter_threads(self, **filters: Any) -> Iterator[ThreadPage]:
        """M11, page after page; `filters` are those of `list_threads`, `timeout` is per page."""
        page = self.list_threads(**filters)
        yield page
        seen = set()
        while (token := page.next_page_token) and token not in seen:
            seen.add(token)
            page = self.list_threads(page_token=token, timeout=filters.get("timeout"))
            yield page

    def read_thread(
        self, thread_id: str, *, customer_id: str | None = None, timeout: float | None = None
    ) -> Thread:
        """M10: the thread with all its messages, 1,000 at most."""
        path = f"/api/inbox/threads/{id_segment(thread_id)}"
        return self._calls.record(Thread, "M10", path, query(customer_id=customer_id), timeout)

    def reply(
        self,
        thread_id: str,
        *,
        body: str,
        to: Sequence[Recipient],
        topic: Topic | None = None,
        files: Sequence[Upload] = (),
        progress: Progress | None = None,
        send_before: Deadline | None = None,
    ) -> SendResult:
        """M12. A topic replaces that of the whole thread."""
        wire.check("M12", body=body, to=to, topic=topic, files=files)
        message: Json = {"body": body, "to": [wire.recipient(one) for one in to]}
        if topic is not None:
            message["topic"] = topic
        path = f"/api/inbox/threads/{id_segment(thread_id)}/message"
        return _posted(
            self._calls.post_files(
                "M12", path, "message_input", message, files, progress, send_before
            )
        )

    def start_order_thread(
        self,
        order_id: str,
        *,
        body: str,
        to: Sequence[str],
        topic: Topic,
        files: Sequence[Upload] = (),
        progress: Progress | None = None,
        send_before: Deadline | None = None,
    ) -> SendResult:
        """OR43. Recipients are bare types here: CUSTOMER, OPERATOR, SHOP."""
        path = f"/api/orders/{segment(order_id)}/threads"
        return self._start("OR43", path, body, to, topic, files, progress, send_before)

    def start_operator_thread(
        self,
        *,
        body: str,
        topic: Topic,
        shop_id: str | None = None,
        files: Sequence[Upload] = (),
        progress: Progress | None = None,
        send_before: Deadline | None = None,
    ) -> SendResult:
        """M14, between shop and operator. The operator names the shop."""
        entity = {"type": "SELLER_OPERATOR"} | ({"id": shop_id} if shop_id else {})
        path = "/api/inbox/threads"
        return self._start(
            "M14", path, body, None, topic, files, progress, send_before, {"entity": entity}
        )

    def start_service_order_thread(
        self,
        order_id: str,
        *,
        body: str,
        to: Sequence[str],
        topic: Topic,
        files: Sequence[Upload] = (),
        progress: Progress | None = None,
        send_before: Deadline | None = None,
    ) -> SendResult:
        """SOR43. A body holds 10,000 characters here."""
        path = f"/api/mms/orders/{segment(order_id)}/threads"
        return self._start("SOR43", path, body, to, topic, files, progress, send_before)

    def start_service_thread(
        self,
        service_code: str,
        *,
        body: str,
        to: Sequence[str],
        topic: Topic,
        customer: Customer | None = None,
        files: Sequence[Upload] = (),
        progress: Progress | None = None,
        send_before: Deadline | None = None,
    ) -> SendResult:
        """SOF43, to OPERATOR and SHOP. A storefront names the customer who writes."""
        path = f"/api/mms/services/{segment(service_code)}/threads"
        extra = {"customer": wire.service_customer(customer)} if customer else {}
        return self._start("SOF43", path, body, to, topic, files, progress, send_before, extra)

    def _start(
        self,
        operation: str,
        path: str,
        body: str,
        to: Sequence[str] | None,
        topic: Topic,
        files: Sequence[Upload],
        progress: Progress | None,
        send_before: Deadline | None,
        extra: Json | None = None,
    ) -> SendResult:
        wire.check(operation, body=body, to=to, topic=topic, files=files)
        message = {"body": body, "topic": topic, **(extra or {})}
        if to is not None:
            message["to"] = list(to)
        return _posted(
            self._calls.post_files(
                operation, path, "thread_input", message, files, progress, send_before
            )
        )

    def download(self, attachment_id: str, part: ranges.Part | None = None) -> Downloading:
        """M13; the whole file if Mirakl does not support ranges."""
        path = f"/api/inbox/threads/{id_segment(attachment_id)}/download"
        return self._calls.download("M13", path, {}, part)

    # -- the marketplace -------------------------------------------------

    def reasons(
        self,
        type: str | None = None,
        *,
        locale: str | None = None,
        timeout: float | None = None,
    ) -> list[records.Reason]:
        """RE01: all, or those of one type, say ORDER_MESSAGING."""
        found = self._reasons("RE01", "", locale, timeout)
        return [reason for reason in found if type is None or reason.type == type]

    def reasons_of_type(
        self, type: str, *, locale: str | None = None, timeout: float | None = None
    ) -> list[records.Reason]:
        """RE02, for an instance without RE01."""
        return self._reasons("RE02", f"/{segment(type)}", locale, timeout)

    def messaging_reasons(self, *, timeout: float | None = None) -> list[records.Reason]:
        """RE14, for an instance without RE01."""
        return self._reasons("RE14", "/messaging", None, timeout)

    def _reasons(
        self, operation: str, path: str, locale: str | None, timeout: float | None
    ) -> list[records.Reason]:
        params, kind = query(locale=locale), records.Reason
        path = "/api/reasons" + path
        return self._calls.records(kind, "reasons", operation, path, params, timeout).items

    def channels(
        self, *, locale: str | None = None, timeout: float | None = None
    ) -> list[records.Channel]:
        """CH11: the marketplace's channels."""
        params, kind = query(locale=locale), records.Channel
        return self._calls.records(kind, "channels", "CH11", "/api/channels", params, timeout).items

    def account(self, *, timeout: float | None = None) -> records.Account:
        """A01: the shop behind a seller's key."""
        return self._calls.record(records.Account, "A01", "/api/account", {}, timeout)

    def statistics(
        self,
        *,
        periods: Sequence[str] = (),
        channel_code: str | None = None,
        timeout: float | None = None,
    ) -> records.Statistics:
        """A21: a seller's figures, for all periods unless some are named."""
        params = query(periods=periods, channel_code=channel_code)
        path = "/api/account/statistics"
        return self._calls.record(records.Statistics, "A21", path, params, timeout)

    def platform(self, *, timeout: float | None = None) -> records.Platform:
        """PC01: features that the marketplace has enabled, for seller and operator."""
        path = "/api/platform/configuration"
        return self._calls.record(records.Platform, "PC01", path, {}, timeout)

    def version(self, *, timeout: float | None = None) -> records.Version:
        """V01: the instance's version, if it sends one: the documents promise a 200 only."""
        raw = self._calls.read("V01", "/api/version", {}, timeout)
        return decode(records.Version, raw) or records.Version()

    def shops(
        self,
        *,
        shop_ids: Sequence[int] = (),
        page: Paging | None = None,
        timeout: float | None = None,
    ) -> records.ShopPage:
        """S20: one page of an operator's shops."""
        params = query(shop_ids=shop_ids, **asdict(page or Paging()))
        listed = self._calls.records(records.Shop, "shops", "S20", "/api/shops", params, timeout)
        return records.ShopPage(
            shops=listed.items, total_count=listed.number("total_count"), skipped=listed.skipped
        )

    # -- before there were threads ---------------------------------------

    def messages(
        self,
        *,
        order_id: str | None = None,
        offer_id: int | None = None,
        customer_id: str | None = None,
        shop_id: int | None = None,
        user_type: str | None = None,
        received: str | None = None,
        visible: str | None = None,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
        page: Paging | None = None,
        timeout: float | None = None,
    ) -> records.LegacyPage:
        """M01, which lists received messages only unless `received` is FALSE or ALL.

        `shop_id` is for operator and storefront, `user_type` for the storefront, which alone has no
        `visible`.
        """
        params = query(
            order_id=order_id,
            offer_id=offer_id,
            customer_id=customer_id,
            shop_id=shop_id,
            user_type=user_type,
            received=received,
            visible=visible,
            start_date=start_date,
            end_date=end_date,
        )
        return self._legacy("M01", "/api/messages", params, page, timeout)

    def order_messages(
        self,
        order_id: str,
        *,
        received: str | None = None,
        page: Paging | None = None,
        timeout: float | None = None,
    ) -> records.LegacyPage:
        """OR41: the messages of an order."""
        path = f"/api/orders/{segment(order_id)}/messages"
        return self._legacy("OR41", path, query(received=received), page, timeout)

    def _legacy(
        self,
        operation: str,
        path: str,
        params: dict[str, str],
        page: Paging | None,
        timeout: float | None,
    ) -> records.LegacyPage:
        params |= query(**asdict(page or Paging()))
        kind = records.LegacyMessage
        listed = self._calls.records(kind, "messages", operation, path, params, timeout)
        return records.LegacyPage(
            messages=listed.items, total_count=listed.number("total_count"), skipped=listed.skipped
        )

    def post_order_message(
        self,
        order_id: str,
        *,
        subject: str,
        body: str,
        to: Sequence[str],
        document_ids: Sequence[int] = (),
        customer: Customer | None = None,
        send_before: Deadline | None = None,
    ) -> SendResult:
        """OR42, to CUSTOMER, SHOP and OPERATOR. A storefront names the customer who writes."""
        wire.check("OR42", body=body, to=to)
        wire.check_length("OR42", "subject", subject, wire.TOPIC_LENGTH)
        message = wire.legacy_message(subject, body, to, document_ids, customer)
        path = f"/api/orders/{segment(order_id)}/messages"
        posted = decode(records.PostedMessage, self._calls.post("OR42", path, message, send_before))
        return SendResult(message_id=posted.id if posted else None)


def _posted(raw: bytes) -> SendResult:
    # A 2xx means accepted, even if its body cannot be read.
    return decode(SendResult, raw) or SendResult()

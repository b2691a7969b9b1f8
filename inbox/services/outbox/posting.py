"""One reply of the outbox to Mirakl, by the operation that its kind stands for."""

from collections.abc import Callable
from typing import Any

from inbox import mirakl
from inbox.models import Reply, ReplyFile
from inbox.services import files
from inbox.services.marketplaces import clients, orders
from inbox.services.outbox import matching
from inbox.services.outbox.upload_progress import Overtaken, Progress

Renew = Callable[[Reply], bool]
Kind = Reply.Kind


class DocumentRefused(Exception):
    """Mirakl does not take this file as a document of its order; `reason` says why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name
        self.reason = reason


def post(reply: Reply, renew: Renew) -> mirakl.Posted:
    """Raises DocumentRefused, files.Lost or a MiraklError; `renew` keeps the claim."""
    client = clients.client_for(reply.marketplace)
    if reply.kind == Kind.DOCUMENT:
        return _post_documents(client, reply, renew)
    if reply.kind == Kind.ORDER_MESSAGE:
        return _post_the_old_way(client, reply, renew)
    uploads = [files.staged(file) for file in reply.files.all()]
    letter = {
        "body": matching.wire_body(reply.body, reply.marketplace.body_format),
        "topic": mirakl.Topic(reply.topic_type, reply.topic_value),
        "files": uploads,
        "progress": Progress(reply, renew) if uploads else None,
        "send_before": _end_of_claim(reply, renew),
    }
    return _post_letter(client, reply, letter)


def _end_of_claim(reply: Reply, renew: Renew) -> mirakl.Deadline:
    """By when it must begin to leave; raises Overtaken where the claim has gone to another.

    Called right before a write. What came before it may have taken longer than the claim held: a
    marketplace that answers slowly, a machine that was suspended.
    """
    if not renew(reply):
        raise Overtaken
    assert reply.lease_until is not None  # noqa: S101  what has been renewed
    return mirakl.Deadline(reply.lease_until)


def _post_letter(
    client: mirakl.MiraklClient, reply: Reply, letter: dict[str, Any]
) -> mirakl.Posted:
    about, types = reply.order_id, [one["type"] for one in reply.recipients]
    match reply.kind:
        case Kind.ORDER_THREAD:
            return client.start_order_thread(about, to=types, **letter)
        case Kind.SERVICE_ORDER_THREAD:
            return client.start_service_order_thread(about, to=types, **letter)
        case Kind.SERVICE_THREAD:
            customer = _customer(reply)
            return client.start_service_thread(about, to=types, customer=customer, **letter)
        case Kind.OPERATOR_THREAD:
            return client.start_operator_thread(shop_id=about or None, **letter)
        case _:
            return _post_reply(client, reply, letter)


def _post_reply(client: mirakl.MiraklClient, reply: Reply, letter: dict[str, Any]) -> mirakl.Posted:
    assert reply.thread is not None  # noqa: S101  what it is a reply on
    to = [mirakl.Recipient(one["type"], one.get("id")) for one in reply.recipients]
    if not reply.topic_type:
        letter |= {"topic": None}
    return client.reply(reply.thread.mirakl_id, to=to, **letter)


def _post_the_old_way(client: mirakl.MiraklClient, reply: Reply, renew: Renew) -> mirakl.Posted:
    return client.post_order_message(
        reply.order_id,
        subject=reply.details["subject"],
        body=matching.wire_body(reply.body, reply.marketplace.body_format),
        to=[one["type"] for one in reply.recipients],
        document_ids=[int(one) for one in reply.details.get("documents", {})],
        customer=_customer(reply),
        send_before=_end_of_claim(reply, renew),
    )


def _customer(reply: Reply) -> mirakl.Customer | None:
    named = reply.details.get("customer")
    return mirakl.Customer(**named) if named else None


def _post_documents(client: mirakl.MiraklClient, reply: Reply, renew: Renew) -> mirakl.Posted:
    """One call for each file; what an earlier attempt has brought there is not sent again."""
    for file in reply.files.exclude(file=""):
        try:
            client.documents.upload(
                reply.order_id,
                file=files.staged(file),
                type_code=matching.document_type(reply, file),
                progress=Progress(reply, renew, [file]),
                send_before=_end_of_claim(reply, renew),
            )
        except (mirakl.Refused, mirakl.Invalid) as error:
            raise _refusal_of(file, error) from error
        files.settle(file)
    orders.forget(reply.marketplace, reply.order_id)
    return mirakl.Posted()


def _refusal_of(file: ReplyFile, error: mirakl.Refused | mirakl.Invalid) -> Exception:
    """The file's own fault, where it is; a refused key or a missing order is not."""
    if isinstance(error, mirakl.Invalid):
        return DocumentRefused(file.name, error.reason)
    is_report = error.status == 200 and error.message
    return DocumentRefused(file.name, error.message) if is_report else error

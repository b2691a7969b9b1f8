"""Sends one reply to Mirakl, by the operation of its kind."""

from collections.abc import Callable

from inbox import mirakl
from inbox.models import Outgoing, OutgoingFile
from inbox.services import files
from inbox.services.marketplaces import clients, orders
from inbox.services.outbox import bodies, matching
from inbox.services.outbox.upload_progress import Progress, SendingInterrupted

Renew = Callable[[Outgoing], bool]
Kind = Outgoing.Kind


class DocumentRefused(Exception):
    """Mirakl refused this file as a document of its order; `reason` says why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name
        self.reason = reason


def post(reply: Outgoing, renew: Renew) -> mirakl.SendResult:
    """Raises DocumentRefused, files.Lost or a MiraklError; `renew` extends the lease."""
    client = clients.build_client(reply.marketplace)
    match reply.kind:
        case Kind.DOCUMENT:
            return _post_documents(client, reply, renew)
        case Kind.ORDER_MESSAGE:
            return _post_order_message(client, reply, renew)
        case Kind.REPLY:
            return _post_reply(client, reply, renew)
        case Kind.OPERATOR_THREAD:
            return _start_operator_thread(client, reply, renew)
        case Kind.ORDER_THREAD | Kind.SERVICE_ORDER_THREAD:
            return _start_order_thread(client, reply, renew)
        case _:
            return _start_service_thread(client, reply, renew)


def _renewed_lease(reply: Outgoing, renew: Renew) -> mirakl.Deadline:
    """When the write must have begun. Raises SendingInterrupted if another sender has the reply.

    Called right before a write: a slow marketplace or a suspended machine may have taken longer
    than the lease.
    """
    if not renew(reply) or reply.lease_until is None:
        raise SendingInterrupted
    return mirakl.Deadline(reply.lease_until)


def _post_reply(client: mirakl.MiraklClient, reply: Outgoing, renew: Renew) -> mirakl.SendResult:
    return client.reply(
        reply.replied_thread.mirakl_id,
        body=_body(reply),
        to=[mirakl.Recipient(one.type, one.id or None) for one in reply.recipients],
        topic=_topic(reply) if reply.topic_type else None,
        files=_uploads(reply),
        progress=_progress(reply, renew),
        send_before=_renewed_lease(reply, renew),
    )


def _start_order_thread(
    client: mirakl.MiraklClient, reply: Outgoing, renew: Renew
) -> mirakl.SendResult:
    is_product = reply.kind == Kind.ORDER_THREAD
    start = client.start_order_thread if is_product else client.start_service_order_thread
    return start(
        reply.subject_id,
        body=_body(reply),
        to=_types(reply),
        topic=_topic(reply),
        files=_uploads(reply),
        progress=_progress(reply, renew),
        send_before=_renewed_lease(reply, renew),
    )


def _start_service_thread(
    client: mirakl.MiraklClient, reply: Outgoing, renew: Renew
) -> mirakl.SendResult:
    return client.start_service_thread(
        reply.subject_id,
        body=_body(reply),
        to=_types(reply),
        topic=_topic(reply),
        customer=_customer(reply),
        files=_uploads(reply),
        progress=_progress(reply, renew),
        send_before=_renewed_lease(reply, renew),
    )


def _start_operator_thread(
    client: mirakl.MiraklClient, reply: Outgoing, renew: Renew
) -> mirakl.SendResult:
    return client.start_operator_thread(
        shop_id=reply.subject_id or None,
        body=_body(reply),
        topic=_topic(reply),
        files=_uploads(reply),
        progress=_progress(reply, renew),
        send_before=_renewed_lease(reply, renew),
    )


def _post_order_message(
    client: mirakl.MiraklClient, reply: Outgoing, renew: Renew
) -> mirakl.SendResult:
    return client.post_order_message(
        reply.subject_id,
        subject=reply.email_subject,
        body=_body(reply),
        to=_types(reply),
        document_ids=[int(one) for one in reply.details.documents],
        customer=_customer(reply),
        send_before=_renewed_lease(reply, renew),
    )


def _body(reply: Outgoing) -> str:
    return bodies.wire_body(reply.body, reply.marketplace.body_format)


def _types(reply: Outgoing) -> list[str]:
    return [one.type for one in reply.recipients]


def _topic(reply: Outgoing) -> mirakl.Topic:
    return mirakl.Topic(reply.topic_type, reply.topic_value)


def _uploads(reply: Outgoing) -> list[mirakl.Upload]:
    return [files.staged(file) for file in reply.files.all()]


def _progress(reply: Outgoing, renew: Renew) -> Progress | None:
    return Progress(reply, renew) if reply.files.all() else None


def _customer(reply: Outgoing) -> mirakl.Customer | None:
    named = reply.details.customer
    if named is None:
        return None
    return mirakl.Customer(
        named.id, named.email, named.first_name, named.last_name, named.locale or None
    )


def _post_documents(
    client: mirakl.MiraklClient, reply: Outgoing, renew: Renew
) -> mirakl.SendResult:
    """One call for each file that no earlier attempt has uploaded."""
    for file in reply.unsent_files:
        try:
            client.documents.upload(
                reply.subject_id,
                file=files.staged(file),
                type_code=matching.document_type(reply, file),
                progress=Progress(reply, renew, [file]),
                send_before=_renewed_lease(reply, renew),
            )
        except (mirakl.Refused, mirakl.Invalid) as error:
            raise _refusal_of(file, error) from error
        files.settle(file)
    orders.forget_order(reply.marketplace, reply.subject_id)
    return mirakl.SendResult()


def _refusal_of(file: OutgoingFile, error: mirakl.Refused | mirakl.Invalid) -> Exception:
    """DocumentRefused if the file is at fault; refused credentials or a missing order stay as they
    are."""
    if isinstance(error, mirakl.Invalid):
        return DocumentRefused(file.name, error.reason)
    is_report = error.status == 200 and error.message
    return DocumentRefused(file.name, error.message) if is_report else error

"""M01, OR41, OR42: order messages, Mirakl's messages from before threads.

`received=FALSE` is documented as "sent to" the caller, which means received. The sandbox reads it
as "sent by". A storefront lists one kind of user at a time (`user_type`).
"""

from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from inbox.sandbox import parameters, uploads
from inbox.sandbox.answers import json_response
from inbox.sandbox.call import Call
from inbox.sandbox.credentials import FRONT, SELLER
from inbox.sandbox.dates import iso
from inbox.sandbox.errors import Problems, not_found
from inbox.sandbox.incoming import BODY_MAXIMUM, PARTY_TYPES, body
from inbox.sandbox.paging import Offset
from inbox.sandbox.wire import Json
from inbox.sandbox.world import CUSTOMER, OPERATOR, SHOP, Document, LegacyMessage, Order, Party

Test = Callable[[LegacyMessage], bool]
SUBJECT_MINIMUM, SUBJECT_MAXIMUM = 3, 200
CUSTOMER_FIELDS = ("customer_id", "customer_email", "customer_firstname", "customer_lastname")
RECIPIENTS = {"to_customer": CUSTOMER, "to_shop": SHOP, "to_operator": OPERATOR}


def everything(call: Call) -> Response:
    """M01: only received messages by default."""
    tests = _tests(call)
    return _answer(call, [item for item in _visible(call) if all(test(item) for test in tests)])


def of_order(call: Call, order_id: str) -> Response:
    """OR41: all messages by default."""
    order = call.order(order_id)
    direction = _direction(call.request, call.party_type, default="ALL")
    return _answer(call, [m for m in _visible(call) if m.order is order and direction(m)])


def _visible(call: Call) -> list[LegacyMessage]:
    """A shop sees the messages it sent or received. Operators and storefronts see all."""
    if call.role != SELLER:
        return call.market.legacy
    mine = [message for message in call.market.legacy if call.owns_shop(message.shop)]
    return [m for m in mine if SHOP in (m.sender.type, *(party.type for party in m.to))]


def _tests(call: Call) -> list[Test]:
    request = call.request
    tests = [_concerning(call)]
    if order_id := request.args.get("order_id"):
        tests.append(lambda m: m.order is not None and m.order.id == order_id)
    if offer_id := request.args.get("offer_id"):
        tests.append(lambda m: str(m.offer_id) == offer_id)
    if customer_id := request.args.get("customer_id"):
        tests.append(lambda m: m.customer.id == customer_id)
    if call.role != SELLER and (shop_id := request.args.get("shop_id")):
        tests.append(lambda m: str(m.shop.id) == shop_id)
    if start := parameters.moment(request, "start_date"):
        tests.append(lambda m: m.sent_at >= start)
    if end := parameters.moment(request, "end_date"):
        tests.append(lambda m: m.sent_at <= end)
    return tests


def _concerning(call: Call) -> Test:
    if call.role != FRONT:
        return _direction(call.request, call.party_type, default="TRUE")
    user_type = parameters.choice(
        call.request, "user_type", (*PARTY_TYPES, "ALL"), default=CUSTOMER
    )
    if user_type == "ALL":
        return lambda message: True
    return _direction(call.request, user_type, default="TRUE")


def _direction(request: Request, party_type: str, *, default: str) -> Test:
    received = parameters.choice(request, "received", parameters.TRILEAN, default=default)
    if received == "TRUE":
        return lambda message: any(party.type == party_type for party in message.to)
    if received == "FALSE":
        return lambda message: message.sender.type == party_type
    return lambda message: True


def _answer(call: Call, found: list[LegacyMessage]) -> Response:
    request = call.request
    parameters.choice(request, "sort", ("dateCreated",), default="dateCreated")
    newest_first = parameters.choice(request, "order", ("asc", "desc"), default="desc") == "desc"
    found.sort(key=lambda message: (message.sent_at, message.id), reverse=newest_first)
    page = Offset.from_request(request)
    rows = [_shape(message) for message in page.cut(found)]
    response = json_response({"messages": rows, "total_count": len(found)})
    return page.link(request, len(found), response)


def _shape(message: LegacyMessage) -> Json:
    to = {party.type: party for party in message.to}
    shape: Json = {
        "id": message.id,
        "subject": message.subject,
        "body": message.body,
        "date_created": iso(message.sent_at),
        "from_type": message.sender.type,
        "from_id": message.sender.id or OPERATOR,
        "from_name": message.sender.name,
        "commercial_id": message.order.commercial_id if message.order else "",
        "to_operator": OPERATOR in to,
        "documents": [_document(document) for document in message.documents],
        "read": False,
        "archived": False,
        "visible": None,
    }
    if message.order:
        shape["order_id"] = message.order.id
    if message.offer_id:
        shape |= {"offer_id": message.offer_id, "visible": True}
    if customer := to.get(CUSTOMER):
        shape |= {"to_customer_id": customer.id, "to_customer_name": customer.name}
    if shop := to.get(SHOP):
        shape |= {"to_shop_id": int(shop.id or 0), "to_shop_name": shop.name}
    return shape


def _document(document: Document) -> Json:
    return {
        "id": document.id,
        "file_name": document.name,
        "file_size": len(document.content),
        "type": document.type,
        "date_uploaded": iso(document.uploaded_at),
    }


def write(call: Call, order_id: str) -> Json:
    """OR42: JSON. Files are uploaded with OR74 first; the body names them by id."""
    data = uploads.json_body(call.request)
    order = call.order(order_id)
    problems = Problems()
    text = body(data, problems, BODY_MAXIMUM)
    subject = _subject(data, problems)
    to = _recipients(call, order, data, problems)
    documents = _documents(call, order, data, problems)
    sender = _sender(call, order, data, problems)
    problems.refuse_as_message()
    message = LegacyMessage(
        id=max((item.id for item in call.market.legacy), default=40_000) + 1,
        subject=subject,
        body=call.stored(text),
        sent_at=call.world.now(),
        sender=sender,
        to=to,
        shop=order.shop,
        customer=order.customer,
        order=order,
        documents=documents,
    )
    call.market.legacy.append(message)
    return {"id": message.id}


def _subject(data: Json, problems: Problems) -> str:
    subject = data.get("subject")
    if not isinstance(subject, str):
        problems.add("REQUIRED", "subject", "subject is required")
        return ""
    if not SUBJECT_MINIMUM <= len(subject) <= SUBJECT_MAXIMUM:
        limits = f"{SUBJECT_MINIMUM} and {SUBJECT_MAXIMUM}"
        problems.add("SIZE", "subject", f"subject size must be between {limits}")
    return subject


def _recipients(call: Call, order: Order, data: Json, problems: Problems) -> tuple[Party, ...]:
    parties = {
        CUSTOMER: order.customer.party,
        SHOP: order.shop.party,
        OPERATOR: call.market.operator.party,
    }
    chosen = [kind for name, kind in RECIPIENTS.items() if data.get(name) is True]
    for name in RECIPIENTS:
        if not isinstance(data.get(name), bool):
            problems.add("REQUIRED", name, f"{name} must be true or false")
    if call.party_type in chosen:
        problems.add("INVALID", "to", f"{call.party_type} cannot write to itself")
    if not chosen:
        problems.add("REQUIRED", "to", "At least one recipient is required")
    return tuple(parties[kind] for kind in chosen)


def _documents(call: Call, order: Order, data: Json, problems: Problems) -> tuple[Document, ...]:
    found, wanted = [], data.get("document_ids", [])
    if not isinstance(wanted, list):
        problems.add("INVALID", "document_ids", "document_ids is a list of numbers")
        return ()
    for document_id in wanted:
        document = call.market.documents.get(parameters.whole(str(document_id)) or 0)
        if document is None or document.order_id != order.id:
            problems.add("INVALID", "document_ids", f"Unknown document [{document_id}]")
        else:
            found.append(document)
    return tuple(found)


def _sender(call: Call, order: Order, data: Json, problems: Problems) -> Party:
    """Only a storefront has to name the writing customer, even if the schema requires it of all."""
    if call.role == SELLER:
        return order.shop.party
    if call.role != FRONT:
        return call.market.operator.party
    for name in CUSTOMER_FIELDS:
        if not data.get(name):
            problems.add("REQUIRED", name, f"{name} is required")
    if data.get("customer_id") not in (None, "", order.customer.id):
        raise not_found("Customer", data["customer_id"])
    return order.customer.party

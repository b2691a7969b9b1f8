"""Mirakl's operations: path, permissions and handler of each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.routing import Map, Rule

from inbox.sandbox import (
    accounts,
    documents,
    evaluations,
    legacy,
    listing,
    orders,
    pictures,
    platforms,
    posting,
    reasons,
    returns,
    service_orders,
    shipments,
    threads,
)
from inbox.sandbox.credentials import FRONT, OPERATOR_ROLE, SELLER

ADMINISTRATOR = "ADMINISTRATOR"  # a scope that no limited key has
EVERYONE = (SELLER, OPERATOR_ROLE, FRONT)


@dataclass(frozen=True, slots=True)
class Operation:
    """`scope` is the right that a seller's key needs, unless it is an administrator's."""

    code: str
    method: str
    path: str
    handler: Callable[..., Any]
    roles: tuple[str, ...] = EVERYONE
    scope: str | None = None
    status: int = 200


OPERATIONS = [
    Operation("M11", "GET", "/api/inbox/threads", listing.answer),
    Operation(
        "M14",
        "POST",
        "/api/inbox/threads",
        posting.open_with_operator,
        roles=(SELLER, OPERATOR_ROLE),
        status=201,
    ),
    Operation("M10", "GET", "/api/inbox/threads/<thread_id>", threads.read),
    Operation("M12", "POST", "/api/inbox/threads/<thread_id>/message", posting.reply, status=201),
    Operation("M13", "GET", "/api/inbox/threads/<attachment_id>/download", threads.download),
    Operation(
        "OR43",
        "POST",
        "/api/orders/<order_id>/threads",
        posting.open_on_order,
        scope="MESSAGE_WRITE",
        status=201,
    ),
    Operation(
        "SOR43",
        "POST",
        "/api/mms/orders/<order_id>/threads",
        posting.open_on_service_order,
        status=201,
    ),
    Operation(
        "SOF43",
        "POST",
        "/api/mms/services/<service_code>/threads",
        posting.open_on_service,
        status=201,
    ),
    Operation("OR11", "GET", "/api/orders", orders.listing, scope="ORDER_READ"),
    Operation("OR12", "GET", "/api/orders/<order_id>", orders.gone, scope=ADMINISTRATOR),
    Operation(
        "OR51",
        "GET",
        "/api/orders/<order_id>/evaluation",
        evaluations.read,
        roles=(SELLER, OPERATOR_ROLE),
    ),
    Operation(
        "ST11",
        "GET",
        "/api/shipments",
        shipments.listing,
        roles=(SELLER, OPERATOR_ROLE),
        scope="ORDER_READ",
    ),
    Operation(
        "RT11",
        "GET",
        "/api/returns",
        returns.listing,
        roles=(SELLER, OPERATOR_ROLE),
        scope="ORDER_RETURN_READ",
    ),
    Operation("SOR11", "GET", "/api/mms/orders", service_orders.listing, roles=(SELLER,)),
    Operation(
        "OR72", "GET", "/api/orders/documents", documents.listing, scope="ORDER_DOCUMENT_READ"
    ),
    Operation(
        "OR73",
        "GET",
        "/api/orders/documents/download",
        documents.download,
        scope="ORDER_DOCUMENT_READ",
    ),
    Operation(
        "OR74",
        "POST",
        "/api/orders/<order_id>/documents",
        documents.upload,
        scope="ORDER_DOCUMENT_WRITE",
    ),
    Operation("MEDIA", "GET", "/media/product/<name>", pictures.download),
    Operation("M01", "GET", "/api/messages", legacy.everything, scope=ADMINISTRATOR),
    Operation(
        "OR41", "GET", "/api/orders/<order_id>/messages", legacy.of_order, scope=ADMINISTRATOR
    ),
    Operation(
        "OR42",
        "POST",
        "/api/orders/<order_id>/messages",
        legacy.write,
        scope=ADMINISTRATOR,
        status=201,
    ),
    Operation("DO01", "GET", "/api/documents", documents.types, scope="ORDER_SETTINGS_READ"),
    Operation(
        "OR76",
        "DELETE",
        "/api/orders/documents/<int:document_id>",
        documents.delete,
        roles=(SELLER, OPERATOR_ROLE),
        scope="ORDER_DOCUMENT_DELETE",
        status=204,
    ),
    Operation("RE01", "GET", "/api/reasons", reasons.all_of_them),
    Operation("RE14", "GET", "/api/reasons/messaging", reasons.of_messages, scope=ADMINISTRATOR),
    Operation(
        "RE02", "GET", "/api/reasons/<reason_type>", reasons.of_type, scope="ORDER_SETTINGS_READ"
    ),
    Operation("CH11", "GET", "/api/channels", accounts.channels, scope="CHANNEL_READ"),
    Operation("A01", "GET", "/api/account", accounts.account, roles=(SELLER,), scope="SHOP_READ"),
    Operation(
        "A21",
        "GET",
        "/api/account/statistics",
        accounts.statistics,
        roles=(SELLER,),
        scope="SHOP_READ",
    ),
    Operation(
        "PC01",
        "GET",
        "/api/platform/configuration",
        platforms.configuration,
        roles=(SELLER, OPERATOR_ROLE),
    ),
    Operation("V01", "GET", "/api/version", accounts.version, roles=(SELLER,)),
    Operation("S20", "GET", "/api/shops", accounts.shops, roles=(OPERATOR_ROLE,)),
]
TOKEN_OPERATION = "OAUTH"  # noqa: S105
CODES = [operation.code for operation in OPERATIONS] + [TOKEN_OPERATION]

ROUTES = Map(
    [
        *(Rule(o.path, methods=[o.method], endpoint=o) for o in OPERATIONS),
        Rule("/oauth/token", methods=["POST"], endpoint=TOKEN_OPERATION),
    ],
    strict_slashes=False,
    redirect_defaults=False,
    merge_slashes=False,
)

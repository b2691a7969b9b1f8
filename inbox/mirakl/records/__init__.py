"""Mirakl's answers as records. Enumerations are text: they grow without notice."""

import msgspec

from inbox.mirakl.decoding import prepare
from inbox.mirakl.records.accounts import (
    Account,
    Channel,
    Features,
    Figure,
    Platform,
    Reason,
    ShipmentFeatures,
    Shop,
    ShopPage,
    Statistics,
    Version,
)
from inbox.mirakl.records.legacy import (
    Document,
    DocumentType,
    LegacyMessage,
    LegacyPage,
    PostedMessage,
)
from inbox.mirakl.records.orders import Order, OrderLine
from inbox.mirakl.records.services import ServiceOrder
from inbox.mirakl.records.shipments import Evaluation, Return, Shipment, Tracking
from inbox.mirakl.records.threads import (
    Attachment,
    Entity,
    Message,
    Metadata,
    NoReplyNeeded,
    Organization,
    Participant,
    Sender,
    SendResult,
    Thread,
    ThreadPage,
    Topic,
)

__all__ = [
    "Account",
    "Attachment",
    "Channel",
    "Document",
    "DocumentType",
    "Entity",
    "Evaluation",
    "Features",
    "Figure",
    "LegacyMessage",
    "LegacyPage",
    "Message",
    "Metadata",
    "NoReplyNeeded",
    "Order",
    "OrderLine",
    "Organization",
    "Participant",
    "Platform",
    "SendResult",
    "PostedMessage",
    "Reason",
    "Return",
    "Sender",
    "ServiceOrder",
    "Shipment",
    "ShipmentFeatures",
    "Shop",
    "ShopPage",
    "Statistics",
    "Thread",
    "ThreadPage",
    "Topic",
    "Tracking",
    "Version",
]

_ALL = [kind for kind in vars().values() if isinstance(kind, type)]
prepare(*(kind for kind in _ALL if issubclass(kind, msgspec.Struct)))

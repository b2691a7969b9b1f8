"""Whether Mirakl's records are of an erased customer: those from before are not stored or shown.

A marketplace without erasures costs no query.
"""

import hmac
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec
from django.utils.translation import gettext as _

from inbox import mirakl
from inbox.models import Erasure, ErasureKey, ErasureMark, Marketplace
from inbox.services.marketplaces import sealing
from inbox.services.mirakl_ids import stored_id

CUSTOMER, THREAD, ORDER = "customer", "thread", "order"
KEY = "key"

# What an id is of, and the id.
Named = tuple[str, str]


# -- marking ------------------------------------------------------------------


def mark(erasure: Erasure, names: Iterable[Named]) -> None:
    """Marks stay with the erasure that made them first."""
    key = next(iter(_keys()), None) or _make_key()
    digests = {_digest(key, erasure.host, name) for name in names if name[1]}
    rows = [ErasureMark(erasure=erasure, digest=one) for one in sorted(digests)]
    ErasureMark.objects.bulk_create(rows, ignore_conflicts=True)


def _make_key() -> bytes:
    key = secrets.token_hex(32)
    ErasureKey.objects.create(sealed_credential=sealing.seal({KEY: key}))
    return bytes.fromhex(key)


def _keys() -> list[bytes]:
    """The newest first."""
    stored = ErasureKey.objects.order_by("-pk").values_list("sealed_credential", flat=True)
    opened = [sealing.unseal(one) for one in stored]
    return [bytes.fromhex(one.secret[KEY]) for one in opened if one and KEY in one.secret]


def _digest(key: bytes, host: str, name: Named) -> bytes:
    whole = "".join(f"{len(part)}:{part}" for part in (host, *name))
    return hmac.digest(key, whole.encode(), sha256)


# -- finding ------------------------------------------------------------------


@dataclass(frozen=True)
class Hasher:
    """Hashes ids of one host with each key."""

    host: str
    keys: Collection[bytes]

    @classmethod
    def of_host(cls, host: str) -> "Hasher":
        return cls(host, _keys())

    def digests(self, name: Named) -> Iterator[bytes]:
        yield from (_digest(key, self.host, name) for key in self.keys)


def find(marketplace: Marketplace, names: Iterable[Named]) -> Mapping[Named, datetime]:
    """Those that were erased, and when last."""
    if not marketplace.has_erasures:
        return {}
    hasher = Hasher.of_host(marketplace.origin)
    by_digest = {one: name for name in set(names) for one in hasher.digests(name)}
    marks = ErasureMark.objects.filter(digest__in=by_digest)
    found = {bytes(digest): at for digest, at in marks.values_list("digest", "erasure__at")}
    return {by_digest[digest]: at for digest, at in found.items()}


# -- conversations --------------------------------------------------------------


def strip(
    marketplace: Marketplace, newest: Mapping[str, mirakl.Thread], known: Collection[str]
) -> dict[str, mirakl.Thread]:
    """The threads without what was erased, by stored id. One that is not `known` and has nothing
    newer is left out."""
    if not marketplace.has_erasures:
        return dict(newest)
    names = {key: _names_in(key, record) for key, record in newest.items()}
    erased = find(marketplace, (name for each in names.values() for name in each))
    stripped = {}
    for key, record in newest.items():
        at = max((erased[name] for name in names[key] if name in erased), default=None)
        one = _strip(record, at) if at else record
        if at is None or one.messages or key in known:
            stripped[key] = one
    return stripped


def _names_in(key: str, record: mirakl.Thread) -> list[Named]:
    everybody = [*record.current_participants, *record.authorized_participants]
    customers = {one.id for one in everybody if one.type == "CUSTOMER" and one.id}
    return [(THREAD, key), *((CUSTOMER, stored_id(one)) for one in sorted(customers))]


def _strip(record: mirakl.Thread, at: datetime) -> mirakl.Thread:
    """Without messages until then; without names too, unless the customer has written since."""
    kept = [one for one in record.messages if one.date_created and one.date_created > at]
    writers = [one.sender.type or "" for one in kept if one.sender]
    if any(writer.startswith("CUSTOMER") for writer in writers):
        return msgspec.structs.replace(record, messages=kept)
    sender = record.metadata.last_sender
    nameless = sender and msgspec.structs.replace(
        sender, display_name=None, organization_details=None
    )
    is_code = record.topic is not None and record.topic.type == "REASON_CODE"
    return msgspec.structs.replace(
        record,
        messages=kept,
        topic=record.topic if is_code else None,
        customer_organization=None,
        current_participants=_nameless(record.current_participants),
        authorized_participants=_nameless(record.authorized_participants),
        metadata=msgspec.structs.replace(record.metadata, last_sender=nameless),
    )


def _nameless(participants: list[mirakl.Participant]) -> list[mirakl.Participant]:
    return [
        mirakl.Participant(type=one.type) if one.type == "CUSTOMER" else one for one in participants
    ]


# -- orders and their messages ----------------------------------------------------


def is_erased_order(marketplace: Marketplace, order_id: str) -> bool:
    return bool(find(marketplace, [(ORDER, order_id)]))


def describe(marketplace: Marketplace, order_id: str) -> str:
    """Why the order is not shown; empty if it is."""
    is_erased = is_erased_order(marketplace, order_id)
    return _("The customer of this order was erased.") if is_erased else ""


def is_of_erased(marketplace: Marketplace, order: mirakl.Order) -> bool:
    """Whether its customer was erased after ordering."""
    customer = order.customer.customer_id
    if not customer:
        return False
    at = find(marketplace, [(CUSTOMER, customer)]).get((CUSTOMER, customer))
    return at is not None and (order.created_date is None or order.created_date <= at)


def drop_messages(
    marketplace: Marketplace, messages: list[mirakl.LegacyMessage]
) -> list[mirakl.LegacyMessage]:
    """Without those of erased customers and orders."""
    if not marketplace.has_erasures:
        return messages
    names = {one.id: _names_of_message(one) for one in messages}
    erased = find(marketplace, (name for each in names.values() for name in each))
    return [one for one in messages if not _is_erased(one, names[one.id], erased)]


def _names_of_message(message: mirakl.LegacyMessage) -> list[Named]:
    customers = [(CUSTOMER, one) for one in (message.from_id, message.to_customer_id) if one]
    return [*customers, *([(ORDER, message.order_id)] if message.order_id else [])]


def _is_erased(
    message: mirakl.LegacyMessage, names: Iterable[Named], erased: Mapping[Named, datetime]
) -> bool:
    at = max((erased[name] for name in names if name in erased), default=None)
    return at is not None and (message.date_created is None or message.date_created <= at)

"""Reasons to write: the topics that a marketplace names itself, told apart by code (RE01)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from inbox import mirakl
from inbox.models import Marketplace, Thread
from inbox.services import daily

PATIENCE_SECONDS = 10
REASON_CODE, FREE_TEXT = "REASON_CODE", "FREE_TEXT"
# The type of the reasons that a thread on each kind of entity takes.
TYPES = {
    "MMP_ORDER": "ORDER_MESSAGING",
    "MMP_OFFER": "OFFER_MESSAGING",
    "SELLER_OPERATOR": "MMP_SELLER_MESSAGING",
    "MPS_ORDER": "MPS_ORDER_MESSAGING",
    "MPS_SERVICE": "MPS_OFFER_MESSAGING",
}
# What an instance without RE01 knows.
OLDER_TYPES = ("ORDER_MESSAGING", "OFFER_MESSAGING", "MPS_ORDER_MESSAGING", "MPS_OFFER_MESSAGING")
OLDEST_TYPE = "MESSAGING"
RIGHTS = {
    "seller": "is_shop_right",
    "operator": "is_operator_right",
    "front": "is_customer_right",
}
NOT_THERE = {404, 405, 410}


@dataclass(frozen=True)
class Reason:
    code: str
    label: str
    type: str
    is_ours: bool  # whether our role may give it

    @property
    def is_for_messages(self) -> bool:
        return self.type.endswith(OLDEST_TYPE)


def label_topics(threads: Iterable[Thread], *, silent: Collection[Marketplace] = ()) -> None:
    """Give threads whose topic is a code its label, where it is known in time.

    Of marketplaces that are `silent` only what is kept already is taken.
    """
    coded = [thread for thread in threads if thread.topic_type == REASON_CODE]
    marketplaces = {thread.marketplace for thread in coded}
    known = daily.answers("reasons", marketplaces, read, silent=silent)
    labels = {pk: _labels(found) for pk, found in known.items()}
    for thread in coded:
        of_marketplace = labels.get(thread.marketplace_id, {})
        code = thread.topic_value
        exact = of_marketplace.get((TYPES.get(thread.entity_type, ""), code))
        thread.reason_label = exact or of_marketplace.get(("", code), "")


def _labels(reasons: list[Reason]) -> dict[tuple[str, str], str]:
    """By type and code; by code alone under an empty type, those of messages going first."""
    labels: dict[tuple[str, str], str] = {}
    for reason in sorted(reasons, key=lambda reason: reason.is_for_messages):
        labels[reason.type, reason.code] = labels["", reason.code] = reason.label
    return labels


def offered(marketplace: Marketplace, entity_type: str) -> list[Reason]:
    """What our side may say a thread on such an entity is about; nothing where it is not known."""
    known = daily.answers("reasons", [marketplace], read).get(marketplace.pk, [])
    wanted = TYPES.get(entity_type)
    ours = [reason for reason in known if reason.is_ours]
    found = [reason for reason in ours if reason.type == wanted]
    if found or wanted not in OLDER_TYPES:
        return found
    return [reason for reason in ours if reason.type == OLDEST_TYPE]


def read(client: mirakl.MiraklClient) -> list[Reason]:
    """RE01; on an instance without it RE02, type by type; without that, RE14."""
    try:
        found = client.reasons(timeout=PATIENCE_SECONDS)
    except mirakl.Refused as error:
        if error.status not in NOT_THERE:
            raise
        return _read_older(client) or _read_oldest(client)
    return [_reason(one, one.type or "", client.role) for one in found]


def _read_older(client: mirakl.MiraklClient) -> list[Reason]:
    reasons: list[Reason] = []
    for type_ in OLDER_TYPES:
        try:
            found = client.reasons_of_type(type_, timeout=PATIENCE_SECONDS)
        except mirakl.Refused:
            continue
        reasons += [_reason(one, type_, client.role) for one in found]
    return reasons


def _read_oldest(client: mirakl.MiraklClient) -> list[Reason]:
    found = client.messaging_reasons(timeout=PATIENCE_SECONDS)
    return [_reason(one, OLDEST_TYPE, client.role) for one in found]


def _reason(record: mirakl.Reason, type_: str, role: str) -> Reason:
    # Only RE01 tells whose it is; of the others Mirakl refuses what is not ours.
    is_ours = getattr(record, RIGHTS[role]) is not False
    return Reason(record.code, record.label or record.code, type_, is_ours)

"""Reasons for writing: topics that each marketplace defines, identified by code (RE01)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial

from inbox import mirakl
from inbox.models import Marketplace, Thread
from inbox.models.light_rows import Listed
from inbox.services.marketplaces import daily_answers, locales
from inbox.word_forms import fold

PATIENCE_SECONDS = 10
REASON_CODE, FREE_TEXT = "REASON_CODE", "FREE_TEXT"
# The reason types that fit a thread on each kind of entity. A thread with the operator is about
# products or services; a shop may have both.
TYPES = {
    "MMP_ORDER": ["ORDER_MESSAGING"],
    "MMP_OFFER": ["OFFER_MESSAGING"],
    "SELLER_OPERATOR": ["MMP_SELLER_MESSAGING", "MPS_SELLER_MESSAGING"],
    "MPS_ORDER": ["MPS_ORDER_MESSAGING"],
    "MPS_SERVICE": ["MPS_OFFER_MESSAGING"],
}
# The types of an instance without RE01.
OLDER_TYPES = (
    *("ORDER_MESSAGING", "OFFER_MESSAGING", "MPS_ORDER_MESSAGING", "MPS_OFFER_MESSAGING"),
    *("REFUND", "CANCELATION"),
)
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
    is_ours: bool  # whether our role may choose it

    @property
    def is_for_messages(self) -> bool:
        return self.type.endswith(OLDEST_TYPE)


# By the pk of the marketplace, in the reader's language.
Reasons = dict[int, list[Reason]]


def find_topics(
    threads: Collection[Listed], *, silent: Collection[Marketplace] = ()
) -> dict[int, str]:
    """Topics as text, by the pk of the thread: the label of a code, if it is known in time.

    For marketplaces in `silent` only the cache is used.
    """
    return name_topics(threads, read_reasons(threads, silent=silent))


def read_reasons(
    threads: Iterable[Listed],
    *,
    silent: Collection[Marketplace] = (),
    beside: Collection[Marketplace] = (),
) -> Reasons:
    """Those of marketplaces whose threads have a code; of others `beside`, as far as cached."""
    coded = {thread.marketplace for thread in threads if thread.topic_type == REASON_CODE}
    return _known({*coded, *beside}, {*silent, *({*beside} - coded)})


def name_topics(threads: Collection[Listed], known: Reasons) -> dict[int, str]:
    coded = [thread for thread in threads if thread.topic_type == REASON_CODE]
    labels = {pk: _labels(found) for pk, found in known.items()}
    topics = {thread.pk: thread.topic_value for thread in threads}
    for thread in coded:
        of_marketplace = labels.get(thread.marketplace_id, {})
        types = [*TYPES.get(thread.entity_type, []), ""]
        found = (of_marketplace.get((type_, thread.topic_value)) for type_ in types)
        topics[thread.pk] = next(filter(None, found), thread.topic_value)
    return topics


def find_topic(thread: Thread, *, silent: Collection[Marketplace] = ()) -> str:
    return find_topics([thread], silent=silent)[thread.pk]


def get_labels(marketplace: Marketplace) -> Callable[[str, str | None], str]:
    """From a type and a code to the label in the reader's language; empty if unknown."""
    labels = _labels(_known([marketplace]).get(marketplace.pk, []))
    return lambda type_, code: labels.get((type_, code or ""), "")


def no_label(_type: str, _code: str | None) -> str:
    """For objects without a reason to look up."""
    return ""


def find_codes_by_word(words: str, marketplaces: Collection[Marketplace]) -> set[str]:
    """Codes whose label holds a word that begins so, among cached labels."""
    return {
        reason.code
        for reason in list_for_messages(marketplaces)
        if any(word.startswith(words) for word in fold(reason.label).split())
    }


def find_codes_by_label(label: str, marketplaces: Collection[Marketplace]) -> set[str]:
    """The code itself, and codes whose label begins so, among cached labels."""
    begun = fold(label)
    reasons = list_for_messages(marketplaces)
    return {label, *(one.code for one in reasons if fold(one.label).startswith(begun))}


def list_for_messages(marketplaces: Collection[Marketplace]) -> list[Reason]:
    """The reasons of threads there, by label, as far as cached."""
    return choose_for_messages(_known(marketplaces, silent=marketplaces))


def name_codes(marketplaces: Collection[Marketplace]) -> dict[str, str]:
    """Labels by code, as far as cached; where marketplaces name a code differently, all of them."""
    labels = defaultdict[str, dict[str, None]](dict)
    for one in list_for_messages(marketplaces):
        labels[one.code][one.label] = None
    return {code: " / ".join(found) for code, found in labels.items()}


def choose_for_messages(known: Reasons) -> list[Reason]:
    found = [one for reasons in known.values() for one in reasons if one.is_for_messages]
    return sorted(found, key=lambda reason: fold(reason.label))


def _known(marketplaces: Iterable[Marketplace], silent: Collection[Marketplace] = ()) -> Reasons:
    locale = locales.get_reader_locale()
    return daily_answers.get_daily_answers(
        f"reasons:{locale}",
        list[Reason],
        marketplaces,
        partial(fetch_reasons, locale=locale),
        silent=silent,
    )


def _labels(reasons: list[Reason]) -> dict[tuple[str, str], str]:
    """By type and code; also by code alone under an empty type, where those of messages win."""
    labels: dict[tuple[str, str], str] = {}
    for reason in sorted(reasons, key=lambda reason: reason.is_for_messages):
        labels[reason.type, reason.code] = labels["", reason.code] = reason.label
    return labels


def list_offered(marketplace: Marketplace, entity_type: str) -> list[Reason]:
    """The reasons our side may give a thread on such an entity; empty if unknown."""
    known = _known([marketplace]).get(marketplace.pk, [])
    wanted = TYPES.get(entity_type, [])
    ours = [reason for reason in known if reason.is_ours]
    found = [reason for type_ in wanted for reason in ours if reason.type == type_]
    if not found and set(wanted) & set(OLDER_TYPES):
        return [reason for reason in ours if reason.type == OLDEST_TYPE]
    # Of two with the same label, keep the first.
    return list({reason.label: reason for reason in reversed(found)}.values())[::-1]


def fetch_reasons(client: mirakl.MiraklClient, locale: str) -> list[Reason]:
    """RE01; on an instance without it RE02, type by type; without that, RE14."""
    try:
        found = client.reasons(locale=locale, timeout=PATIENCE_SECONDS)
    except mirakl.Refused as error:
        if error.status not in NOT_THERE:
            raise
        return _read_older(client, locale) or _read_oldest(client)
    return [_reason(one, one.type or "", client.role) for one in found]


def _read_older(client: mirakl.MiraklClient, locale: str) -> list[Reason]:
    reasons: list[Reason] = []
    for type_ in OLDER_TYPES:
        try:
            found = client.reasons_of_type(type_, locale=locale, timeout=PATIENCE_SECONDS)
        except mirakl.Refused:
            continue
        reasons += [_reason(one, type_, client.role) for one in found]
    return reasons


def _read_oldest(client: mirakl.MiraklClient) -> list[Reason]:
    found = client.messaging_reasons(timeout=PATIENCE_SECONDS)
    return [_reason(one, OLDEST_TYPE, client.role) for one in found]


def _reason(record: mirakl.Reason, type_: str, role: str) -> Reason:
    # Only RE01 says whose a reason is; with the others Mirakl refuses one that is not ours.
    is_ours = getattr(record, RIGHTS[role]) is not False
    return Reason(record.code, record.label or record.code, type_, is_ours)

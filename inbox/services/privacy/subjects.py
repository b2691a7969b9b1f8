"""One customer, as the desk knows them on all connections to a marketplace's host."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet

from inbox.models import Erasure, Marketplace, Message, Outgoing, Thread
from inbox.services.marketplaces.erasure_marks import CUSTOMER, ORDER, THREAD, Hasher, Named

# A shorter name is part of too many words.
SHORTEST_NAME = 4
BATCH = 2000


@dataclass(frozen=True)
class Subject:
    """Mirakl's ids of the customer, of their conversations and of their orders."""

    marketplaces: Sequence[Marketplace]
    customers: frozenset[str]
    threads: frozenset[str]
    orders: frozenset[str]
    notes: str = Erasure.Notes.NAMED

    @property
    def is_known(self) -> bool:
        return bool(self.threads or self.orders)

    @property
    def marks(self) -> list[Named]:
        names = {CUSTOMER: self.customers, THREAD: self.threads, ORDER: self.orders}
        return [(kind, one) for kind, ids in names.items() for one in sorted(ids)]

    @property
    def conversations(self) -> QuerySet[Thread]:
        return Thread.objects.filter(
            marketplace__in=self.marketplaces, mirakl_id__in=sorted(self.threads)
        )

    @property
    def messages(self) -> QuerySet[Message]:
        """Dates decide, not the conversation: what came after an erasure is allowed."""
        return Message.objects.filter(thread__in=self.conversations)

    @property
    def replies(self) -> QuerySet[Outgoing]:
        about = Q(thread__in=self.conversations) | Q(created_thread_id__in=sorted(self.threads))
        about |= Q(subject_id__in=sorted(self.orders))
        about |= Q(details__customer__id__in=sorted(self.customers))
        return Outgoing.objects.filter(about, marketplace__in=self.marketplaces)

    @cached_property
    def names(self) -> Collection[str]:
        """The customer's names that are stored."""
        found = set(self.conversations.values_list("customer_name", flat=True))
        theirs = self.messages.filter(sender_type__startswith="CUSTOMER")
        found |= set(theirs.values_list("sender_name", flat=True))
        details = self.replies.values_list("details", flat=True)
        named = [one.customer for one in details if one and one.customer]
        found |= {f"{one.first_name} {one.last_name}".strip() for one in named}
        found |= {one.email for one in named}
        return sorted(one for one in found if len(one) >= SHORTEST_NAME)


def find_subject(marketplace: Marketplace, text: str) -> Subject:
    """By a customer's id, or that of one of their conversations or orders."""
    shown = Thread.objects.filter(marketplace__in=_of_host(marketplace.origin))
    named = Q(customer_id=text) | Q(mirakl_id=text)
    named |= Q(entity_type="MMP_ORDER", entity_id=text)
    customers = set(shown.filter(named).values_list("customer_id", flat=True)) - {""}
    return _collect(marketplace, customers or {text}, set(), set(), text)


def find_erased(erasure: Erasure) -> Subject:
    """Whom an erasure is about, by its hashes."""
    wanted = {bytes(one) for one in erasure.marks.values_list("digest", flat=True)}
    hasher = Hasher.of_host(erasure.host)

    def is_marked(kind: str, mirakl_id: str) -> bool:
        return any(one in wanted for one in hasher.digests((kind, mirakl_id)))

    customers, threads, orders = set[str](), set[str](), set[str]()
    marketplaces = _of_host(erasure.host)
    shown = Thread.objects.filter(marketplace__in=marketplaces).order_by("pk")
    columns = shown.values_list("customer_id", "mirakl_id", "entity_type", "entity_id")
    for customer, thread, entity_type, entity in columns.iterator(BATCH):
        if customer and is_marked(CUSTOMER, customer):
            customers.add(customer)
        if is_marked(THREAD, thread):
            threads.add(thread)
        if entity_type == "MMP_ORDER" and is_marked(ORDER, entity):
            orders.add(entity)
    about = Outgoing.objects.filter(marketplace__in=marketplaces).exclude(subject_id="")
    subjects = about.values_list("subject_id", flat=True).distinct()
    orders |= {one for one in subjects if is_marked(ORDER, one)}
    first = next(iter(marketplaces), None)
    if first is None:
        return Subject([], frozenset(), frozenset(), frozenset(), erasure.notes)
    return _collect(first, customers, threads, orders, "", notes=erasure.notes)


def _of_host(host: str) -> Sequence[Marketplace]:
    return [one for one in Marketplace.objects.all() if one.origin == host]


def _collect(
    marketplace: Marketplace,
    customers: Iterable[str],
    threads: Iterable[str],
    orders: Iterable[str],
    text: str,
    notes: str = Erasure.Notes.NAMED,
) -> Subject:
    """With the conversations of the customers, and all those on the same orders."""
    marketplaces = _of_host(marketplace.origin)
    shown = Thread.objects.filter(marketplace__in=marketplaces)
    named = Q(customer_id__in=sorted(customers)) | Q(mirakl_id__in=[text, *sorted(threads)])
    named |= Q(entity_type="MMP_ORDER", entity_id__in=[text, *sorted(orders)])
    found = list(shown.filter(named).values_list("mirakl_id", "entity_type", "entity_id"))
    theirs = {entity for _id, kind, entity in found if kind == "MMP_ORDER" and entity}
    beside = shown.filter(entity_type="MMP_ORDER", entity_id__in=sorted(theirs))
    about = Outgoing.objects.filter(marketplace__in=marketplaces, subject_id=text)
    is_order = bool(text) and about.exists()
    ids = {one for one, _kind, _entity in found} | set(beside.values_list("mirakl_id", flat=True))
    return Subject(
        marketplaces,
        frozenset(customers),
        frozenset(ids | set(threads)),
        frozenset(theirs | set(orders) | ({text} if is_order else set())),
        notes,
    )

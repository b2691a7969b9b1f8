"""A storefront's customers. Its credentials see all of them, so one is chosen before any call.

Every call names that customer, and its answer is stored as theirs: a thread's row says whose it is,
and is never shown for another customer.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from inbox import mirakl
from inbox.models import Marketplace, Outgoing, Thread
from inbox.models.threads import ThreadQuerySet
from inbox.services import error_texts
from inbox.services.marketplaces import erasure_marks, orders
from inbox.services.mirakl_ids import stored_id

MOST_RECENT = 30


@dataclass(frozen=True)
class Customer:
    """A customer, with name and organization if Mirakl sent them."""

    id: str
    name: str = ""
    organization_id: str = ""
    organization: str = ""

    @property
    def called(self) -> str:
        return self.name or self.id


@dataclass(frozen=True)
class OrderCustomer:
    """The customer who owns an order; if unknown, `words` say why.

    `is_unknown`: Mirakl has answered that there is no such order.
    """

    customer: Customer | None = None
    words: str = ""
    is_unknown: bool = False

    @property
    def customer_id(self) -> str:
        return self.customer.id if self.customer else ""


def find_by_order(marketplace: Marketplace, order_id: str) -> OrderCustomer:
    """The owner from a mirrored thread on the order, or from OR11; needed for storefronts only."""
    if not marketplace.is_storefront:
        return OrderCustomer()
    threads = list_mirrored_threads(marketplace).filter(entity_type="MMP_ORDER", entity_id=order_id)
    if known := threads.by_newest().first():
        return OrderCustomer(_of_row(known))
    try:
        found = orders.fetch_order(marketplace, order_id)
    except mirakl.MiraklError as error:
        return OrderCustomer(words=error_texts.not_shown(error, marketplace))
    if found and found.customer.customer_id:
        return OrderCustomer(_of_record(found.customer.customer_id, found))
    return describe_missing_order(marketplace)


def describe_missing_order(marketplace: Marketplace) -> OrderCustomer:
    words = _("%(name)s can't find this order. Check the order number.")
    return OrderCustomer(words=words % {"name": marketplace.name}, is_unknown=True)


def find_id_by_thread(marketplace: Marketplace, mirakl_id: str) -> str:
    """The customer id for a call of M10.

    Empty for any role but a storefront's. A storefront may not call M10 for an unknown customer. A
    thread that we started has no row until it is first read; the order it was started on has an
    owner.
    """
    if not marketplace.is_storefront:
        return ""
    if known := list_mirrored_threads(marketplace).filter(mirakl_id=mirakl_id).first():
        return known.customer_id
    begun = Outgoing.objects.filter(marketplace=marketplace, created_thread_id=mirakl_id).first()
    if begun is None:
        return ""
    if named := begun.details.customer:
        return named.id
    return find_by_order(marketplace, begun.subject_id).customer_id


def adopt_threads(marketplace: Marketplace, records: list[mirakl.Thread], customer_id: str) -> None:
    """Set the owner on records that do not name one: Mirakl returned them for this customer."""
    newest = {stored_id(record.id): record for record in records}
    theirs = list(erasure_marks.strip(marketplace, newest, known=()))
    nobodys = Thread.objects.filter(marketplace=marketplace, customer_id="")
    nobodys.filter(mirakl_id__in=theirs).update(customer_id=customer_id)


def list_recent(marketplace: Marketplace) -> list[Customer]:
    """Customers whose threads have been read here, by name."""
    known = list_mirrored_threads(marketplace).order_by("customer_id", "-last_message_at")
    newest = known.distinct("customer_id")[:MOST_RECENT]
    return sorted(map(_of_row, newest), key=lambda one: (one.called.casefold(), one.id))


def find_by_id(marketplace: Marketplace, customer_id: str) -> Customer:
    row = list_mirrored_threads(marketplace).filter(customer_id=customer_id).by_newest().first()
    return _of_row(row) if row else Customer(customer_id)


def list_mirrored_threads(marketplace: Marketplace) -> ThreadQuerySet:
    """Threads with a known owner; no other is ever shown."""
    return Thread.objects.filter(marketplace=marketplace).exclude(customer_id="")


def _of_row(thread: Thread) -> Customer:
    return Customer(thread.customer_id, thread.customer_name, organization=thread.organization_name)


def _of_record(customer_id: str, order: mirakl.Order) -> Customer:
    names = filter(None, (order.customer.firstname, order.customer.lastname))
    company = order.customer.organization
    return Customer(
        customer_id,
        " ".join(names),
        (company and company.organization_id) or "",
        (company and company.name) or "",
    )

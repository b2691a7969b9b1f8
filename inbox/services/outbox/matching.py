"""Searches Mirakl for the message that an unconfirmed reply has become."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf

from django.db.models import Q

from inbox import mirakl
from inbox.mirakl.wire import Paging
from inbox.models import Candidate, Message, Outgoing, OutgoingFile
from inbox.services.files import safe_name
from inbox.services.marketplaces import calls
from inbox.services.mirror import mapping
from inbox.services.outbox.bodies import comparable_text, wire_body
from inbox.text import storable

# Mirakl's clock and ours differ by less than this.
CLOCK_SLACK = timedelta(minutes=2)
# A clock that is further behind is not believed.
MOST_BEHIND = timedelta(days=1)
# Few threads can be it, so there are few pages.
SEARCH_SECONDS = 15
# They have few threads: all are compared, with any date.
OF_ONE_ORDER = {Outgoing.Kind.ORDER_THREAD, Outgoing.Kind.SERVICE_ORDER_THREAD}


@dataclass(frozen=True)
class Sighting:
    """A message of our side or a document at Mirakl that may be the reply."""

    id: str
    is_equal: bool
    title: str
    body: str
    sent_at: datetime | None
    thread_id: str = ""
    file: OutgoingFile | None = None


def find_sightings(client: mirakl.MiraklClient, reply: Outgoing) -> list[Sighting]:
    """Messages of our side that may be this reply, oldest first.

    Mirakl may change bodies, so a different text excludes none: `is_equal` says whether the text is
    the reply's. Messages mirrored before the reply was written are left out.
    """
    if reply.kind == Outgoing.Kind.ORDER_MESSAGE:
        return _order_messages(client, reply)
    threads = _threads(client, reply)
    return _oldest_first(one for thread in threads for one in _sightings(thread, reply))


def _oldest_first(seen: Iterable[Sighting]) -> list[Sighting]:
    latest = datetime.max.replace(tzinfo=UTC)
    return sorted(seen, key=lambda one: (one.sent_at or latest, one.id))


def _sightings(thread: mirakl.Thread, reply: Outgoing) -> Iterator[Sighting]:
    """In a new thread only its first message may be the reply, unless another is equal."""
    is_about = not reply.starts_thread or _is_about(thread, reply)
    messages = thread.messages or []
    dated = [one.date_created for one in messages if one.date_created]
    title = (thread.topic.value if thread.topic and reply.starts_thread else "") or ""
    for message in _news(messages, reply, is_about):
        is_equal = is_about and _is_equal(message, reply)
        begins = message.date_created is None or message.date_created == min(dated)
        if is_equal or begins or not reply.starts_thread:
            yield Sighting(
                storable(message.id),
                is_equal,
                title,
                message.body or "",
                message.date_created,
                thread.id,
            )


def _news(
    messages: list[mirakl.Message], reply: Outgoing, is_about: bool
) -> Iterator[mirakl.Message]:
    """Messages of our side that may have come since the reply was written, with any date.

    A marketplace's clock may be wrong. A message below one that the mirror had, and that was not
    mirrored itself, is new; so may a whole thread be.
    """
    if not any(_is_ours(message, reply) for message in messages):
        return
    known = _mirrored_before(messages, reply)
    is_below = reply.starts_thread and is_about and not known
    for message in messages:
        if storable(message.id) in known:
            is_below = True
        elif _is_ours(message, reply) and (is_below or _may_be_recent(reply, message.date_created)):
            yield message


def _mirrored_before(messages: list[mirakl.Message], reply: Outgoing) -> set[str]:
    mirrored = Message.objects.filter(
        marketplace=reply.marketplace,
        mirakl_id__in=[storable(message.id) for message in messages],
        pk__lte=reply.mirrored_until,
    )
    return set(mirrored.values_list("mirakl_id", flat=True))


def _threads(client: mirakl.MiraklClient, reply: Outgoing) -> Iterator[mirakl.Thread]:
    if reply.starts_thread:
        pages = client.iter_threads(
            entity_type=Outgoing.Kind(reply.kind).entity_type,
            entity_ids=[reply.subject_id] if reply.subject_id else [],
            updated_since=None if reply.kind in OF_ONE_ORDER else _earliest(reply),
            with_messages=True,
        )
        ends_at = time.monotonic() + SEARCH_SECONDS
        for page in pages:
            yield from page.threads
            if time.monotonic() > ends_at:
                # A search that is not complete can't say that the reply is missing.
                raise mirakl.Unavailable("Its pages have no end.", operation="M11")
        return
    thread = reply.replied_thread
    customer = thread.customer_id if reply.marketplace.role == "front" else ""
    try:
        yield client.read_thread(thread.mirakl_id, customer_id=customer or None)
    except mirakl.NotFound:
        return


def _is_about(thread: mirakl.Thread, reply: Outgoing) -> bool:
    return thread.topic is None or comparable_text(thread.topic.value or "") == comparable_text(
        reply.topic_value
    )


def _is_ours(message: mirakl.Message, reply: Outgoing) -> bool:
    """Whether it is by our side to the same recipients, as far as Mirakl says."""
    sender = (message.sender.type if message.sender else "") or ""
    readers = {one.type for one in message.to or []}
    is_by_us = sender.removesuffix("_USER") in ("", reply.marketplace.our_side)
    return is_by_us and readers in (set(), {one.type for one in reply.recipients})


def _is_equal(message: mirakl.Message, reply: Outgoing) -> bool:
    return (
        bool(message.sender and message.sender.type)
        and _is_recent(reply, message.date_created)
        and len(message.attachments or []) == len(reply.files.all())
        and _has_text(message.body, reply)
    )


def _has_text(body: str | None, reply: Outgoing) -> bool:
    sent = wire_body(reply.body, reply.marketplace.body_format)
    return comparable_text(body or "") in (comparable_text(sent), comparable_text(reply.body))


def _is_recent(reply: Outgoing, sent_at: datetime | None) -> bool:
    """Certainly since it was written. Not since the latest attempt: an earlier one may have arrived
    late."""
    known = mapping.clean_moment(sent_at)
    return known is not None and known >= reply.created_at - CLOCK_SLACK


def _may_be_recent(reply: Outgoing, sent_at: datetime | None) -> bool:
    """Possibly since it was written, by a clock that may be wrong."""
    known = mapping.clean_moment(sent_at)
    return known is None or known >= _earliest(reply)


def _earliest(reply: Outgoing) -> datetime:
    """By the marketplace's clock, known from its latest answer."""
    ahead = timedelta(seconds=calls.clocks_ahead.get(reply.marketplace.slug) or 0)
    return reply.created_at - CLOCK_SLACK - min(max(-ahead, timedelta()), MOST_BEHIND)


def is_mirrored_as(reply: Outgoing, message: Message) -> bool:
    """Whether the stored message has the text of a reply that Mirakl accepted without an id, or a
    text that Mirakl has erased since."""
    return may_be_message(reply, message) and (
        message.gone_at is not None or _is_same_message(message, reply)
    )


def may_be_message(reply: Outgoing, message: Message) -> bool:
    """Whether the stored message is by our side, to the same recipients and newer."""
    readers = {one.type for one in message.recipients}
    return (
        message.pk > reply.mirrored_until
        and message.is_ours
        and readers in (set(), {one.type for one in reply.recipients})
        and _may_be_recent(reply, message.created_at)
    )


def _is_same_message(message: Message, reply: Outgoing) -> bool:
    has_files = len(message.attachments.all()) == len(reply.files.all())
    return has_files and _has_text(message.body, reply)


def is_started_as(reply: Outgoing, first: Message) -> bool:
    """Whether the first message of a thread is the reply, by its topic or its text."""
    is_titled = comparable_text(first.thread.topic_value) == comparable_text(reply.topic_value)
    is_ours = first.is_ours and _may_be_recent(reply, first.created_at)
    return (is_titled and is_ours) or is_mirrored_as(reply, first)


# -- order messages -------------------------------------------------------


def _order_messages(client: mirakl.MiraklClient, reply: Outgoing) -> list[Sighting]:
    """Reads the newest hundred of OR41."""
    page = client.order_messages(
        reply.subject_id, received="ALL", page=Paging(max=100, sort="dateCreated", order="desc")
    )
    ours = [message for message in page.messages if _is_our_order_message(message, reply)]
    newest_before = _newest_id_before(reply)
    return _oldest_first(
        _order_sighting(message, reply)
        for message in ours
        if _may_be_recent(reply, message.date_created)
        or _is_same_order_message(message, reply)
        or message.id > newest_before
    )


def _newest_id_before(reply: Outgoing) -> float:
    """The highest id of our earlier order messages, as ids grow; infinity if none is known."""
    earlier = Outgoing.objects.filter(
        marketplace=reply.marketplace, kind=reply.kind, created_at__lt=reply.created_at
    )
    ids = earlier.exclude(message_id="").values_list("message_id", flat=True)
    return max((int(one) for one in ids if one.isdecimal()), default=inf)


def _is_our_order_message(message: mirakl.LegacyMessage, reply: Outgoing) -> bool:
    readers = {
        "CUSTOMER": message.to_customer_id,
        "SHOP": message.to_shop_id,
        "OPERATOR": message.to_operator,
    }
    return message.from_type == reply.marketplace.our_side and {
        side for side, reads in readers.items() if reads
    } == {one.type for one in reply.recipients}


def _order_sighting(message: mirakl.LegacyMessage, reply: Outgoing) -> Sighting:
    is_equal = _is_recent(reply, message.date_created) and _is_same_order_message(message, reply)
    subject, body = message.subject or "", message.body or ""
    return Sighting(str(message.id), is_equal, subject, body, message.date_created)


def _is_same_order_message(message: mirakl.LegacyMessage, reply: Outgoing) -> bool:
    is_titled = comparable_text(message.subject or "") == comparable_text(reply.email_subject)
    return is_titled and _has_text(message.body, reply)


# -- documents ------------------------------------------------------------


def document_type(reply: Outgoing, file: OutgoingFile) -> str:
    """The type code that was chosen with the file, by the name that the browser gave it."""
    types = {safe_name(name): code for name, code in reply.details.document_types.items()}
    return str(types[file.name])


def find_documents(
    client: mirakl.MiraklClient, reply: Outgoing
) -> tuple[list[OutgoingFile], list[Sighting]]:
    """Its files that OR72 lists and no other reply has uploaded; and other new documents, which may
    be one of its files under another name or type."""
    listed = client.documents.fetch([reply.subject_id])
    waiting = reply.unsent_files
    found = [file for file in waiting if _arrivals(listed, reply, file) > _rivals(reply, file)]
    strange = _unknown(listed, reply)
    others = [
        Sighting(
            str(one.id), False, one.type or "", one.file_name or "", one.date_uploaded, file=of
        )
        for of in waiting
        if of not in found
        for one in [*strange, *_named_too_early(listed, reply, of)]
    ]
    return found, _oldest_first(others)


def _unknown(listed: list[mirakl.Document], reply: Outgoing) -> list[mirakl.Document]:
    """New documents of the order that the desk has not uploaded under their name."""
    sent = Outgoing.objects.filter(
        marketplace=reply.marketplace, kind=reply.kind, subject_id=reply.subject_id
    )
    names = {
        (safe_name(name), code)
        for details in sent.values_list("details", flat=True)
        for name, code in details.document_types.items()
    }
    recent = [one for one in listed if _may_be_recent(reply, one.date_uploaded)]
    return [one for one in recent if (one.file_name, one.type) not in names]


def _named_too_early(
    listed: list[mirakl.Document], reply: Outgoing, file: OutgoingFile
) -> list[mirakl.Document]:
    """Documents equal to the file except for their date, that no earlier reply has uploaded."""
    named = [
        one
        for one in listed
        if (one.file_name, one.type) == (file.name, document_type(reply, file))
        if not _is_recent(reply, one.date_uploaded)
    ]
    brought = OutgoingFile.objects.filter(
        outgoing__marketplace=reply.marketplace,
        outgoing__kind=reply.kind,
        outgoing__subject_id=reply.subject_id,
        outgoing__created_at__lt=reply.created_at,
        name=file.name,
        file="",
    ).exclude(outgoing__state=Outgoing.State.DISCARDED)
    by_id = sorted(named, key=lambda one: one.id)
    return by_id[brought.count() :]


def _arrivals(listed: list[mirakl.Document], reply: Outgoing, file: OutgoingFile) -> int:
    return sum(
        (document.file_name, document.type) == (file.name, document_type(reply, file))
        and document.file_size in (None, file.size)
        and _is_recent(reply, document.date_uploaded)
        for document in listed
    )


def _rivals(reply: Outgoing, file: OutgoingFile) -> int:
    """How many other files of this name (may) have arrived on this order at about that time."""
    since = reply.created_at - CLOCK_SLACK
    others = OutgoingFile.objects.filter(
        outgoing__kind=reply.kind,
        outgoing__marketplace=reply.marketplace,
        outgoing__subject_id=reply.subject_id,
        name=file.name,
    ).exclude(outgoing=reply)
    is_of_that_time = Q(outgoing__settled_at=None) | Q(outgoing__settled_at__gte=since)
    has_arrived = Q(file="") & ~Q(outgoing__state=Outgoing.State.DISCARDED)
    may_arrive = Q(outgoing__state=Outgoing.State.SENDING)
    return others.filter(is_of_that_time, has_arrived | may_arrive).count()


# -- other replies --------------------------------------------------------


def find_rivals(reply: Outgoing) -> list[Outgoing]:
    """Other replies to the same thread or order, of about the same time."""
    others = Outgoing.objects.filter(
        marketplace=reply.marketplace,
        kind=reply.kind,
        thread=reply.thread,
        subject_id=reply.subject_id,
    ).exclude(pk=reply.pk)
    since = reply.created_at - CLOCK_SLACK
    return list(others.filter(Q(settled_at=None) | Q(settled_at__gte=since)))


def is_twin(other: Outgoing, reply: Outgoing) -> bool:
    return comparable_text(other.body) == comparable_text(reply.body)


def exclude_claimed(reply: Outgoing, seen: list[Sighting]) -> list[Sighting]:
    """The sightings that are not known to be another reply."""
    others = Outgoing.objects.filter(marketplace=reply.marketplace).exclude(pk=reply.pk)
    ids = [one.id for one in seen]
    claimed = set(others.filter(message_id__in=ids).values_list("message_id", flat=True))
    taken = Candidate.objects.filter(
        outgoing__in=others, mirakl_id__in=ids, verdict=Candidate.Verdict.IS_IT
    )
    claimed.update(taken.values_list("mirakl_id", flat=True))
    return [one for one in seen if one.id not in claimed]

"""Is there a message at Mirakl that is the reply nobody confirmed?"""

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
from inbox.services.outbox.bodies import essence, wire_body
from inbox.text import storable

# Mirakl's clock and ours differ by less than this.
CLOCK_SLACK = timedelta(minutes=2)
# Of a clock that is behind by more than this nothing follows.
MOST_BEHIND = timedelta(days=1)
# Of the few threads that can be it there are few pages.
LOOKS_FOR_SECONDS = 15
# They have few conversations: all are looked at, whatever their dates.
OF_ONE_ORDER = {Outgoing.Kind.ORDER_THREAD, Outgoing.Kind.SERVICE_ORDER_THREAD}


@dataclass(frozen=True)
class Sighting:
    """What stands at Mirakl and may be the reply: a message of our side, or a document."""

    id: str
    is_equal: bool
    title: str
    body: str
    sent_at: datetime | None
    thread_id: str = ""
    file: OutgoingFile | None = None


def look(client: mirakl.MiraklClient, reply: Outgoing) -> list[Sighting]:
    """Messages of our side that may be this reply, oldest first.

    Mirakl may alter what it stores, so none is left out for its words: `is_equal` says whether
    they are the reply's. Those that the mirror had before the reply was written are none of it.
    """
    if reply.kind == Outgoing.Kind.ORDER_MESSAGE:
        return _old_messages(client, reply)
    threads = _threads(client, reply)
    return _oldest_first(one for thread in threads for one in _sightings(thread, reply))


def _oldest_first(seen: Iterable[Sighting]) -> list[Sighting]:
    latest = datetime.max.replace(tzinfo=UTC)
    return sorted(seen, key=lambda one: (one.sent_at or latest, one.id))


def _sightings(thread: mirakl.Thread, reply: Outgoing) -> Iterator[Sighting]:
    """A message of a new conversation that does not begin it is none, unless it is equal."""
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
    """Those of our side that may have come since the reply was written, whatever their dates.

    A marketplace's clock may be wrong. What stands below a message that the mirror had, and was
    not there itself, is new; and so may a whole conversation be.
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
        thread__marketplace=reply.marketplace,
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
        ends_at = time.monotonic() + LOOKS_FOR_SECONDS
        for page in pages:
            yield from page.threads
            if time.monotonic() > ends_at:
                # What was not read through says nothing of what is not there.
                raise mirakl.Unavailable("Its pages have no end.", operation="M11")
        return
    assert reply.thread is not None  # noqa: S101  what it is a reply on
    customer = reply.thread.customer_id if reply.marketplace.role == "front" else ""
    try:
        yield client.read_thread(reply.thread.mirakl_id, customer_id=customer or None)
    except mirakl.NotFound:
        return


def _is_about(thread: mirakl.Thread, reply: Outgoing) -> bool:
    return thread.topic is None or essence(thread.topic.value or "") == essence(reply.topic_value)


def _is_ours(message: mirakl.Message, reply: Outgoing) -> bool:
    """By our side, to the same readers; as far as Mirakl says."""
    sender = (message.sender.type if message.sender else "") or ""
    readers = {one.type for one in message.to or []}
    is_by_us = sender.removesuffix("_USER") in ("", reply.marketplace.our_side)
    return is_by_us and readers in (set(), {one["type"] for one in reply.recipients})


def _is_equal(message: mirakl.Message, reply: Outgoing) -> bool:
    return (
        bool(message.sender and message.sender.type)
        and _is_recent(reply, message.date_created)
        and len(message.attachments or []) == len(reply.files.all())
        and _has_words(message.body, reply)
    )


def _has_words(body: str | None, reply: Outgoing) -> bool:
    sent = wire_body(reply.body, reply.marketplace.body_format)
    return essence(body or "") in (essence(sent), essence(reply.body))


def _is_recent(reply: Outgoing, sent_at: datetime | None) -> bool:
    """Surely since it was written, not since the latest attempt: an earlier one may have arrived
    late, and the customer has read it then."""
    known = mapping.moment(sent_at)
    return known is not None and known >= reply.created_at - CLOCK_SLACK


def _may_be_recent(reply: Outgoing, sent_at: datetime | None) -> bool:
    """As far as its date tells, by a clock that may be wrong."""
    known = mapping.moment(sent_at)
    return known is None or known >= _earliest(reply)


def _earliest(reply: Outgoing) -> datetime:
    """By the marketplace's clock, as its latest answer showed it."""
    ahead = timedelta(seconds=calls.clocks_ahead.get(reply.marketplace.slug) or 0)
    return reply.created_at - CLOCK_SLACK - min(max(-ahead, timedelta()), MOST_BEHIND)


def is_mirrored_as(reply: Outgoing, message: Message) -> bool:
    """The mirror's message has the words of a reply that was accepted without an id, or had words
    that Mirakl has erased since."""
    return may_be(reply, message) and (
        message.gone_at is not None or _says_the_same(message, reply)
    )


def may_be(reply: Outgoing, message: Message) -> bool:
    """The mirror's message is of our side, to the same readers, and came after it was written."""
    readers = {one.get("type") for one in message.recipients}
    return (
        message.pk > reply.mirrored_until
        and message.is_ours
        and readers in (set(), {one["type"] for one in reply.recipients})
        and _may_be_recent(reply, message.created_at)
    )


def _says_the_same(message: Message, reply: Outgoing) -> bool:
    has_files = len(message.attachments.all()) == len(reply.files.all())
    return has_files and _has_words(message.body, reply)


def is_begun_as(reply: Outgoing, first: Message) -> bool:
    """The mirror's message begins what the reply began: its topic or its words say so."""
    is_titled = essence(first.thread.topic_value) == essence(reply.topic_value)
    is_ours = first.is_ours and _may_be_recent(reply, first.created_at)
    return (is_titled and is_ours) or is_mirrored_as(reply, first)


# -- from before there were threads ---------------------------------------


def _old_messages(client: mirakl.MiraklClient, reply: Outgoing) -> list[Sighting]:
    """By OR41, whose newest hundred come first."""
    page = client.order_messages(
        reply.subject_id, received="ALL", page=Paging(max=100, sort="dateCreated", order="desc")
    )
    ours = [message for message in page.messages if _is_our_old(message, reply)]
    newest_before = _newest_old_id_before(reply)
    return _oldest_first(
        _old_sighting(message, reply)
        for message in ours
        if _may_be_recent(reply, message.date_created)
        or _says_the_same_old(message, reply)
        or message.id > newest_before
    )


def _newest_old_id_before(reply: Outgoing) -> float:
    """Of what we had posted so, as ids grow; beyond all ids where nothing is known."""
    earlier = Outgoing.objects.filter(
        marketplace=reply.marketplace, kind=reply.kind, created_at__lt=reply.created_at
    )
    ids = earlier.exclude(message_id="").values_list("message_id", flat=True)
    return max((int(one) for one in ids if one.isdecimal()), default=inf)


def _is_our_old(message: mirakl.LegacyMessage, reply: Outgoing) -> bool:
    readers = {
        "CUSTOMER": message.to_customer_id,
        "SHOP": message.to_shop_id,
        "OPERATOR": message.to_operator,
    }
    return message.from_type == reply.marketplace.our_side and {
        side for side, reads in readers.items() if reads
    } == {one["type"] for one in reply.recipients}


def _old_sighting(message: mirakl.LegacyMessage, reply: Outgoing) -> Sighting:
    is_equal = _is_recent(reply, message.date_created) and _says_the_same_old(message, reply)
    subject, body = message.subject or "", message.body or ""
    return Sighting(str(message.id), is_equal, subject, body, message.date_created)


def _says_the_same_old(message: mirakl.LegacyMessage, reply: Outgoing) -> bool:
    is_titled = essence(message.subject or "") == essence(reply.email_subject)
    return is_titled and _has_words(message.body, reply)


# -- documents ------------------------------------------------------------


def document_type(reply: Outgoing, file: OutgoingFile) -> str:
    """Named when it was chosen, under what the browser called it."""
    types = {safe_name(name): code for name, code in reply.details.document_types.items()}
    return str(types[file.name])


def documents_there(
    client: mirakl.MiraklClient, reply: Outgoing
) -> tuple[list[OutgoingFile], list[Sighting]]:
    """Those of its files that OR72 lists, and that no other reply has brought there; and what
    else has come meanwhile, which may be one of the others under another name or type."""
    listed = client.documents.fetch([reply.subject_id])
    waiting = list(reply.files.exclude(file=""))
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
    """New ones on the order, that nothing of the desk's has brought there under their name."""
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
    """Those that are the file but for their date, and that no earlier reply has brought there."""
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
    """Files of the same name that have arrived on this order, or may have, at about that time."""
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


def rivals(reply: Outgoing) -> list[Outgoing]:
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
    return essence(other.body) == essence(reply.body)


def unclaimed(reply: Outgoing, seen: list[Sighting]) -> list[Sighting]:
    """Without those that another reply is known to have become."""
    others = Outgoing.objects.filter(marketplace=reply.marketplace).exclude(pk=reply.pk)
    ids = [one.id for one in seen]
    claimed = set(others.filter(message_id__in=ids).values_list("message_id", flat=True))
    taken = Candidate.objects.filter(
        outgoing__in=others, mirakl_id__in=ids, verdict=Candidate.Verdict.IS_IT
    )
    claimed.update(taken.values_list("mirakl_id", flat=True))
    return [one for one in seen if one.id not in claimed]

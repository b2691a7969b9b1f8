"""Map one Mirakl record to the fields of one row, even if members are missing or invalid."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property

from django.utils import timezone

from inbox import mirakl, sanitize
from inbox.models import Attachment, Entity, Marketplace, Message, Participant, Thread
from inbox.models.codes import get_side
from inbox.services import reply_clock
from inbox.services.marketplaces.reasons import REASON_CODE
from inbox.services.mirakl_ids import LONGEST_ID, stored_id
from inbox.services.mirror import customer_languages, known_answers, previews
from inbox.text import storable
from inbox.word_forms import code_word, indexed

# A date beyond these is invalid, and adding a reply limit to it may overflow.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
LARGEST_INTEGER = 2**31 - 1
LARGEST_BIGINT = 2**63 - 1
# Longer text would not fit PostgreSQL's largest search vector.
MOST_SEARCHABLE = 150_000
# M10's limit for one thread, and M11's.
MOST_MESSAGES, MOST_LISTED = 1_000, 100
LONGEST_NAME = 200
LONGEST_TYPE = 40
# Of a topic, name or label: Mirakl's own are shorter, and a row of a list shows them in full.
LONGEST_WORDS = 255
MOST_NAMED = 100
# The other fields are codes and ids.


class ThreadMapper:
    """A thread from Mirakl's answer, about to become a row."""

    def __init__(
        self,
        marketplace: Marketplace,
        record: mirakl.Thread,
        known: Thread | None,
        read_at: datetime | None,
    ) -> None:
        self.marketplace = marketplace
        self.record = record
        self.known = known
        # When M10 was called; None for M11, which shows a thread's last 100 messages only.
        self.read_at = read_at

    @cached_property
    def messages(self) -> list[mirakl.Message]:
        """Oldest first, without duplicates."""
        each = {stored_id(message.id): message for message in self.record.messages if message.id}
        return sorted(each.values(), key=lambda message: get_sent_at(message, self.record))

    @cached_property
    def clock_messages(self) -> list[reply_clock.ClockMessage]:
        return [
            reply_clock.ClockMessage(
                at=get_sent_at(message, self.record),
                side=get_side(get_sender(message).type or ""),
                to=_sides(recipient.type for recipient in message.to),
            )
            for message in self.messages
        ]

    @cached_property
    def keys(self) -> set[str]:
        """The messages' ids as stored."""
        return {stored_id(message.id) for message in self.messages}

    @property
    def is_complete(self) -> bool:
        """Whether a message that is missing here was deleted on the marketplace.

        M10 gives 1,000 messages at most. An answer without any may be unreadable, so it does not
        count.
        """
        is_empty = not self.messages and self.record.metadata.total_count != 0
        return self.read_at is not None and len(self.messages) < MOST_MESSAGES and not is_empty

    @property
    def is_whole(self) -> bool:
        """Whether it holds all messages, from M10 or M11."""
        return len(self.messages) >= clean_count(self.record.metadata.total_count)

    @property
    def shows_all(self) -> bool:
        """Whether an equal answer of M10 has nothing to add: this is one, or M11 gave as much."""
        return self.is_complete or (self.is_whole and len(self.messages) < MOST_LISTED)

    @property
    def needs_earlier(self) -> bool:
        """Whether older messages decide the reply clock: M11 gives a thread's last 100 only.

        Our latest reply may be before them. It may also have been deleted, which restarts no clock.
        """
        if self.is_complete:
            return True
        ours = self.marketplace.our_side
        return not self.is_whole and all(message.side != ours for message in self.clock_messages)

    def thread(self, earlier: list[reply_clock.ClockMessage]) -> Thread:
        record, known = self.record, self.known or Thread()
        topic = record.topic or mirakl.Topic()
        thread = Thread(
            marketplace=self.marketplace,
            mirakl_id=stored_id(record.id),
            is_askable=mirakl.fits_path(stored_id(record.id)),
            topic_type=storable(topic.type, 40),
            topic_value=clean_text(topic.value, LONGEST_WORDS),
            authorized_participants=_participants(record.authorized_participants),
            current_participants=_participants(record.current_participants),
            no_store_reply_needed=_declarations(record),
            created_at=clean_moment(record.date_created),
            updated_at=clean_moment(record.date_updated),
            read_at=self.read_at or known.read_at,
            answer_digest=known_answers.digest(record),
            message_count=clean_count(record.metadata.total_count) or len(self.messages),
            has_attachments=any(one.attachments for one in self.messages)
            or (known.has_attachments and not self.is_complete),
            preview=previews.preview(self._said)
            if self.messages or self.is_complete
            else known.preview,
            tracking_numbers=known.tracking_numbers,
            status=known.status,
            assignee_id=known.assignee_id,
            snoozed_until=known.snoozed_until,
        )
        self._set_topic(thread)
        self._name_the_people(thread, known)
        self._name_the_last(thread, known)
        self._wind_the_clock(thread, earlier, known)
        thread.began_at, thread.began_by = self._beginning(known)
        thread.language = self._language(thread, known)
        thread.is_thanks = self._is_thanks(thread) if self.messages else known.is_thanks
        fill_search(thread)
        return thread

    @cached_property
    def _said(self) -> list[previews.Said]:
        pairs = list(zip(self.messages, self.clock_messages, strict=True))
        latest = pairs[-1 - previews.MOST_BEFORE :]
        return [previews.Said(message.body or "", timed.side) for message, timed in latest]

    def _language(self, thread: Thread, known: Thread) -> str:
        """The language of the newest messages; the stored one if none is new or tells it."""
        is_news = thread.last_message_at != known.last_message_at
        return (customer_languages.detect_language(self._said) if is_news else "") or known.language

    def _is_thanks(self, thread: Thread) -> bool:
        ours = self.marketplace.our_side
        return not thread.last_sender_is_ours and previews.is_thanks(thread, self._said, ours)

    def _set_topic(self, thread: Thread) -> None:
        thread.entities = _entities(self.record.entities)
        if thread.entities:
            thread.entity_type = thread.entities[0].type[:40]
            thread.entity_id = _short(self.record.entities[0].id or "")

    def _name_the_people(self, thread: Thread, known: Thread) -> None:
        organization = self.record.customer_organization or mirakl.Organization()
        thread.organization_name = clean_text(organization.display_name)
        everybody = [*thread.current_participants, *thread.authorized_participants]
        customer = _first(everybody, "CUSTOMER")
        if customer:
            thread.customer_id = _short(customer.id)
            thread.customer_name = customer.display_name[:200]
        thread.customer_name = thread.customer_name or self._customer_who_wrote()
        if not (thread.customer_name or customer or self.is_whole):
            # Former participants, who wrote before the messages that M11 shows.
            thread.customer_name = known.customer_name
        if shop := _first(everybody, "SHOP"):
            thread.shop_name = shop.display_name[:200]
        thread.with_operator = (
            thread.entity_type == "SELLER_OPERATOR"
            or _first(thread.current_participants, "OPERATOR") is not None
        )

    def _customer_who_wrote(self) -> str:
        pairs = list(zip(self.messages, self.clock_messages, strict=True))
        for message, timed in reversed(pairs):
            if timed.side == "CUSTOMER":
                return clean_text(get_sender(message).display_name)
        return ""

    def _name_the_last(self, thread: Thread, known: Thread) -> None:
        metadata, latest = self.record.metadata, self.messages[-1] if self.messages else None
        sender = metadata.last_sender or (latest and latest.sender) or mirakl.Sender()
        thread.last_sender_type = storable(sender.type, 40) or known.last_sender_type
        thread.last_sender_name = clean_text(sender.display_name)
        side = get_side(thread.last_sender_type)
        thread.last_sender_is_ours = side == self.marketplace.our_side
        thread.last_message_at = (
            clean_moment(metadata.last_message_date)
            or (latest and clean_moment(latest.date_created))
            or thread.updated_at
            or thread.created_at
            or known.last_message_at
            or timezone.now()
        )

    def _wind_the_clock(
        self, thread: Thread, earlier: list[reply_clock.ClockMessage], known: Thread
    ) -> None:
        messages = sorted([*earlier, *self.clock_messages], key=lambda message: message.at)
        # A message declared to need no reply does not run the reply clock.
        if declared := [one.date for one in self.record.no_store_reply_needed if one.date]:
            messages = [message for message in messages if message.at > max(declared)]
        thread.waiting_since = reply_clock.find_waiting_since(
            messages,
            self.marketplace.our_side,
            counts_operator=self.marketplace.counts_operator,
        )
        thread.shop_reply_needed_since = self._reply_needed_since(thread.waiting_since)
        thread.due_at = reply_clock.find_due_at(thread, known)

    def _beginning(self, known: Thread) -> tuple[datetime | None, str]:
        """Date and side of the first message, once an answer has shown all."""
        if not (self.is_whole and self.clock_messages):
            return known.began_at, known.began_by
        ours = self.marketplace.our_side
        first = min(self.clock_messages, key=lambda message: (message.at, message.side == ours))
        return first.at, first.side[:LONGEST_TYPE]

    def _reply_needed_since(self, waiting_since: datetime | None) -> datetime | None:
        """Mirakl's date; our own if Mirakl's is invalid or missing.

        Only null means that no reply is due.
        """
        said = self.record.metadata.shop_reply_needed_since
        if said is None:
            return None
        return (clean_moment(said) if isinstance(said, datetime) else None) or waiting_since


def map_message(thread: Thread, record: mirakl.Message) -> Message:
    sender = get_sender(record)
    organization = sender.organization_details or mirakl.Participant()
    return Message(
        marketplace=thread.marketplace,
        thread=thread,
        mirakl_id=stored_id(record.id),
        body=sanitize.stored(record.body),
        sender_type=storable(sender.type, 40),
        sender_name=clean_text(sender.display_name),
        sender_organization=clean_text(organization.display_name),
        recipients=_participants(record.to),
        created_at=clean_moment(record.date_created) or thread.last_message_at,
        is_dated=clean_moment(record.date_created) is not None,
    )


def map_attachments(message: Message, record: mirakl.Message) -> list[Attachment]:
    return [
        Attachment(
            marketplace=message.marketplace,
            message=message,
            mirakl_id=stored_id(attachment.id),
            name=clean_text(attachment.name, LONGEST_WORDS),
            size=None
            if attachment.size is None
            else clean_count(attachment.size, most=LARGEST_BIGINT),
        )
        for attachment in record.attachments
        if attachment.id
    ]


def list_file_names(record: mirakl.Message) -> list[str]:
    """The names of the message's files."""
    return [clean_text(file.name, LONGEST_WORDS) for file in record.attachments if file.id]


def map_clock_message(message: Message) -> reply_clock.ClockMessage:
    to = _sides(one.type for one in message.recipients)
    return reply_clock.ClockMessage(at=message.created_at, side=message.sender_side, to=to)


def fill_search(thread: Thread) -> None:
    """Set the thread's search text: everything but its messages."""
    thread.search_names = indexed(f"{thread.customer_name}\n{thread.organization_name}")
    thread.search_text = _search_text(thread)


def build_search_text(body: str, files: Iterable[str] = ()) -> str:
    """A message's search text: its body and the names of its files."""
    return indexed("\n".join([sanitize.plain_text(body), *files]))[:MOST_SEARCHABLE]


# -- values that can be trusted to fit their columns ----------------------


def _short(mirakl_id: str) -> str:
    """The id of another object, or empty if it does not fit: a cut id may be another object's."""
    return storable(mirakl_id) if len(mirakl_id) <= LONGEST_ID else ""


def clean_moment(value: datetime | None) -> datetime | None:
    return value if value and EARLIEST <= value <= LATEST else None


def clean_count(value: int | None, most: int = LARGEST_INTEGER) -> int:
    return min(max(value or 0, 0), most)


def get_age(record: mirakl.Thread) -> datetime:
    """The date that orders answers about a thread; an undated answer is the oldest."""
    return clean_moment(record.date_updated) or EARLIEST


def get_sender(record: mirakl.Message) -> mirakl.Sender:
    return record.sender or mirakl.Sender()


def get_sent_at(record: mirakl.Message, thread: mirakl.Thread) -> datetime:
    return clean_moment(record.date_created) or get_age(thread)


# -- parts of a record ----------------------------------------------------


def clean_text(value: str | None, longest: int = LONGEST_NAME) -> str:
    """A name, title or label as displayed; empty if nothing of it is visible."""
    return storable(mirakl.readable(value or ""), longest)


def _participants(records: Sequence[mirakl.Participant]) -> list[Participant]:
    return [
        Participant(
            type=storable(record.type, LONGEST_WORDS),
            id=storable(record.id, LONGEST_WORDS),
            display_name=clean_text(record.display_name, LONGEST_WORDS),
        )
        for record in records[:MOST_NAMED]
    ]


def _entities(records: Sequence[mirakl.Entity]) -> list[Entity]:
    return [
        Entity(
            type=storable(record.type, LONGEST_WORDS),
            id=storable(record.id, LONGEST_WORDS),
            label=clean_text(record.label, LONGEST_WORDS),
        )
        for record in records[:MOST_NAMED]
    ]


def _declarations(record: mirakl.Thread) -> list[dict[str, str]]:
    """Who declared that no reply is needed, and when."""
    return [
        {
            "date": one.date.isoformat() if one.date else "",
            "user_type": storable(one.user_type, LONGEST_WORDS),
        }
        for one in record.no_store_reply_needed[:MOST_NAMED]
    ]


def _first(participants: list[Participant], side: str) -> Participant | None:
    return next((one for one in participants if one.type == side), None)


def _sides(types: Iterable[str | None]) -> frozenset[str]:
    return frozenset(get_side(type_) for type_ in types if type_)


def _search_text(thread: Thread) -> str:
    is_code = thread.topic_type == REASON_CODE
    code = [code_word(thread.topic_value)] if is_code else []
    names = [thread.tracking_numbers] if is_code else [thread.tracking_numbers, thread.topic_value]
    if thread.marketplace.our_side != "SHOP":
        # A seller's own name is on every thread, so it finds nothing.
        names.append(thread.shop_name)
    labels = [part for entity in thread.entities for part in (entity.id, entity.label)]
    return " ".join([*code, indexed("\n".join([*names, *labels]))])[:MOST_SEARCHABLE]

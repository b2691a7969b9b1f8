"""The register of what the desk stores of customers: each store finds and erases one customer.

Every model is either in a store here or in `WITHOUT`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Exists, Func, OuterRef, Q, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inbox.models import (
    Attachment,
    Candidate,
    CannedReply,
    Draft,
    DraftFile,
    MirrorState,
    Note,
    Outgoing,
    OutgoingFile,
    Participant,
    SavedReport,
    SavedView,
    Signature,
    Span,
    Tag,
)
from inbox.models.details import Details
from inbox.models.outgoing import Outgoing as Reply
from inbox.models.threads import Message, Thread
from inbox.services.marketplaces import orders
from inbox.services.marketplaces.reasons import REASON_CODE
from inbox.services.mirror import mapping
from inbox.services.privacy.subjects import Subject

# In place of a text that a row must have.
ERASED = "…"


@dataclass(frozen=True)
class Store:
    """`find` counts what is stored of a customer; `erase` erases what came until a moment."""

    label: str | Promise
    holds: str | Promise
    models: Sequence[type[models.Model]]
    find: Callable[[Subject], int]
    erase: Callable[[Subject, datetime], None]


# -- conversations --------------------------------------------------------------

NAMES = (
    *("customer_name", "customer_id", "organization_name", "last_sender_name", "preview"),
    *("tracking_numbers", "search_names", "search_text"),
)
RESET = (
    *(*NAMES, "topic_value", "authorized_participants", "current_participants"),
    *("answer_digest", "is_answer_whole", "has_attachments"),
)


def _find_conversations(subject: Subject) -> int:
    return subject.conversations.exclude(customer_name="", customer_id="", preview="").count()


def _erase_conversations(subject: Subject, until: datetime) -> None:
    """Names stay where the customer has written since: they came with the newer message."""
    newer = Message.objects.filter(
        thread=OuterRef("pk"), created_at__gt=until, sender_type__startswith="CUSTOMER"
    )
    for thread in subject.conversations.exclude(Exists(newer)).select_related("marketplace"):
        for name in NAMES:
            setattr(thread, name, "")
        if thread.topic_type != REASON_CODE:
            thread.topic_value = ""
            Span.objects.filter(thread=thread).update(topic="")
        thread.authorized_participants = nameless(thread.authorized_participants)
        thread.current_participants = nameless(thread.current_participants)
        thread.answer_digest, thread.is_answer_whole = b"", False
        thread.has_attachments = False
        mapping.fill_search(thread)
        thread.save(update_fields=RESET)


def nameless(participants: list[Participant]) -> list[Participant]:
    return [Participant(one.type) if one.type == "CUSTOMER" else one for one in participants]


def _find_messages(subject: Subject) -> int:
    return subject.messages.exclude(body="").count()


def _erase_messages(subject: Subject, until: datetime) -> None:
    """The rows stay, with their dates and sides: clocks and reports count them."""
    old = list(subject.messages.filter(created_at__lte=until).defer("search"))
    for message in old:
        message.body = message.sender_name = message.sender_organization = message.search_text = ""
        message.recipients = [Participant(one.type) for one in message.recipients]
        message.gone_at = message.gone_at or until
    fields = ["body", "sender_name", "sender_organization", "search_text", "recipients", "gone_at"]
    Message.objects.bulk_update(old, fields, batch_size=500)
    Attachment.objects.filter(message__in=old).delete()


# -- what the desk sends ------------------------------------------------------------


def _find_replies(subject: Subject) -> int:
    return subject.replies.exclude(body__in=["", ERASED]).count()


def _erase_replies(subject: Subject, until: datetime) -> None:
    replies = list(subject.replies.filter(created_at__lte=until))
    for reply in replies:
        reply.body = reply.body and ERASED
        reply.email_subject = reply.email_subject and ERASED
        reply.recipients = [Participant(one.type) for one in reply.recipients]
        reply.topic_label = reply.error = ""
        reply.topic_value = reply.topic_value if reply.topic_type == REASON_CODE else ""
        reply.error_values, reply.details = None, Details()
        if reply.state == Reply.State.FAILED:
            reply.state = Reply.State.DISCARDED
    fields = [
        *("body", "email_subject", "recipients", "topic_label", "topic_value", "error"),
        *("error_values", "details", "state"),
    ]
    Outgoing.objects.bulk_update(replies, fields, batch_size=500)
    Candidate.objects.filter(outgoing__in=replies).delete()
    files = OutgoingFile.objects.filter(outgoing__in=replies)
    _delete_files(files.exclude(file=""))
    files.update(name=ERASED, file="")


def _drafts(subject: Subject) -> QuerySet[Draft]:
    about = Q(thread__in=subject.conversations) | Q(subject_id__in=sorted(subject.orders))
    about |= named_in(subject, "body") | named_in(subject, "fields") | named_in(subject, "address")
    return Draft.objects.filter(about, marketplace__in=subject.marketplaces)


def _erase_drafts(subject: Subject, until: datetime) -> None:
    drafts = _drafts(subject).filter(saved_at__lte=until)
    _delete_files(DraftFile.objects.filter(draft__in=drafts))
    drafts.delete()


def _delete_files(rows: QuerySet[DraftFile] | QuerySet[OutgoingFile]) -> None:
    """From the storage, once the rows are gone. A sweep deletes what a crash leaves."""
    names = list(rows.values_list("file", flat=True))
    for name in names:
        transaction.on_commit(partial(default_storage.delete, name))


# -- what colleagues write ----------------------------------------------------------


def named_in(subject: Subject, field: str) -> Q:
    """Rows whose text has one of the customer's names or ids; none without a name."""
    found = Q(pk__in=[])
    for name in (*subject.names, *subject.customers):
        found |= Q(**{f"{field}__iregex": _pattern(name)})
    return found


def _pattern(name: str) -> str:
    """As in a text, or in an address of a page, where a space may be a plus."""
    return r"(?: |\+|%20)".join(re.escape(part) for part in name.split())


def _notes(subject: Subject) -> QuerySet[Note]:
    here = Note.objects.filter(thread__marketplace__in=subject.marketplaces)
    wanted = named_in(subject, "body")
    if subject.notes == "all":
        wanted |= Q(thread__in=subject.conversations)
    return here.filter(wanted)


# Texts of colleagues about anything; a name is taken out of them.
TEXTS: Sequence[tuple[type[models.Model], str]] = [
    (CannedReply, "name"),
    (CannedReply, "body"),
    (SavedReport, "name"),
    (SavedReport, "query"),
    (SavedView, "name"),
    (SavedView, "query"),
    (Signature, "text"),
    (Tag, "name"),
    (MirrorState, "last_error"),
]


def _find_texts(subject: Subject) -> int:
    return sum(
        model._base_manager.filter(named_in(subject, field)).count() for model, field in TEXTS
    )


def _erase_texts(subject: Subject, until: datetime) -> None:
    for model, field in TEXTS:
        rows = model._base_manager.filter(named_in(subject, field))
        if model is Tag:
            # Names of tags are unique.
            for tag in Tag.objects.filter(pk__in=rows.values("pk")):
                Tag.objects.filter(pk=tag.pk).update(name=f"{ERASED} {tag.pk}")
            continue
        for name in (*subject.names, *subject.customers):
            without = Func(field, Value(_pattern(name)), Value(ERASED), Value("gi"),
                           function="regexp_replace")  # fmt: skip
            rows.update(**{field: without})


# -- what is kept for a moment --------------------------------------------------------


def _sessions(subject: Subject) -> list[Session]:
    """Sessions with a message to a colleague that names the customer."""
    names = [name.casefold() for name in subject.names]
    stored = Session.objects.iterator() if names else []
    return [
        one for one in stored if any(name in str(one.get_decoded()).casefold() for name in names)
    ]


def _erase_sessions(subject: Subject, until: datetime) -> None:
    for session in _sessions(subject):
        kept = {key: value for key, value in session.get_decoded().items() if key != "_messages"}
        session.session_data = Session.objects.encode(kept)
        session.save(update_fields=["session_data"])


def _forget_orders(subject: Subject, until: datetime) -> None:
    for marketplace in subject.marketplaces:
        for order in subject.orders:
            transaction.on_commit(partial(orders.forget_order, marketplace, order))


STORES: Sequence[Store] = [
    # Texts first: the names in them are read from the conversations.
    Store(
        _("Notes"),
        _("Notes of colleagues that name the customer"),
        [Note],
        lambda subject: _notes(subject).count(),
        lambda subject, until: _delete(_notes(subject).filter(created_at__lte=until)),
    ),
    Store(
        _("Drafts"),
        _("Unsent texts to or about the customer, with their files"),
        [Draft, DraftFile],
        lambda subject: _drafts(subject).count(),
        _erase_drafts,
    ),
    Store(
        _("Other texts"),
        _("Canned replies, signatures, tags, saved views and errors that name the customer"),
        [CannedReply, MirrorState, SavedReport, SavedView, Signature, Tag],
        _find_texts,
        _erase_texts,
    ),
    Store(
        _("Sessions"),
        _("Messages to colleagues that their next page shows"),
        [Session],
        lambda subject: len(_sessions(subject)),
        _erase_sessions,
    ),
    Store(
        _("Sent messages"),
        _("Texts and files that the desk sent or tried to send"),
        [Outgoing, OutgoingFile, Candidate],
        _find_replies,
        _erase_replies,
    ),
    Store(
        _("Order data"),
        _("Orders that a page has just shown, in Redis for up to a day"),
        [],
        lambda subject: 0,
        _forget_orders,
    ),
    Store(
        _("Messages"),
        _("Texts, names and the names of files, as the marketplace sent them"),
        [Message, Attachment],
        _find_messages,
        _erase_messages,
    ),
    Store(
        _("Conversations"),
        _("Names, subjects, tracking numbers and the text for the search"),
        [Thread, Span],
        _find_conversations,
        _erase_conversations,
    ),
]


def _delete(rows: QuerySet[Note]) -> None:
    rows.delete()

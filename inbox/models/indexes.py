"""Indexes of threads. With those of queues, fifty rows cost the same for any number of threads."""

from django.db import models
from django.db.models import F, Q

from inbox.models.queue_conditions import (
    ANSWERED,
    ASSIGNED,
    CLOSED,
    NEEDS_REPLY,
    OPEN,
    SNOOZED,
    WITH_OPERATOR,
)
from inbox.models.searching import search_index

BY_DEADLINE = (
    F("due_at").asc(nulls_last=True),
    F("last_message_at").desc(),
    F("id").desc(),
)
BY_NEWEST = (F("last_message_at").desc(), F("id").desc())
# One partial index per queue, in the order of its list; the first is for counting.
QUEUE_INDEXES = [
    models.Index(
        fields=["marketplace", "due_at"],
        include=["snoozed_until", "id"],
        condition=OPEN & NEEDS_REPLY,
        name="queue_counts",
    ),
    models.Index(*BY_DEADLINE, condition=OPEN & NEEDS_REPLY, name="queue_waiting_by_deadline"),
    models.Index(*BY_NEWEST, condition=OPEN & NEEDS_REPLY, name="queue_waiting_by_newest"),
    models.Index(
        *BY_NEWEST,
        condition=OPEN & ANSWERED,
        name="queue_answered",
    ),
    models.Index(*BY_DEADLINE, condition=OPEN & WITH_OPERATOR, name="queue_operator_by_deadline"),
    models.Index(*BY_NEWEST, condition=OPEN & WITH_OPERATOR, name="queue_operator_by_newest"),
    models.Index(
        fields=["assignee", "marketplace"],
        include=["status", "due_at", "snoozed_until", "id"],
        condition=ASSIGNED,
        name="queue_mine_counted",
    ),
    models.Index("assignee", *BY_DEADLINE, condition=ASSIGNED, name="queue_mine_by_deadline"),
    models.Index("assignee", *BY_NEWEST, condition=ASSIGNED, name="queue_mine_by_newest"),
    # For lists by effect: their conditions are looked up in the index too.
    models.Index(
        fields=["marketplace", "reply_minutes", "due_at", "id"],
        include=["status", "assignee", "snoozed_until", "with_operator"],
        condition=NEEDS_REPLY,
        name="thread_by_effect",
    ),
    # With closed threads too: what a person has had is searched, and more than is theirs now.
    models.Index(
        fields=["assignee", "-last_message_at", "-id"],
        include=["status", "marketplace"],
        condition=Q(assignee__isnull=False),
        name="thread_by_assignee",
    ),
    models.Index(
        fields=["snoozed_until", "marketplace"],
        include=["due_at", "last_sender_is_ours", "with_operator", "assignee", "id"],
        condition=OPEN & SNOOZED,
        name="queue_snoozed",
    ),
    models.Index(*BY_NEWEST, condition=CLOSED, name="queue_closed"),
    # A language that few write is a list of its own; what others write is walked along the queues.
    models.Index(
        fields=["marketplace", "language", "-last_message_at", "-id"], name="thread_by_language"
    ),
]
THREAD_INDEXES = [
    models.Index(*BY_DEADLINE, name="thread_by_deadline"),
    models.Index(fields=["-last_message_at", "-id"], name="thread_by_newest"),
    models.Index(
        fields=["marketplace", "due_at"],
        condition=Q(due_at__isnull=False),
        name="thread_needing_reply",
    ),
    models.Index(
        fields=["marketplace", "due_at"],
        condition=Q(is_thanks=True),
        name="thread_thanks",
    ),
    models.Index(fields=["marketplace", "entity_type", "entity_id"], name="thread_by_entity"),
    models.Index(
        fields=["marketplace", "customer_id", "-last_message_at"],
        condition=~Q(customer_id=""),
        name="thread_by_customer",
    ),
    models.Index(
        fields=["marketplace", "customer_name", "-last_message_at"],
        condition=Q(customer_id=""),
        name="thread_by_customer_name",
    ),
    models.Index(fields=["marketplace"], condition=Q(is_askable=False), name="thread_not_askable"),
    models.Index(
        fields=["marketplace", "began_at"], include=["began_by"], name="thread_by_beginning"
    ),
    search_index("thread_search"),
    *QUEUE_INDEXES,
]

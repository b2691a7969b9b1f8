"""The queues' indexes: a list of fifty rows costs the same for any number of threads."""

from django.db import models
from django.db.models import F, Q

BY_DEADLINE = (
    F("due_at").asc(nulls_last=True),
    F("last_message_at").desc(),
    F("id").desc(),
)
BY_NEWEST = (F("last_message_at").desc(), F("id").desc())
OPEN = Q(status="open")
SOMEBODYS = Q(assignee__isnull=False) & (OPEN | Q(due_at__isnull=False))
# One partial index per queue, in the order of its list; the first is for counting.
QUEUE_INDEXES = [
    models.Index(
        fields=["marketplace", "due_at"],
        include=["snoozed_until", "id"],
        condition=OPEN & Q(due_at__isnull=False),
        name="queue_counts",
    ),
    models.Index(
        *BY_DEADLINE, condition=OPEN & Q(due_at__isnull=False), name="queue_waiting_by_deadline"
    ),
    models.Index(
        *BY_NEWEST, condition=OPEN & Q(due_at__isnull=False), name="queue_waiting_by_newest"
    ),
    models.Index(
        *BY_NEWEST,
        condition=OPEN & Q(due_at__isnull=True, last_sender_is_ours=True),
        name="queue_answered",
    ),
    models.Index(
        *BY_DEADLINE, condition=OPEN & Q(with_operator=True), name="queue_operator_by_deadline"
    ),
    models.Index(
        *BY_NEWEST, condition=OPEN & Q(with_operator=True), name="queue_operator_by_newest"
    ),
    models.Index(
        fields=["assignee", "marketplace"],
        include=["status", "due_at", "snoozed_until", "id"],
        condition=SOMEBODYS,
        name="queue_mine_counted",
    ),
    models.Index(
        "assignee",
        *BY_DEADLINE,
        condition=SOMEBODYS,
        name="queue_mine_in_order",
    ),
    models.Index(
        fields=["snoozed_until", "marketplace"],
        include=["due_at", "last_sender_is_ours", "with_operator", "assignee", "id"],
        condition=OPEN & Q(snoozed_until__isnull=False),
        name="queue_asleep",
    ),
    models.Index(*BY_NEWEST, condition=Q(status="closed"), name="queue_closed"),
    # A language that few write is a list of its own; what others write is walked along the queues.
    models.Index(
        fields=["marketplace", "language", "-last_message_at", "-id"], name="thread_by_language"
    ),
]

"""What a queue's threads have in common: for lists, counts, indexes and tallies."""

from django.db.models import Q

OPEN, CLOSED = Q(status="open"), Q(status="closed")

# Conditions of open threads.
NEEDS_REPLY = Q(due_at__isnull=False)
ANSWERED = Q(due_at__isnull=True, last_sender_is_ours=True)
WITH_OPERATOR = Q(with_operator=True)
SNOOZED = Q(snoozed_until__isnull=False)
UNASSIGNED = Q(assignee__isnull=True)

# In the queue of the person who is assigned.
ASSIGNED = Q(assignee__isnull=False) & (OPEN | NEEDS_REPLY)

# The queues that are too large to count, by the column of their tally.
TALLIED = {
    "everything": Q(),
    "closed": CLOSED,
    "waiting": OPEN & ANSWERED,
    "operator": OPEN & WITH_OPERATOR,
    "needing": OPEN & NEEDS_REPLY,
    "unassigned": OPEN & NEEDS_REPLY & UNASSIGNED,
}

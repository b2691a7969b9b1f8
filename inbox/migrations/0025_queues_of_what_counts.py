from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q

SOMEBODYS = Q(("assignee__isnull", False), Q(("status", "open"), ("due_at__isnull", False), _connector="OR"))


class Migration(migrations.Migration):
    """What is closed while its clock runs stays among its assignee's: their indexes hold it."""

    # Nobody waits while an index is made.
    atomic = False

    dependencies = [("inbox", "0024_fill_search")]

    operations = [
        AddIndexConcurrently(
            "thread",
            models.Index(
                fields=["assignee", "marketplace"],
                include=["status", "due_at", "snoozed_until", "id"],
                condition=SOMEBODYS,
                name="queue_mine_counted",
            ),
        ),
        AddIndexConcurrently(
            "thread",
            models.Index(
                "assignee",
                F("due_at").asc(nulls_last=True),
                F("last_message_at").desc(),
                F("id").desc(),
                condition=SOMEBODYS,
                name="queue_mine_in_order",
            ),
        ),
        RemoveIndexConcurrently("thread", "queue_mine"),
        RemoveIndexConcurrently("thread", "queue_mine_by_deadline"),
    ]

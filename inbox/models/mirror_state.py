"""How far each marketplace has been read, and whether it answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.prepared import Update, prepared_update


class MirrorChange(TypedDict, total=False):
    """New values of a mirror's state, by the names of its fields."""

    high_water_at: datetime | None
    delta_token: str | None
    delta_seen_at: datetime | None
    delta_idle: int
    history: str
    history_token: str
    history_reached_at: datetime | None
    history_idle: int
    history_loaded: int
    page_limit: int
    page_limited_at: datetime | None
    without_id: int
    lease_until: datetime | None
    refreshed_at: datetime | None
    failing_since: datetime | None
    failures: int
    retry_at: datetime | None
    error_kind: str
    last_error: str


class MirrorState(models.Model):
    """Written by displays, while an admin edits the marketplace's own row."""

    class History(models.TextChoices):
        NEW = "new", _("Not started")
        LOADING = "loading", _("Loading")
        DONE = "done", _("Loaded")

    marketplace = models.OneToOneField(
        "inbox.Marketplace", models.CASCADE, primary_key=True, related_name="mirror"
    )

    # Newest `date_updated` below which nothing is missing; Mirakl's clock, never ours.
    high_water_at = models.DateTimeField(null=True)
    # An unfinished delta: its next page, and the newest change seen in it so far.
    delta_token = models.TextField(blank=True)
    delta_seen_at = models.DateTimeField(null=True)
    # Threads shown in a row by its pages without any news: some page tokens never end.
    delta_idle = models.PositiveIntegerField(default=0)

    history = models.CharField(max_length=10, choices=History, default=History.NEW)
    history_token = models.TextField(blank=True)
    history_loaded = models.PositiveIntegerField(default=0)
    history_reached_at = models.DateTimeField(null=True)
    history_idle = models.PositiveIntegerField(default=0)

    # Threads per page of M11 since one was too large; 0: without their messages.
    page_limit = models.PositiveSmallIntegerField(null=True)
    page_limited_at = models.DateTimeField(null=True)
    # Threads of one page that had no id, so nothing can be stored of them.
    without_id = models.PositiveIntegerField(default=0)

    # Lease of the display that is calling Mirakl; other displays wait for its answer.
    lease_until = models.DateTimeField(null=True)
    refreshed_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    # The circuit breaker: no display calls before this moment.
    retry_at = models.DateTimeField(null=True)
    # The kind of failure: a key of the breaker's error texts, shown in each reader's language.
    error_kind = models.CharField(max_length=20, blank=True)
    # The error message of Mirakl or the network, for admins.
    last_error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return str(self.pk)

    def write(self, change: MirrorChange, *, expected: Mapping[str, Any] | None = None) -> bool:
        """Update row and instance, if the row still has the `expected` values.

        Returns whether it had.
        """
        wanted = expected or {}
        if not _write(
            tuple(change),
            tuple(wanted),
            state=self.pk,
            change=list(change.values()),
            wanted=list(wanted.values()),
        ):
            return False
        for name, value in change.items():
            setattr(self, name, value)
        return True

    def is_fresh(self, now: datetime) -> bool:
        """Whether a display has just read it, so that this one can use the same answer.

        `now` is the database's. A `refreshed_at` in the future does not count.
        """
        if self.refreshed_at is None:
            return False
        fresh_for: float = settings.INBOX_FRESH_SECONDS
        return 0 <= (now - self.refreshed_at).total_seconds() < fresh_for


@prepared_update
def _write(
    changes: tuple[str, ...], expected: tuple[str, ...], *, state: int, change: Any, wanted: Any
) -> Update:
    row = MirrorState.objects.filter(pk=state, **dict(zip(expected, wanted, strict=True)))
    return row, dict(zip(changes, change, strict=True))
